import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseDecider } from '../../decide/release-decider.ts';
import type { ReleaseManifest } from '../../decide/release.ts';
import { adoptPlane, type RunningPlane } from '../../serve/plane-client.ts';
import { writeRouting } from '../../serve/routing.ts';
import {
  type DataOutputs,
  type Examples,
  publishTables,
  type SplitExamples,
  type SplitSpec,
} from '../data/index.ts';
import { readManifest } from '../evaluation/index.ts';
import type { Criterion } from '../problem/index.ts';
import type { StageScope } from '../stage-scope.ts';
import {
  decodeNativeModel,
  loadSplit,
  type NativeModel,
  openRelease,
  scoreExamples,
  type TrainingOutputs,
} from '../training/index.ts';
import type { TestingSpec } from './spec.ts';

/** What testing takes: parts of the document, and what data and training handed on. */
export interface TestingInputs {
  readonly kind: 'classification' | 'regression';
  readonly criteria: readonly Criterion[];
  readonly testing: TestingSpec;
  readonly slices: readonly string[];
  readonly split: SplitSpec;
  readonly seed: number;
  readonly data: DataOutputs;
  readonly training: TrainingOutputs;
}

/**
 * What a test works with: the candidate in a serving process of its own, and the examples it is tested on.
 */
export interface TestBench {
  readonly scope: StageScope;
  readonly inputs: TestingInputs;
  readonly manifest: ReleaseManifest;
  readonly release: ReleaseDecider;
  readonly native: NativeModel;
  readonly split: SplitExamples;
  /** Scores of the test rows by the served file, computed in this process. */
  readonly scores: Float64Array;
  /** Test rows from this moment on find their own feature tables in the serving process. */
  readonly tablesFrom: number;
  /** The URL that answers for the candidate alone. */
  readonly endpointUrl: string;
  readonly plane: RunningPlane;
}

/** The endpoint under which the candidate answers while it is tested. */
const ENDPOINT = 'candidate';

/** Opens the bench: a private state folder, the candidate's routing and tables, a running plane. */
export async function openTestBench(
  scope: StageScope,
  inputs: TestingInputs,
): Promise<TestBench & AsyncDisposable> {
  const manifest = await readManifest(scope, inputs.training.manifestBlob);
  const release = await openRelease(scope, manifest);
  const native = decodeNativeModel(await scope.blobs.read(inputs.training.nativeBlob));
  const split = await loadSplit(scope, inputs, inputs.training.bounds);
  const scores = await scoreExamples(scope, manifest, split.test);
  const stateDir = join(scope.stateDir, 'testing', scope.project);
  // A process killed here before left its plane behind; two of one folder would write the same files.
  await (await adoptPlane(stateDir))?.stop();
  rmSync(stateDir, { recursive: true, force: true });
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const featureDir = join(stateDir, 'features');
  const tablesFrom = await publishTables(scope, inputs.data.features, inputs.data.histories, featureDir);
  await writeRouting(stateDir, {
    format: 'tend.routing/v1',
    generation: 1,
    blobDir: join(scope.stateDir, 'blobs'),
    featureDir,
    endpoints: [
      {
        name: ENDPOINT,
        project: scope.project,
        routes: [
          {
            releaseHash: inputs.training.manifestBlob,
            version: String(manifest.version),
            weight: 1,
            role: 'stable',
          },
        ],
      },
    ],
  });
  scope.workflow.report({ text: 'testing: starting a serving process for the candidate' });
  const plane = await scope.planes.launchTemporary(stateDir);
  return {
    scope,
    inputs,
    manifest,
    release,
    native,
    split,
    scores,
    tablesFrom,
    plane,
    endpointUrl: `${plane.url}/predict/${ENDPOINT}`,
    [Symbol.asyncDispose]: async () => {
      await plane.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** A raw request: the fields of one example as a client would send them. */
export type RawInstance = Readonly<Record<string, string | number | boolean | null>>;

/** The request fields of one example. Moments go as ISO text, which any client can write. */
export function instanceOf(manifest: ReleaseManifest, examples: Examples, row: number): RawInstance {
  const instance: Record<string, string | number | boolean | null> = {};
  for (const { name, type } of manifest.fields) {
    const column = examples.fields.columns[name];
    if (column === undefined) continue;
    if (column.kind === 'category') {
      instance[name] = column.levels[column.codes[row] as number] ?? null;
    } else {
      const value = column.values[row] as number;
      instance[name] = Number.isNaN(value) ? null : plain(value, type);
    }
  }
  return instance;
}

function plain(value: number, type: string): string | number | boolean {
  if (type === 'time') return new Date(value).toISOString();
  return type === 'boolean' ? value !== 0 : value;
}

/** Test rows spread evenly over those from `from` on: at most `count`, all of them distinct. */
export function spreadRows(examples: Examples, count: number, from = Number.NEGATIVE_INFINITY): number[] {
  const eligible: number[] = [];
  for (let i = 0; i < examples.rows; i++) {
    if (examples.time === null || (examples.time[i] as number) >= from) eligible.push(i);
  }
  const step = Math.max(1, eligible.length / count);
  const rows: number[] = [];
  for (let at = 0; at < eligible.length && rows.length < count; at += step) {
    rows.push(eligible[Math.floor(at)] as number);
  }
  return rows;
}
