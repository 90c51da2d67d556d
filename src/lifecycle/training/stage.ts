import { hashJson } from '../../kernel/hash.ts';
import { newId } from '../../kernel/id.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { compileRelease, type ReleaseDecider } from '../../decide/release-decider.ts';
import { decideFrame } from '../../decide/release-frame.ts';
import type { ReleaseManifest } from '../../decide/release.ts';
import { lineageEdge } from '../../store/lineage.ts';
import { predictLinear } from '../../learn/linear/linear-model.ts';
import { predictTrees } from '../../learn/trees/predict-trees.ts';
import {
  type DataOutputs,
  type Examples,
  loadExamples,
  type SplitBounds,
  type SplitExamples,
  type SplitSpec,
  splitBounds,
  splitExamples,
  splitSpan,
} from '../data/index.ts';
import { TendError } from '../../kernel/error.ts';
import { evidencedStep, type KeyScope, type StageResult, type StageScope } from '../stage-scope.ts';
import { codeState } from './code-state.ts';
import { decodeNativeModel, type NativeModel } from './model-file.ts';
import { modelMatrix } from './model-matrix.ts';
import { nextVersion, runStatements, versionRow } from './registry-store.ts';
import type { TrainingSpec } from './spec.ts';
import { type BatchResult, bestOf, runBatches, trialParams } from './trial-batches.ts';

export interface TrainingInputs {
  readonly training: TrainingSpec;
  readonly split: SplitSpec;
  readonly kind: 'classification' | 'regression';
  readonly data: DataOutputs;
  readonly specHash: string;
  /** What the release calls its data: hash of the examples' dataset version. */
  readonly dataHash: string;
}

/** What training hands on: the model, and the data it may be judged on. */
export type TrainingOutputs = {
  readonly runId: string;
  readonly model: string;
  readonly version: number;
  /** The served file (ONNX), the native model with leaf counts, and the release manifest, as blobs. */
  readonly modelBlob: string;
  readonly nativeBlob: string;
  readonly manifestBlob: string;
  readonly bounds: SplitBounds | null;
  /** Examples that the model was made of, by position of the row in the source: counts only. */
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
};

/** Hash of everything that the model depends on; the project clock is in the data's own hash. */
export function trainingKey(scope: KeyScope, inputs: TrainingInputs): string {
  const { training, split, kind, data, dataHash } = inputs;
  const histories = data.histories.map((history) => history.blob);
  const features = data.features.hash;
  const clock = scope.projectClock ?? null;
  return hashJson({
    stage: 'training',
    training,
    split,
    kind,
    dataHash,
    features,
    histories,
    clock,
    version: scope.version,
  });
}

/**
 * Searches, keeps the best model, exports it, proves that the export answers alike, and registers a version.
 */
export async function runTraining(
  scope: StageScope,
  inputs: TrainingInputs,
): Promise<StageResult<TrainingOutputs>> {
  const bounds = splitBounds(inputs.split, scope.projectClock ?? scope.clock.now());
  const sizes = await evidencedStep<{
    bounds: SplitBounds | null;
    train: number;
    validation: number;
    test: number;
  }>(scope, 'training', 'split', async () => {
    const split = await loadSplit(scope, inputs, bounds);
    const rows = { train: split.train.rows, validation: split.validation.rows, test: split.test.rows };
    assertEnough(rows, split);
    return { result: { bounds, ...rows }, evidence: [] };
  });
  const fixed = sizes.result.bounds;
  const batches = await runBatches(scope, {
    spec: inputs.training,
    kind: inputs.kind,
    inputs: inputs.data.features.inputs,
    rows: sizes.result.train,
    examples: () => loadSplit(scope, inputs, fixed),
  });
  const registered = await registerStep(scope, inputs, batches, sizes.result);
  const { outputs, parity } = registered.result;
  return {
    verdict: 'pass',
    reason: `version ${outputs.version}, best of ${inputs.training.trials} trials; the export differs by ${parity.toExponential(1)} at most`,
    evidence: registered.evidence,
    outputs,
  };
}

/** The examples of a model, divided. Loads them anew: the same version always gives the same rows. */
export async function loadSplit(
  scope: StageScope,
  inputs: Pick<TrainingInputs, 'data' | 'split'>,
  bounds: SplitBounds | null,
): Promise<SplitExamples> {
  const { features, versions, histories } = inputs.data;
  const version = versions[features.source];
  if (version === undefined) throw new TendError('INTERNAL', `no version of ${features.source}`);
  const span = splitSpan(bounds, scope.projectClock);
  const key = hashJson({
    version: version.hash,
    features: features.hash,
    histories,
    span,
    split: inputs.split,
  });
  return scope.examples.load(key, async () => {
    scope.workflow.report({ text: 'training: loading examples' });
    return splitExamples(await loadExamples(scope, features, version, histories, span), inputs.split, bounds);
  });
}

