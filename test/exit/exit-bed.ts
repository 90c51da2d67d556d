import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { timerScheduler } from '../../src/engine/scheduler.ts';
import { asJson, type JsonObject } from '../../src/kernel/json.ts';
import { SYSTEM } from '../../src/kernel/policy.ts';
import type { ExitPorts } from '../../src/lifecycle/decommissioning/index.ts';
import {
  type DecommissioningContext,
  decommissioningOperations,
} from '../../src/lifecycle/decommissioning/operations.ts';
import { publishRouting } from '../../src/lifecycle/deployment/index.ts';
import { createExampleCache, type LifecycleContext } from '../../src/lifecycle/stage-scope.ts';
import { rehearseInProcess } from '../../src/main/rehearsal-process.ts';
import { exitWorkflow } from '../../src/project/exit-workflow.ts';
import { type PlaneState, planeState, PROJECT } from '../../src/serve/fixtures/plane-state.ts';
import { startTestPlane, testClient } from '../../src/serve/fixtures/test-plane.ts';
import { adoptPlane } from '../../src/serve/plane-client.ts';
import type { PredictionRecord } from '../../src/serve/prediction-record.ts';
import { readSegments } from '../../src/serve/read-segments.ts';
import { type BlobStore, openBlobStore } from '../../src/store/blob.ts';
import { build } from '../../src/store/build.ts';
import type { Database } from '../../src/store/database.ts';
import { jsonText } from '../../src/store/json-text.ts';
import { openSqlite } from '../../src/store/open-sqlite.ts';
import { createTables } from '../../src/table/tables.ts';
import { systemPorts } from '../ports.ts';

export const ENDPOINT = 'flight-delay';
export { PROJECT };
const DAY_MS = 86_400_000;
/** Boundaries of the project's life: more than serving holds at once. */
export const DAYS = 80;
/** Days whose states are only in the history by the time of an exit. */
const SEALED_DAYS = 70;
const FIRST_DAY = Date.UTC(2001, 0, 1);
export const PER_DAY = 17;
const FEATURES = 'f'.repeat(64);

/** A project with two versions, of which the first answered for 80 days and then was replaced. */
export interface ExitBed extends AsyncDisposable {
  readonly state: PlaneState;
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly engine: Engine;
  readonly context: LifecycleContext;
  readonly operations: DecommissioningContext;
  /** Hashes of the release manifests of versions 1 and 2. */
  readonly releases: readonly [string, string];
  readonly ports: ExitPorts;
  /** Calls an operation of decommissioning. */
  readonly call: (name: string, input: object) => Promise<JsonObject>;
  /** Asks the living plane for one prediction: its status and body. */
  readonly ask: () => Promise<{ readonly status: number; readonly text: string }>;
  readonly stopPlane: () => Promise<void>;
}

export interface ExitBedOptions {
  /** Answered predictions of a day by version 1. */
  readonly perDay?: number;
  readonly days?: number;
  /** The `decommissioning` part of tend.yaml. */
  readonly spec?: JsonObject;
  readonly ports?: (ports: ExitPorts) => Partial<ExitPorts>;
  readonly decorate?: (db: Database) => Database;
}

/** Makes the project, with a real data plane that answered everything that is logged. */
export async function exitBed(options: ExitBedOptions = {}): Promise<ExitBed> {
  const state = await planeState();
  const first = await state.putRelease(1, 10);
  const second = await state.putRelease(2, 20);
  const { clock, random } = systemPorts;
  const opened = await openSqlite({ path: join(state.stateDir, 'tend.db'), clock });
  const db = options.decorate?.(opened) ?? opened;
  const blobs = openBlobStore(state.blobDir);
  const context = bedContext(state.stateDir, db);
  const spec = options.spec ?? { archive: true, keep_predictions: '30d' };
  await declareProject(opened, blobs, [first, second], spec);
  await predictForDays(context, state, first, options);
  await takeOver(opened, [first, second]);
  await publishRouting(context);
  const ports: ExitPorts = { sample: sampleSegments(state.stateDir), rehearse: rehearseInProcess };
  const whole = { ...ports, ...options.ports?.(ports) };
  const engine = createEngine({
    db,
    clock,
    random,
    scheduler: timerScheduler,
    workflows: [exitWorkflow(context, whole), { name: 'other', run: async (w) => w.wait('traffic') }],
    soleWorker: true,
  });
  const operations: DecommissioningContext = { db, blobs, engine, principal: SYSTEM };
  const stopPlane = async (): Promise<void> => (await adoptPlane(state.stateDir))?.stop();
  return {
    state,
    db,
    blobs,
    engine,
    context,
    operations,
    releases: [first, second],
    ports: whole,
    call: async (name, input) => {
      const operation = decommissioningOperations.find((one) => one.name === name);
      assert.ok(operation !== undefined, name);
      return (await operation.handler(operations, operation.input.parse(input) as never)) as JsonObject;
    },
    ask: async () => {
      const plane = await adoptPlane(state.stateDir);
      assert.ok(plane !== null);
      const client = testClient(plane.url);
      const body = JSON.stringify(instance(DAYS - 1, 1));
      const answer = await client.post(`/predict/${ENDPOINT}`, body);
      client.close();
      return answer;
    },
    stopPlane,
    [Symbol.asyncDispose]: async () => {
      await engine.close();
      await stopPlane();
      await opened.close();
      await state.remove();
    },
  };
}

