import { TendError } from '../../kernel/error.ts';
import { hashJson } from '../../kernel/hash.ts';
import { newId } from '../../kernel/id.ts';
import { lineageEdge } from '../../store/lineage.ts';
import { type SplitBounds, splitBounds, type SplitExamples } from '../data/index.ts';
import { evidencedStep, type KeyScope, type StageResult, type StageScope } from '../stage-scope.ts';
import { codeState } from './code-state.ts';
import { loadSplit } from './load-split.ts';
import { measureParity } from './measure-parity.ts';
import { nextVersion, runStatements, versionRow } from './registry-store.ts';
import { releaseManifest } from './release-manifest.ts';
import { runEvidence, runRecord } from './run-evidence.ts';
import type { TrainingInputs, TrainingOutputs } from './training-inputs.ts';
import { type BatchResult, bestOf, runBatches } from './trial-batches.ts';

/** Hash of everything that the model depends on; the project clock is in the data's own hash. */
export function trainingKey(scope: KeyScope, inputs: TrainingInputs): string {
  const { training, split, kind, data, dataHash } = inputs;
  const histories = data.histories.map(({ parts }) => parts.map((part) => part.blob));
  const features = data.features.hash;
  const clock = scope.projectClock ?? null;
  return hashJson({
    stage: 'training',
    training,
    split,
    kind,
    dataHash,
    key: inputs.key ?? null,
    features,
    histories,
    clock,
    bounds: inputs.bounds,
    trial: inputs.trial,
    version: scope.version,
  });
}

/** Where the examples were divided, and rows of each part. */
interface SplitSizes {
  readonly bounds: SplitBounds | null;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** Rows of each part, and the trials that were made of them. */
interface Searched {
  readonly sizes: SplitSizes;
  readonly batches: readonly BatchResult[];
}

/**
 * Divides the examples and carries out the trials: what of training computes and records nothing. Asked for
 * before `runTraining`, it runs ahead; its steps are the same, and are carried out once.
 */
export async function searchModel(scope: StageScope, inputs: TrainingInputs): Promise<Searched> {
  const { bounds = splitBounds(inputs.split, scope.projectClock ?? scope.clock.now()) } = inputs;
  const sizes = await evidencedStep<SplitSizes>(scope, 'training', 'split', async () => {
    const split = await loadSplit(scope, inputs, bounds);
    const rows = { train: split.train.rows, validation: split.validation.rows, test: split.test.rows };
    assertEnough(rows, split);
    return { result: { bounds, ...rows }, evidence: [] };
  });
  const batches = await runBatches(scope, {
    spec: inputs.training,
    kind: inputs.kind,
    inputs: inputs.data.features.inputs,
    rows: sizes.result.train,
    ...(inputs.trial === undefined ? {} : { trial: inputs.trial }),
    examples: () => loadSplit(scope, inputs, sizes.result.bounds),
  });
  return { sizes: sizes.result, batches };
}

/**
 * Searches, keeps the best model, exports it, proves that the export answers alike, and registers a version.
 */
export async function runTraining(
  scope: StageScope,
  inputs: TrainingInputs,
): Promise<StageResult<TrainingOutputs>> {
  const { sizes, batches } = await searchModel(scope, inputs);
  const registered = await registerStep(scope, inputs, batches, sizes);
  const { outputs, parity } = registered.result;
  const tried =
    inputs.trial === undefined ? `best of ${inputs.training.trials} trials` : 'parameters as before';
  return {
    verdict: 'pass',
    reason: `version ${outputs.version}, ${tried}; the export differs by ${parity.toExponential(1)} at most`,
    evidence: registered.evidence,
    outputs,
  };
}

function assertEnough(rows: Omit<SplitSizes, 'bounds'>, split: SplitExamples): void {
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
  sizes: SplitSizes,
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
