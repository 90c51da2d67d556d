import assert from 'node:assert/strict';
import { createEngine, type Engine } from '../../engine/engine.ts';
import type { Workflow } from '../../engine/workflow.ts';
import { timerScheduler } from '../../engine/scheduler.ts';
import type { ExecutionState } from '../../engine/execution.ts';
import { INSTANCE, type PlaneState, planeState, PROJECT } from '../../serve/fixtures/plane-state.ts';
import { startTestPlane, testClient, until } from '../../serve/fixtures/test-plane.ts';
import { adoptPlane, type RunningPlane } from '../../serve/plane-client.ts';
import { openBlobStore } from '../../store/blob.ts';
import type { Database } from '../../store/database.ts';
import { openSqlite } from '../../store/open-sqlite.ts';
import { createTables } from '../../table/tables.ts';
import { systemPorts } from '../../../test/ports.ts';
import { asJson } from '../../kernel/json.ts';
import type { Criterion } from '../problem/index.ts';
import { createExampleCache, type LifecycleContext, type StageScope } from '../stage-scope.ts';
import { listRoutes, releaseStatement } from './endpoint-store.ts';
import { type RolloutEnd, rollOut } from './rollout.ts';
import { runningRollouts } from './rollout-store.ts';
import type { CanarySpec } from './spec.ts';

export const ENDPOINT = 'flight-delay';

/** Ten per cent of errors at most. */
export const ANSWERS = { id: 'answers', metric: 'error_rate', at_most: 0.1, live: true } as Criterion;

/** An endpoint with a real serving process, and versions that can be moved to it. */
export interface RolloutBed extends AsyncDisposable {
  readonly db: Database;
  readonly state: PlaneState;
  /** What the use cases of deployment take. */
  readonly context: Pick<LifecycleContext, 'db' | 'stateDir' | 'clock' | 'random'>;
  /** Makes a version whose answers are its own; without `finite` it has none. */
  readonly release: (version: number, options?: { readonly finite?: boolean }) => Promise<string>;
  /** Begins to move the endpoint to a version, as an execution. */
  readonly start: (version: number, hash: string, canary?: CanarySpec) => Promise<string>;
  readonly run: (execution: string) => Promise<ExecutionState>;
  /** How an execution that is done ended. */
  readonly end: (execution: string) => Promise<RolloutEnd>;
  readonly reason: (execution: string) => Promise<string | null>;
  /** Role, version and weight of each route, in words. */
  readonly routes: () => Promise<string[]>;
  readonly plane: () => Promise<RunningPlane>;
  /** Sends requests one after another until disposed of. */
  readonly traffic: () => Traffic;
  /** Resolves when the candidate has its share and its plane was looked at. */
  readonly watched: () => Promise<void>;
  /** Moves both clocks on. */
  readonly pass: (ms: number) => void;
}

/** Requests that are being sent, and how they were answered. */
export interface Traffic extends AsyncDisposable {
  /** Versions that answered, in the order of the answers. */
  readonly versions: readonly string[];
  /** Statuses other than 200, and what the client met instead of an answer. */
  readonly failures: readonly (number | string)[];
}

/** A project with a state folder, a database in memory and one endpoint. */
export async function rolloutBed(): Promise<RolloutBed> {
  const state = await planeState();
  let passed = 0;
  const clock = {
    now: () => systemPorts.clock.now() + passed,
    monotonic: () => systemPorts.clock.monotonic() + passed,
  };
  const { random } = systemPorts;
  const db = await openSqlite({ path: ':memory:', clock });
  let starting: Promise<RunningPlane> | undefined;
  const plane = async (): Promise<RunningPlane> => {
    const living = await adoptPlane(state.stateDir);
    if (living !== null) return living;
    starting ??= startTestPlane(state.stateDir).finally(() => {
      starting = undefined;
    });
    return starting;
  };
  const context = scopeOf({ db, clock, state, plane });
  const workflow = rolloutWorkflow(context);
  const engine = createEngine({
    db,
    clock,
    random,
    scheduler: timerScheduler,
    workflows: [workflow],
    soleWorker: true,
  });
  return {
    db,
    state,
    context,
    plane,
    release: async (version, { finite = true } = {}) => {
      // Beyond the largest float32, which is what models compute with.
      const hash = await state.putRelease(version, finite ? version * 1000 : 1e39);
      await db.commit({
        statements: [releaseStatement(context, { hash, endpoint: ENDPOINT, version, manifest: {} })],
      });
      return hash;
    },
    start: (version, hash, canary) => {
      const input = asJson({
        version,
        hash,
        canary: canary === undefined ? null : { ...canary, guard: ['answers'] },
      });
      return engine.start({ workflow: 'rollout', key: hash, project: PROJECT, input, actor: 'test' });
    },
    ...readings(db, engine),
    traffic: () => startTraffic(plane),
    pass: (ms) => {
      passed += ms;
    },
    [Symbol.asyncDispose]: async () => {
      await engine.close();
      await (await adoptPlane(state.stateDir))?.stop();
      await db.close();
      await state.remove();
    },
  };
}