/** What the stages are given in a state folder of a bed. */
export function bedContext(stateDir: string, db: Database): LifecycleContext {
  return {
    db,
    blobs: openBlobStore(join(stateDir, 'blobs')),
    tables: createTables({ tempDir: join(stateDir, 'scratch'), folders: [stateDir] }),
    ...systemPorts,
    stateDir,
    planes: {
      launchTemporary: startTestPlane,
      ensure: () => startTestPlane(stateDir),
      living: () => adoptPlane(stateDir),
    },
    environment: {},
    threads: 1,
    examples: createExampleCache(),
    version: '0.0.0-test',
  };
}

/** A request of a day; no two are alike. */
function instance(day: number, i: number): JsonObject {
  return {
    distance: 300 + day * 7 + i,
    taxi: i % 5 === 0 ? null : 5 + i / 3,
    carrier: ['AA', 'UA', 'ZZ'][i % 3] ?? 'AA',
    scheduled: new Date(FIRST_DAY + day * DAY_MS + (i + 1) * 60_000).toISOString(),
  };
}

function tableRows(day: number): (string | number | null)[][] {
  return [
    ['AA', 4.5 + day / 7, 900 + day],
    ['UA', day % 9 === 0 ? null : 9.25 - day / 11, 500],
    ['WN', 1 + day, 40],
  ];
}

/** Day by day, as time goes on: the boundary is published, then that day's requests are answered. */
async function predictForDays(
  context: LifecycleContext,
  state: PlaneState,
  release: string,
  { perDay = PER_DAY, days = DAYS }: ExitBedOptions,
): Promise<void> {
  await state.route(1, [{ releaseHash: release, version: '1', weight: 1, role: 'stable' }], ENDPOINT);
  const plane = await startTestPlane(state.stateDir);
  const client = testClient(plane.url);
  for (let day = 0; day < days; day++) {
    await state.putTable(FIRST_DAY + day * DAY_MS, tableRows(day));
    const instances = Array.from({ length: perDay }, (_, i) => instance(day, i));
    if (instances.length === 0) continue;
    const answer = await client.post(`/predict/${ENDPOINT}`, JSON.stringify({ instances }));
    assert.equal(answer.status, 200, answer.text);
  }
  client.close();
  await sealTables(context, state, days);
}

/** The history of the table as one Parquet blob, after which the oldest files are gone. */
async function sealTables(context: LifecycleContext, state: PlaneState, days: number): Promise<void> {
  const sealed = Math.min(SEALED_DAYS, days);
  const rows = Array.from({ length: sealed }, (_, day) =>
    tableRows(day).map(([carrier, delay, flights]) => {
      const at = new Date(FIRST_DAY + day * DAY_MS).toISOString().slice(0, 19).replace('T', ' ');
      return `(TIMESTAMP '${at}', '${carrier}', ${delay ?? 'NULL'}::DOUBLE, ${flights}::DOUBLE)`;
    }),
  ).flat();
  const file = join(state.stateDir, 'history.parquet');
  await using session = await context.tables.session();
  await session.run(
    `COPY (SELECT * FROM (VALUES ${rows.join(', ')}) AS t(tend_at, carrier, delay_7d, flights_7d))
     TO '${file}' (FORMAT parquet)`,
  );
  const { hash } = await context.blobs.putFile(file, { move: true });
  const row = {
    project: PROJECT,
    name: `carrier@${FEATURES.slice(0, 16)}`,
    from_at: FIRST_DAY,
    to_at: FIRST_DAY + (sealed - 1) * DAY_MS,
    refresh_ms: DAY_MS,
    row_count: rows.length,
    blob_hash: hash,
    created_at: 0,
  };
  await context.db.commit({ statements: [{ query: build.insertInto('feature_history').values(row) }] });
  for (let day = 0; day < sealed; day++) {
    rmSync(join(state.featureDir, PROJECT, 'carrier', `${FIRST_DAY + day * DAY_MS}.json`));
  }
}

