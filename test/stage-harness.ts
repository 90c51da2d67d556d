import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../src/engine/engine.ts';
import { timerScheduler } from '../src/engine/scheduler.ts';
import { createExampleCache, type StageScope } from '../src/lifecycle/stage-scope.ts';
import { openBlobStore } from '../src/store/blob.ts';
import { type Evidence, listEvidence } from '../src/store/evidence.ts';
import { openSqlite } from '../src/store/open-sqlite.ts';
import { createTables, type Tables } from '../src/table/tables.ts';
import { systemPorts } from './ports.ts';

export interface StageHarnessOptions {
  /** Where relative sources start; the harness's own folder unless given. */
  readonly projectDir?: string;
  /** Texts that tend.yaml names. */
  readonly files?: Readonly<Record<string, string>>;
  readonly projectClock?: number;
}

/** A stage's surroundings with real parts: engine, SQLite in memory, DuckDB, blobs in a temporary folder. */
export interface StageHarness extends AsyncDisposable {
  readonly dir: string;
  readonly tables: Tables;
  /** Runs work as the one execution of a workflow, and gives what it gave or throws what it threw. */
  readonly run: <T>(work: (scope: StageScope) => Promise<T>) => Promise<T>;
  /** All evidence so far, in the order of recording. */
  readonly evidence: (kind?: string) => Promise<Evidence[]>;
}

/** Opens the parts; disposing of it closes them and removes the folder. */
export async function stageHarness(options: StageHarnessOptions = {}): Promise<StageHarness> {
  const dir = mkdtempSync(join(tmpdir(), 'tend-stage-'));
  const { clock, random } = systemPorts;
  const db = await openSqlite({ path: ':memory:', clock });
  const tables = createTables({ tempDir: join(dir, 'spill'), folders: [dir] });
  const context = {
    db,
    blobs: openBlobStore(join(dir, 'blobs')),
    tables,
    clock,
    random,
    stateDir: dir,
    environment: {},
    threads: 1,
    version: '0.0.0-test',
    examples: createExampleCache(),
    planes: noPlanes,
    project: 'harness',
    projectDir: options.projectDir ?? dir,
    files: options.files ?? {},
    projectClock: options.projectClock,
  };
  const running: Running = {};
  const stage = {
    name: 'stage',
    run: async (workflow: StageScope['workflow']) => {
      try {
        running.outcome = { value: await running.work?.({ ...context, workflow }) };
      } catch (error) {
        running.outcome = { error };
      }
      return null;
    },
  };
  const ports = { db, clock, random, scheduler: timerScheduler };
  const engine = createEngine({ ...ports, workflows: [stage], soleWorker: true });
  let count = 0;
  return {
    dir,
    tables,
    run: async <T>(asked: (scope: StageScope) => Promise<T>): Promise<T> => {
      running.work = asked;
      const who = { project: 'harness', actor: 'test' };
      const id = await engine.start({ workflow: 'stage', key: String(++count), input: null, ...who });
      assert.equal(await engine.run(id), 'done');
      return outcomeOf(running) as T;
    },
    evidence: async (kind) => {
      const rows = await db.query.selectFrom('evidence').select(['id', 'kind']).orderBy('id').execute();
      const ids = rows.filter((row) => kind === undefined || row.kind === kind).map((row) => row.id);
      return listEvidence(db, ids);
    },
    [Symbol.asyncDispose]: async () => {
      await engine.close();
      await db.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

interface Running {
  work?: (scope: StageScope) => Promise<unknown>;
  outcome?: { readonly value: unknown } | { readonly error: unknown };
}

function outcomeOf({ outcome }: Running): unknown {
  assert.ok(outcome !== undefined);
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

function noPlane(): Promise<never> {
  return Promise.reject(new TypeError('the harness of a stage starts no serving processes'));
}

const noPlanes: StageScope['planes'] = {
  launchTemporary: noPlane,
  ensure: noPlane,
  living: async () => null,
};

/** The texts beside a tend.yaml, by name: what the composition reads before a stage runs. */
export function projectFiles(dir: string): Record<string, string> {
  const names = readdirSync(dir).filter((name) => name.endsWith('.sql'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
}
