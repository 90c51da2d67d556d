import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { timerScheduler } from '../../src/engine/scheduler.ts';
import { decideFrame } from '../../src/decide/release-frame.ts';
import type { Principal } from '../../src/kernel/policy.ts';
import { loadExamples, runData } from '../../src/lifecycle/data/index.ts';
import { listRoutes } from '../../src/lifecycle/deployment/index.ts';
import { readManifest } from '../../src/lifecycle/evaluation/index.ts';
import { approve } from '../../src/lifecycle/governance/approvals.ts';
import {
  createExampleCache,
  evidencedStep,
  type LifecycleContext,
  type StageScope,
} from '../../src/lifecycle/stage-scope.ts';
import { openRelease } from '../../src/lifecycle/training/index.ts';
import { readDocument } from '../../src/project/document/read-document.ts';
import { dataInputs } from '../../src/project/stage-inputs.ts';
import { applyWorkflow } from '../../src/project/apply-workflow.ts';
import type { RetrainPorts } from '../../src/project/retrain-ports.ts';
import { retrainEffectWorkflow } from '../../src/project/retrain-effect.ts';
import { retrainWorkflow } from '../../src/project/retrain-workflow.ts';
import { stageResults, type StoredResult } from '../../src/project/stage-result.ts';
import { testClient } from '../../src/serve/fixtures/test-plane.ts';
import { adoptPlane, spawnPlane } from '../../src/serve/plane-client.ts';
import { openBlobStore } from '../../src/store/blob.ts';
import { build } from '../../src/store/build.ts';
import type { Database } from '../../src/store/database.ts';
import { type Evidence, listEvidence } from '../../src/store/evidence.ts';
import { openSqlite } from '../../src/store/open-sqlite.ts';
import { createTables } from '../../src/table/tables.ts';
import { systemPorts } from '../ports.ts';
import { day, FILES, writeChangingOrders } from './changing-orders.ts';

/** The entry of the data plane, as `main` starts it. */
const ENTRY = join(import.meta.dirname, '../../src/main/serve.ts');
export const PROJECT = 'orders';
const APPROVER: Principal = { kind: 'account', id: 'acc_1', name: 'approver', roles: ['approver'] };

/** The project of changing orders with real parts, live with its first version. */
export interface RetrainBed extends AsyncDisposable {
  readonly db: Database;
  readonly engine: Engine;
  readonly context: LifecycleContext;
  /** Moves the project clock to a day. */
  readonly clockTo: (days: number) => Promise<void>;
  /** Applies tend.yaml; resolves with the state that the execution came to. */
  readonly apply: (yaml?: string) => Promise<string>;
  readonly approveAll: () => Promise<void>;
  /** Sends orders to the endpoint; resolves with the versions that answered. */
  readonly send: (count: number) => Promise<string[]>;
  /** Runs whatever waits once more, as a move of the clock does. */
  readonly wake: (execution: string) => Promise<string>;
  readonly results: () => Promise<ReadonlyMap<string, StoredResult>>;
  readonly routes: () => Promise<string[]>;
  readonly evidence: (ids: readonly string[]) => Promise<Evidence[]>;
  /** All evidence of a kind, oldest first. */
  readonly evidenceOf: (kind: string) => Promise<Evidence[]>;
  readonly ledger: (action: string) => Promise<{ subject: string; body: Record<string, unknown> }[]>;
}

/** What is different from the orders as they are. */
export interface BedOptions {
  /** Changes to the text of tend.yaml: what stands there, and what shall. */
  readonly change?: readonly (readonly [from: string, to: string])[];
  /** The day from which on customers are as they were before they changed. */
  readonly back?: number;
}