async function declareProject(
  db: Database,
  blobs: BlobStore,
  releases: readonly string[],
  spec: JsonObject,
): Promise<void> {
  const document = jsonText({ name: PROJECT, decommissioning: spec });
  const yaml = `name: ${PROJECT}\n`;
  const specHash = '0'.repeat(64);
  const applied = asJson({ yaml, files: { 'request.sql': 'select 1' }, projectDir: '', author: 'local' });
  const statements = [
    build.insertInto('project').values({
      name: PROJECT,
      owner: 'team@example.com',
      kind: 'regression',
      statement: 'How late?',
      spec_hash: specHash,
      document,
      created_at: 0,
      updated_at: 0,
    }),
    build.insertInto('project_revision').values({
      project: PROJECT,
      hash: specHash,
      document,
      source: yaml,
      author: 'local',
      created_at: 0,
      clock: null,
    }),
    build.insertInto('execution').values({
      id: 'exe_applied',
      workflow: 'apply',
      key: 'applied',
      project: PROJECT,
      state: 'done',
      input: jsonText(applied),
      actor: 'local',
      attempt: 1,
      created_at: 0,
      updated_at: 0,
    } as never),
    build.insertInto('model').values({ name: PROJECT, project: PROJECT, created_at: 0, updated_at: 0 }),
    build.insertInto('endpoint').values({
      name: ENDPOINT,
      project: PROJECT,
      generation: 1,
      state: 'serving',
      body: null,
    }),
  ];
  await db.commit({ statements: statements.map((query) => ({ query })) });
  for (const [index, hash] of releases.entries()) await registerVersion(db, blobs, index + 1, hash);
}

async function registerVersion(db: Database, blobs: BlobStore, version: number, hash: string): Promise<void> {
  const manifest = JSON.parse(Buffer.from(await blobs.read(hash)).toString('utf8')) as JsonObject;
  const native = await blobs.put(Buffer.from(`native model of version ${version}`));
  const { modelBlob } = manifest;
  assert.ok(typeof modelBlob === 'string');
  const outputs = { modelBlob, manifestBlob: hash, nativeBlob: native.hash };
  const training = { project: PROJECT, stage: 'training' as const, verdict: 'pass' as const, reason: '' };
  const run = {
    id: `run_${version}`,
    project: PROJECT,
    name: '',
    state: 'finished',
    started_at: 0,
    ended_at: 0,
    params: '{}',
    tags: '{}',
    inputs: jsonText({ features: FEATURES }),
    outputs: jsonText(outputs),
    digest: null,
  };
  const row = {
    id: `mdv_${version}`,
    model: PROJECT,
    version,
    run_id: run.id,
    blob_hash: modelBlob,
    manifest_hash: hash,
    state: 'registered',
    created_at: 0,
  };
  const release = {
    hash,
    endpoint: ENDPOINT,
    version: String(version),
    manifest: jsonText(manifest),
    created_at: 0,
  };
  const cached = { ...training, key: `v${version}`, evidence: '[]', outputs: jsonText(outputs) };
  const queries = [
    build.insertInto('run').values({ ...run, experiment_id: 1, user_name: '' }),
    build.insertInto('model_version').values(row),
    build.insertInto('release').values(release),
    build.insertInto('stage_cache').values(cached),
  ];
  await db.commit({ statements: queries.map((query) => ({ query })) });
}

/** Version 2 has the traffic, version 1 stands warm. */
async function takeOver(db: Database, [first, second]: readonly [string, string]): Promise<void> {
  const routes = [
    { endpoint: ENDPOINT, release_hash: second, weight: 1, role: 'stable' as const },
    { endpoint: ENDPOINT, release_hash: first, weight: 0, role: 'warm' as const },
  ];
  const alias = { model: PROJECT, alias: 'champion', version: 2 };
  await db.commit({
    statements: [
      { query: build.insertInto('route').values(routes) },
      { query: build.insertInto('model_alias').values(alias) },
      { query: build.updateTable('endpoint').set({ generation: 2 }) },
    ],
  });
}

/** Logged predictions of a release, evenly over what was logged. */
export function sampleSegments(stateDir: string): ExitPorts['sample'] {
  return async ({ endpoint, release, limit }) => {
    const all: PredictionRecord[] = [];
    for await (const record of readSegments(join(stateDir, 'segments', endpoint))) {
      if (record.release === release) all.push(record);
    }
    const step = Math.max(1, all.length / limit);
    return Array.from({ length: Math.min(limit, all.length) }, (_, i) => all[Math.floor(i * step)]).filter(
      (record) => record !== undefined,
    );
  };
}