function assertEnough(rows: { train: number; validation: number; test: number }, split: SplitExamples): void {
  const empty = Object.entries(rows).find(([, count]) => count === 0);
  if (empty !== undefined) {
    throw new TendError('TRAINING_FAILED', `there are no rows for ${empty[0]}; widen split in tend.yaml`);
  }
  const constant = split.train.target.every((value) => value === split.train.target[0]);
  if (constant)
    throw new TendError('TRAINING_FAILED', 'every training row has the same outcome: nothing to learn');
}

type Registered = { readonly outputs: TrainingOutputs; readonly parity: number };

function registerStep(
  scope: StageScope,
  inputs: TrainingInputs,
  batches: readonly BatchResult[],
  sizes: { bounds: SplitBounds | null; train: number; validation: number; test: number },
) {
  return evidencedStep<Registered>(scope, 'training', 'register', async () => {
    const startedAt = scope.clock.now();
    const best = bestOf(batches);
    const code = await codeState(scope.projectDir);
    const model = scope.project;
    const version = await nextVersion(scope.db, model);
    const manifest = releaseManifest(scope, inputs, { modelBlob: best.onnx, version, commit: code.commit });
    const manifestBlob = await scope.blobs.put(Buffer.from(JSON.stringify(manifest), 'utf8'));
    const { validation } = await loadSplit(scope, inputs, sizes.bounds);
    const parity = await measureParity(scope, { manifest, native: best.native }, validation);
    if (code.diff !== null) await scope.blobs.put(Buffer.from(code.diff, 'utf8'));
    const runId = newId('run', scope.clock, scope.random);
    const outputs: TrainingOutputs = {
      runId,
      model,
      version,
      modelBlob: best.onnx,
      nativeBlob: best.native,
      manifestBlob: manifestBlob.hash,
      bounds: sizes.bounds,
      rows: { train: sizes.train, validation: sizes.validation, test: sizes.test },
    };
    const record = runRecord(scope, inputs, batches, outputs, { startedAt, code: { ...code, diff: null } });
    const executionId = scope.workflow.executionId;
    return {
      result: { outputs, parity },
      statements: [
        ...runStatements(scope, record),
        ...versionRow(scope, {
          model,
          version,
          runId,
          modelBlob: best.onnx,
          manifestHash: manifestBlob.hash,
        }),
        lineageEdge({ from: inputs.dataHash, to: runId, kind: 'trained-on', executionId }, scope.clock),
        lineageEdge({ from: runId, to: best.onnx, kind: 'produced', executionId }, scope.clock),
        lineageEdge(
          { from: best.onnx, to: manifestBlob.hash, kind: 'released-as', executionId },
          scope.clock,
        ),
      ],
      evidence: [
        runEvidence(inputs, batches, outputs, {
          parity,
          code: { ...code, diff: null },
          environment: scope.environment,
          digest: record.digest,
        }),
      ],
    };
  });
}

/** Everything a serving process needs to know of the version. Its id names content alone, so it repeats. */
function releaseManifest(
  scope: StageScope,
  inputs: TrainingInputs,
  made: { readonly modelBlob: string; readonly version: number; readonly commit: string | null },
): ReleaseManifest {
  const { features } = inputs.data;
  const said = {
    format: 'tend.release/v1' as const,
    project: scope.project,
    model: scope.project,
    version: made.version,
    kind: inputs.kind,
    target: features.target,
    modelBlob: made.modelBlob,
    ...features.definition,
    eventTime: features.time,
    inputs: [...features.inputs],
    codeCommit: made.commit,
    specHash: inputs.specHash,
  };
  return { ...said, id: `rel_${hashJson(said).slice(0, 26)}` } as ReleaseManifest;
}

/** Rows on which the export is compared with the native model. */
const PARITY_ROWS = 20_000;

/** Largest difference allowed: float32 sums of a few hundred trees stay below it by far. */
const PARITY_MAX = 1e-4;

async function measureParity(
  scope: StageScope,
  made: { readonly manifest: ReleaseManifest; readonly native: string },
  validation: Examples,
): Promise<number> {
  const native = decodeNativeModel(await scope.blobs.read(made.native));
  const release = await openRelease(scope, made.manifest);
  const served = decideFrame(release, validation.features);
  const own = nativeScores(native, made.manifest, validation);
  const rows = Math.min(PARITY_ROWS, validation.rows);
  let largest = 0;
  for (let i = 0; i < rows; i++) {
    const scale = Math.max(1, Math.abs(own[i] as number));
    largest = Math.max(largest, Math.abs((own[i] as number) - (served[i] as number)) / scale);
  }
  if (!(largest <= PARITY_MAX)) {
    throw new TendError('TRAINING_FAILED', `the exported model differs from the trained one by ${largest}`);
  }
  return largest;
}