function scopeOf({
  db,
  clock,
  state,
  plane,
}: Pick<RolloutBed, 'db' | 'state' | 'plane'> & Pick<StageScope, 'clock'>): Omit<StageScope, 'workflow'> {
  const { stateDir } = state;
  return {
    db,
    blobs: openBlobStore(state.blobDir),
    tables: createTables({ tempDir: stateDir }),
    clock,
    random: systemPorts.random,
    stateDir,
    planes: { launchTemporary: startTestPlane, ensure: plane, living: () => adoptPlane(stateDir) },
    environment: {},
    threads: 1,
    examples: createExampleCache(),
    version: '0.0.0-test',
    project: PROJECT,
    projectDir: stateDir,
    files: {},
    projectClock: undefined,
  };
}

function rolloutWorkflow(context: Omit<StageScope, 'workflow'>): Workflow {
  return {
    name: 'rollout',
    run: async (workflow, asked) => {
      const { version, hash, canary } = asked as unknown as {
        readonly version: number;
        readonly hash: string;
        readonly canary: CanarySpec | null;
      };
      const input = {
        spec: { endpoint: ENDPOINT, rollout: canary ?? ('all-at-once' as const) },
        model: PROJECT,
        version,
        releaseHash: hash,
        guards: [ANSWERS],
        actor: 'test',
        onWaiting: async () => undefined,
      };
      return { ...(await rollOut({ ...context, workflow }, input)) };
    },
  };
}

function readings(
  db: Database,
  engine: Engine,
): Pick<RolloutBed, 'run' | 'end' | 'reason' | 'routes' | 'watched'> {
  return {
    run: (execution) => engine.run(execution),
    end: async (execution) => {
      const { state: ended, result, error } = await engine.get(execution);
      assert.equal(ended, 'done', error?.message ?? '');
      return result as unknown as RolloutEnd;
    },
    reason: async (execution) => (await engine.get(execution)).reason,
    routes: async () => {
      const routes = await listRoutes(db, ENDPOINT);
      return routes.map(({ role, version, weight }) => `${role} ${version} ${weight}`).sort();
    },
    watched: () =>
      until('the candidate is watched', async () => {
        const [rollout] = await runningRollouts(db, ENDPOINT);
        return (rollout?.counts.seen ?? null) !== null;
      }),
  };
}

/** An endpoint at which version 1 answers; its release, and that of a second version. */
export async function liveBed(
  second: { readonly finite?: boolean } = {},
): Promise<{ bed: RolloutBed; two: string }> {
  const bed = await rolloutBed();
  const first = await bed.start(1, await bed.release(1));
  assert.equal(await bed.run(first), 'done');
  return { bed, two: await bed.release(2, second) };
}

function startTraffic(plane: () => Promise<RunningPlane>): Traffic {
  const versions: string[] = [];
  const failures: (number | string)[] = [];
  let running = true;
  const send = async (): Promise<void> => {
    const { url } = await plane();
    const client = testClient(url, 2);
    while (running) {
      try {
        const answer = await client.post(`/predict/${ENDPOINT}`, JSON.stringify(INSTANCE));
        if (answer.status === 200) versions.push((JSON.parse(answer.text) as { version: string }).version);
        else failures.push(answer.status);
      } catch (error) {
        failures.push(String(error));
        break;
      }
    }
    client.close();
    if (running) await send();
  };
  const sent = send();
  return {
    versions,
    failures,
    [Symbol.asyncDispose]: async () => {
      running = false;
      await sent;
    },
  };
}