async function retrainBed({ change = [], back }: BedOptions): Promise<RetrainBed> {
  let yaml: string = FILES['tend.yaml'];
  for (const [from, to] of change) {
    assert.ok(yaml.includes(from), from);
    yaml = yaml.replace(from, to);
  }
  const dir = mkdtempSync(join(tmpdir(), 'tend-retrain-'));
  const stateDir = join(dir, 'state');
  writeChangingOrders(dir, back);
  const { clock, random } = systemPorts;
  const db = await openSqlite({ path: ':memory:', clock });
  const launch = (state: string) => {
    const args = [state, '--host', '127.0.0.1', '--port', '0', '--with-parent', String(process.pid)];
    return spawnPlane({ entry: ENTRY, stateDir: state, args });
  };
  const context: LifecycleContext = {
    db,
    clock,
    random,
    stateDir,
    blobs: openBlobStore(join(stateDir, 'blobs')),
    tables: createTables({ tempDir: join(dir, 'spill'), folders: [dir] }),
    planes: {
      launchTemporary: launch,
      living: () => adoptPlane(stateDir),
      ensure: async () => (await adoptPlane(stateDir)) ?? (await launch(stateDir)),
    },
    environment: {},
    threads: 1,
    examples: createExampleCache(),
    version: '0.0.0-test',
  };
  const engine = createEngine({
    db,
    clock,
    random,
    scheduler: timerScheduler,
    workflows: [
      applyWorkflow(context),
      retrainWorkflow(context, PORTS),
      retrainEffectWorkflow(context, PORTS),
    ],
    soleWorker: true,
  });
  const apply = async (text: string = yaml): Promise<string> => {
    const input = { yaml: text, files: { ...FILES, 'tend.yaml': text }, projectDir: dir, author: 'local' };
    const id = await engine.start({ workflow: 'apply', key: text, project: PROJECT, input, actor: 'local' });
    return await engine.run(id);
  };
  return {
    db,
    engine,
    context,
    apply,
    ...actions(context, engine),
    ...readings(db),
    [Symbol.asyncDispose]: async () => {
      await engine.close();
      await (await adoptPlane(stateDir))?.stop();
      await db.close();
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The first version applied, approved and live, on day 20. */
export async function liveOrders(options: BedOptions = {}): Promise<RetrainBed> {
  const bed = await retrainBed(options);
  assert.equal(await bed.apply(), 'waiting');
  await bed.approveAll();
  assert.equal(await bed.apply(), 'done');
  assert.deepEqual(await bed.routes(), ['stable 1 1']);
  return bed;
}

/** Received rows stand in the source from the start: a later clock shows more of them. */
const PORTS: RetrainPorts = {
  liveData: async (scope, inputs, _base, at) => {
    const { outputs, evidence } = await runData({ ...scope, projectClock: at }, { ...inputs, starts: at });
    return { result: outputs, evidence };
  },
  armMonitors: (scope, { training }) =>
    evidencedStep(scope, 'monitoring', 'arm', async () => ({
      result: { profile: training.manifestBlob },
      evidence: [
        { kind: 'profile', subject: training.manifestBlob, verdict: 'info', title: 'armed', body: {} },
      ],
    })),
  loggedWindow: async (scope, { from, to, release }) => {
    const { yaml } =
      (await scope.db.query.selectFrom('project_revision').select('source as yaml').executeTakeFirst()) ?? {};
    const inputs = { ...dataInputs(readDocument(yaml ?? '').document), starts: to };
    const { outputs } = await runData({ ...scope, projectClock: to, workflow: unrecorded(scope) }, inputs);
    const { features, versions, histories } = outputs;
    const version = versions[features.source];
    assert.ok(version !== undefined);
    const examples = await loadExamples(scope, features, version, histories, { from, to, known: to });
    const opened = await openRelease(scope, await readManifest(scope, release ?? ''));
    return {
      rows: examples.rows,
      t: examples.time ?? new Float64Array(0),
      score: Float64Array.from(decideFrame(opened, examples.features)),
      target: examples.target,
      features: examples.features,
    };
  },
};

/** Steps that run whenever they are asked for: reading what was logged records nothing. */
function unrecorded({ workflow }: StageScope): StageScope['workflow'] {
  const { signal, report } = workflow;
  const step: StageScope['workflow']['step'] = async (_name, handler) =>
    (await handler({ attempt: 1, signal, report })).result;
  return { ...workflow, step };
}

type Actions = Pick<RetrainBed, 'clockTo' | 'approveAll' | 'send' | 'wake'>;

function actions(context: LifecycleContext, engine: Engine): Actions {
  const { db, stateDir } = context;
  return {
    clockTo: async (days) => {
      const at = day(days);
      const query = build
        .insertInto('project_clock')
        .values({ project: PROJECT, at })
        .onConflict((conflict) => conflict.column('project').doUpdateSet({ at }));
      await db.commit({ statements: [{ query }] });
    },
    approveAll: async () => {
      const rows = await db.query
        .selectFrom('approval')
        .select('id')
        .where('state', '=', 'waiting')
        .execute();
      for (const { id } of rows) await approve({ ...context, principal: APPROVER }, { id });
    },
    send: async (count) => {
      const plane = await adoptPlane(stateDir);
      assert.ok(plane !== null);
      const client = testClient(plane.url, 1);
      const versions: string[] = [];
      for (let i = 0; i < count; i++) {
        const order = { placed: '2024-02-20T10:00:00Z', channel: 'web', amount: i % 100 };
        const answer = await client.post(`/predict/${PROJECT}`, JSON.stringify(order));
        assert.equal(answer.status, 200, answer.text);
        versions.push((JSON.parse(answer.text) as { version: string }).version);
      }
      client.close();
      return versions;
    },
    wake: async (execution) => {
      await engine.wake(execution);
      return await engine.run(execution);
    },
  };
}

type Readings = Pick<RetrainBed, 'results' | 'routes' | 'evidence' | 'evidenceOf' | 'ledger'>;

function readings(db: Database): Readings {
  return {
    results: () => stageResults(db, PROJECT),
    routes: async () => {
      const routes = await listRoutes(db, PROJECT);
      return routes.map(({ role, version, weight }) => `${role} ${version} ${weight}`).sort();
    },
    evidence: (ids) => listEvidence(db, ids),
    evidenceOf: async (kind) => {
      const rows = await db.query
        .selectFrom('evidence')
        .select('id')
        .where('kind', '=', kind)
        .orderBy('created_at')
        .execute();
      return listEvidence(
        db,
        rows.map((row) => row.id),
      );
    },
    ledger: async (action) => {
      const rows = await db.query
        .selectFrom('ledger')
        .select(['subject', 'body'])
        .where('action', '=', action)
        .orderBy('seq')
        .execute();
      return rows.map(({ subject, body }) => ({ subject, body: JSON.parse(body) }));
    },
  };
}