/**
 * A release compiled for scoring columns in this process; feature tables come joined, so nothing is looked
 * up.
 */
export async function openRelease(scope: StageScope, manifest: ReleaseManifest): Promise<ReleaseDecider> {
  const modelBytes = await scope.blobs.read(manifest.modelBlob);
  return compileRelease({ manifest, modelBytes, lookup: () => null });
}

/** Scores by the native model: probabilities, or values. */
export function nativeScores(
  native: NativeModel,
  manifest: Pick<ReleaseManifest, 'inputs'>,
  examples: Examples,
): Float64Array {
  const matrix = modelMatrix(manifest.inputs, examples, native.encodings);
  const { model } = native;
  const margins = model.kind === 'trees' ? predictTrees(model, matrix) : predictLinear(model, matrix);
  return model.objective === 'binary' ? margins.map((margin) => 1 / (1 + Math.exp(-margin))) : margins;
}

function runRecord(
  scope: StageScope,
  inputs: TrainingInputs,
  batches: readonly BatchResult[],
  outputs: TrainingOutputs,
  facts: { readonly startedAt: number; readonly code: object },
) {
  const trials = batches.flatMap((batch) => batch.trials);
  const best = trials.find((trial) => trial.index === bestOf(batches).index);
  const metrics = (best?.history ?? []).flatMap((round) => [
    { key: 'train_loss', step: round.iteration, value: round.train },
    ...(round.validation === null
      ? []
      : [{ key: 'validation_loss', step: round.iteration, value: round.validation }]),
  ]);
  const params = { ...inputs.training, ...(best === undefined ? {} : trialParams(best)) };
  const { runId, modelBlob, manifestBlob, nativeBlob } = outputs;
  return {
    id: runId,
    name: `${scope.project} version ${outputs.version}`,
    startedAt: facts.startedAt,
    params,
    tags: { code: facts.code, environment: scope.environment } as unknown as JsonObject,
    inputs: {
      data: inputs.dataHash,
      features: inputs.data.features.hash,
      bounds: outputs.bounds,
    } as unknown as Json,
    outputs: { modelBlob, manifestBlob, nativeBlob },
    metrics,
    digest: hashJson({ params, metrics }),
  };
}

function runEvidence(
  inputs: TrainingInputs,
  batches: readonly BatchResult[],
  outputs: TrainingOutputs,
  facts: {
    readonly parity: number;
    readonly code: object;
    readonly environment: JsonObject;
    readonly digest: string;
  },
) {
  const trials = batches.flatMap((batch) => batch.trials);
  const bestIndex = bestOf(batches).index;
  const best = trials.find((trial) => trial.index === bestIndex);
  const points = (pick: 'train' | 'validation') =>
    (best?.history ?? []).map((round): Json => [round.iteration, round[pick]]);
  return {
    kind: 'training-run',
    subject: outputs.modelBlob,
    verdict: 'info' as const,
    title: `Version ${outputs.version}: ${best?.family ?? ''}, ${best?.iterations ?? 0} rounds, validation loss ${best?.validationLoss.toFixed(4) ?? ''}`,
    body: {
      run: outputs.runId,
      data: inputs.dataHash,
      features: inputs.data.features.hash,
      rows: outputs.rows,
      bounds: outputs.bounds,
      seed: inputs.training.seed,
      best: best === undefined ? null : trialParams(best),
      export: { onnx: outputs.modelBlob, largest_difference: facts.parity },
      measurements_digest: facts.digest,
      code: facts.code,
      environment: facts.environment,
      trials: trials.map((trial) => ({
        trial: trial.index,
        family: trial.family,
        iterations: trial.iterations,
        validation_loss: trial.validationLoss,
      })),
      figures: [
        {
          kind: 'line',
          title: 'Loss by boosting round',
          x: { label: 'round' },
          y: { label: inputs.kind === 'classification' ? 'log loss' : 'squared error' },
          series: [
            { name: 'train', points: points('train') },
            { name: 'validation', points: points('validation') },
          ],
        },
        {
          kind: 'bars',
          title: 'Validation loss by trial',
          x: { label: 'trial' },
          y: { label: 'loss' },
          categories: trials.map((trial) => `${trial.index + 1} ${trial.family}`),
          series: [{ name: 'validation loss', values: trials.map((trial) => trial.validationLoss) }],
        },
      ],
    } as unknown as JsonObject,
  };
}
