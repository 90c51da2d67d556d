import { join } from 'node:path';
import { type OrdersBed, ORDERS_SEED, ordersBed } from '../../../test/orders-bed.ts';
import { ORDERS } from '../../../test/orders-project.ts';
import type { ReleaseManifest } from '../../decide/release.ts';
import { spawnPlane } from '../../serve/plane-client.ts';
import { build } from '../../store/build.ts';
import type { SplitExamples, SplitSpec } from '../data/index.ts';
import type { Criterion } from '../problem/index.ts';
import type { StageScope } from '../stage-scope.ts';
import { runTraining, type TrainingOutputs } from '../training/index.ts';
import type { TestingSpec } from './spec.ts';
import { runTesting } from './stage.ts';
import type { TestKind } from './test-outcome.ts';

/** The entry of the data plane, as `main` starts it. */
const ENTRY = join(import.meta.dirname, '../../main/serve.ts');

/** What anyone in the shop knows; each holds for whatever was learnt from the true outcomes. */
const KNOWN_ANSWERS = `
- name: a cheap order is kept
  request: { placed: "2024-03-20T10:00:00Z", channel: web, region: south, amount: 6 }
  expect: { at_most: 0.3 }
- name: a dear order comes back
  request: { placed: "2024-03-20T10:00:00Z", channel: web, region: south, amount: 104 }
  expect: { at_least: 0.7 }
- name: the dearer the order, the likelier it comes back
  request: { placed: "2024-03-19T22:00:00Z", channel: web, region: east, amount: 10 }
  change: { amount: 100 }
  expect: higher
`;

/** How a candidate is to be made of the examples, and what it is tested against. */
export interface TrainOptions {
  /** The examples that training sees; testing always sees the true ones. */
  readonly examples?: (split: SplitExamples) => SplitExamples;
  readonly split?: SplitSpec;
  readonly trials?: number;
  readonly rounds?: number;
}

/** Candidates of the project of orders, trained, released and tested by the real stages in real processes. */
export interface CandidateBed extends AsyncDisposable {
  readonly train: (options?: TrainOptions) => Promise<TrainingOutputs>;
  /** A further version, registered as training does it: the candidate with its model or manifest changed. */
  readonly altered: (candidate: TrainingOutputs, change: Alteration) => Promise<TrainingOutputs>;
  /** The kinds of test that refuse the candidate, with what each said. */
  readonly refusals: (candidate: TrainingOutputs, options?: TestOptions) => Promise<Refusals>;
}

/** Changes to a release: the bytes of its model, its manifest. */
export interface Alteration {
  readonly model?: (bytes: Uint8Array) => Uint8Array;
  readonly manifest?: (manifest: ReleaseManifest) => ReleaseManifest;
}

/** What a candidate is held to. */
export interface TestOptions {
  readonly testing?: TestingSpec;
  readonly criteria?: readonly Criterion[];
  readonly split?: SplitSpec;
}

/** Which kinds refused a candidate, and the titles of the evidence by kind. */
export interface Refusals {
  readonly failed: readonly TestKind[];
  readonly titles: Readonly<Record<string, string>>;
}

/** What every candidate is held to unless a test says otherwise; loose where time is measured. */
export const LOOSE: TestingSpec = {
  unit: { cases: 'known-answers.yaml' },
  coverage: { at_least: '60%' },
  performance: { p99_at_most: '5s' },
  load: { rate: '20/s', for: '500ms' },
  privacy: { membership_auc: { at_most: 0.6 } },
};

/** Both channels must have their orders flagged alike. */
export const FAIR: Criterion = {
  id: 'fair',
  metric: 'disparate_impact',
  by: 'channel',
  selected: 'score >= 0.2',
  at_least: 0.7,
};

/** Ingests the project of orders, `perDay` of them on each of twenty days. */
export async function candidateBed(perDay: number): Promise<CandidateBed> {
  const bed = await ordersBed(perDay, { 'known-answers.yaml': KNOWN_ANSWERS });
  const { harness, data } = bed;
  const run = <T>(work: (scope: StageScope) => Promise<T>): Promise<T> =>
    bed.run((scope) => work({ ...scope, planes: { ...scope.planes, launchTemporary } }));
  return {
    train: (options = {}) => run((scope) => train(scope, bed, options)),
    altered: (candidate, change) => run((scope) => alter(scope, candidate, change)),
    refusals: async (candidate, { testing = LOOSE, criteria = [FAIR], split = ORDERS.split } = {}) => {
      const asked = { testing, criteria, split, slices: [], seed: ORDERS_SEED };
      const inputs = { kind: 'classification', data, training: candidate, ...asked } as const;
      const result = await run((scope) => runTesting(scope, inputs));
      const shown = (await harness.evidence()).filter((one) => result.evidence.includes(one.id));
      return {
        failed: result.outputs.failed,
        titles: Object.fromEntries(shown.map(({ kind, title }) => [kind.replace('test-', ''), title])),
      };
    },
    [Symbol.asyncDispose]: () => bed[Symbol.asyncDispose](),
  };
}

function launchTemporary(dir: string) {
  const args = [dir, '--host', '127.0.0.1', '--port', '0', '--with-parent', String(process.pid)];
  return spawnPlane({ entry: ENTRY, stateDir: dir, args });
}

async function train(
  scope: StageScope,
  { inputs }: OrdersBed,
  options: TrainOptions,
): Promise<TrainingOutputs> {
  const { split = inputs.split, examples = (one) => one, ...search } = options;
  // Training asks for its examples here, so it may be shown others than there are.
  const cache: StageScope['examples'] = {
    ...scope.examples,
    load: async <T>(key: string, load: () => Promise<T>): Promise<T> =>
      examples((await scope.examples.load(key, load)) as SplitExamples) as T,
  };
  const asked = { ...inputs, split, training: { ...inputs.training, ...search } };
  return (await runTraining({ ...scope, examples: cache }, asked)).outputs;
}

async function alter(
  scope: StageScope,
  candidate: TrainingOutputs,
  { model = (bytes) => bytes, manifest = (one) => one }: Alteration,
): Promise<TrainingOutputs> {
  const { blobs, clock, db } = scope;
  const version = await nextVersion(scope, candidate.model);
  const file = await blobs.put(model(await blobs.read(candidate.modelBlob)));
  const said = JSON.parse(Buffer.from(await blobs.read(candidate.manifestBlob)).toString('utf8'));
  const changed = manifest({ ...said, version, modelBlob: file.hash } as ReleaseManifest);
  const released = await blobs.put(Buffer.from(JSON.stringify(changed), 'utf8'));
  const row = {
    id: `mdv_${version}`,
    model: candidate.model,
    version,
    run_id: candidate.runId,
    state: 'registered',
    blob_hash: file.hash,
    manifest_hash: released.hash,
    created_at: clock.now(),
  };
  await db.commit({ statements: [{ query: build.insertInto('model_version').values(row), expect: 1 }] });
  return { ...candidate, version, modelBlob: file.hash, manifestBlob: released.hash };
}

async function nextVersion({ db }: StageScope, model: string): Promise<number> {
  const versions = await db.query
    .selectFrom('model_version')
    .select('version')
    .where('model', '=', model)
    .execute();
  return Math.max(0, ...versions.map((row) => row.version)) + 1;
}
