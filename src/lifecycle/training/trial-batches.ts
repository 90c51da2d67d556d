import { exportLinear } from '../../decide/onnx/export-linear.ts';
import { exportTrees } from '../../decide/onnx/export-trees.ts';
import { fitTrials } from '../../learn/fit/fit-pool.ts';
import type { FitProgress, FitResult } from '../../learn/fit/fit-result.ts';
import { proposeTrials } from '../../learn/search/propose-trials.ts';
import type { Trial } from '../../learn/search/trial.ts';
import { asJson } from '../../kernel/json.ts';
import type { SplitExamples } from '../data/index.ts';
import { evidencedStep, type StageScope } from '../stage-scope.ts';
import { encodeNativeModel, type NativeModel } from './model-file.ts';
import { fitModelMatrix, type ModelInputSpec, modelMatrix } from './model-matrix.ts';
import type { TrainingSpec } from './spec.ts';

/** Trials carried out in one durable step: a kill costs one batch, and two threads stay busy. */
const BATCH_TRIALS = 4;

/** How one trial came out. Losses are mean log loss or squared error on the validation rows. */
export interface TrialSummary {
  readonly index: number;
  readonly family: Trial['family'];
  readonly params: Trial['params'];
  readonly validationLoss: number;
  readonly iterations: number;
  readonly history: readonly {
    readonly iteration: number;
    readonly train: number;
    readonly validation: number | null;
  }[];
}

/** A batch's trials and the best of them, kept as a native model and as ONNX. */
export type BatchResult = {
  readonly trials: readonly TrialSummary[];
  readonly best: {
    readonly index: number;
    readonly loss: number;
    readonly native: string;
    readonly onnx: string;
  };
};

/** What is searched over, and the examples it is searched on. `rows` counts those of training. */
export interface SearchInput {
  readonly spec: TrainingSpec;
  readonly kind: 'classification' | 'regression';
  readonly inputs: readonly ModelInputSpec[];
  readonly rows: number;
  /** Trained alone, in place of a search. */
  readonly trial?: Trial;
  /** Loaded when the first batch that is not yet done needs it. */
  readonly examples: () => Promise<SplitExamples>;
}

/** Carries out the search in batches and returns them in order. The trials depend on spec and seed alone. */
export async function runBatches(scope: StageScope, input: SearchInput): Promise<readonly BatchResult[]> {
  const { spec, kind, rows } = input;
  const trials =
    input.trial === undefined
      ? proposeTrials({ trials: spec.trials, rounds: spec.rounds, seed: spec.seed, rows, kind })
      : [input.trial];
  const prepared = once(async () => prepare(input, await input.examples()));
  const batches: BatchResult[] = [];
  for (let first = 0; first < trials.length; first += BATCH_TRIALS) {
    const batch = trials.slice(first, first + BATCH_TRIALS);
    const step = await evidencedStep<BatchResult>(scope, 'training', `trials:${first}`, async () => ({
      result: await runBatch(scope, input, await prepared(), batch, trials.length),
      evidence: [],
    }));
    batches.push(step.result);
  }
  return batches;
}

function prepare({ inputs, spec }: SearchInput, examples: SplitExamples) {
  const { matrix, encodings } = fitModelMatrix(inputs, examples.train, spec.seed);
  return {
    encodings,
    train: { matrix, target: examples.train.target },
    validation: {
      matrix: modelMatrix(inputs, examples.validation, encodings),
      target: examples.validation.target,
    },
  };
}

async function runBatch(
  scope: StageScope,
  input: SearchInput,
  prepared: ReturnType<typeof prepare>,
  batch: readonly Trial[],
  total: number,
): Promise<BatchResult> {
  const results = await fitTrials({
    train: prepared.train,
    validation: prepared.validation,
    trials: batch,
    seed: input.spec.seed,
    workers: scope.threads,
    signal: scope.workflow.signal,
    onProgress: (progress) => report(scope, progress, total),
  });
  const best = results.reduce((a, b) => (lossOf(b) < lossOf(a) ? b : a));
  const native: NativeModel = { model: best.model, encodings: prepared.encodings };
  const layout = { inputs: input.inputs, encodings: prepared.encodings };
  const bytes =
    best.model.kind === 'trees' ? exportTrees(best.model, layout) : exportLinear(best.model, layout);
  const [kept, onnx] = await Promise.all([
    scope.blobs.put(encodeNativeModel(native)),
    scope.blobs.put(bytes),
  ]);
  return {
    trials: results.map(summary),
    best: { index: best.trial.index, loss: lossOf(best), native: kept.hash, onnx: onnx.hash },
  };
}

function report(scope: StageScope, progress: FitProgress, total: number): void {
  const loss = progress.validation === null ? '' : `, validation loss ${progress.validation.toFixed(4)}`;
  const text = `training: trial ${progress.trial + 1} of ${total}, round ${progress.iteration}${loss}`;
  scope.workflow.report({ text, share: (progress.trial + progress.iteration / progress.rounds) / total });
}

function lossOf(result: FitResult): number {
  return result.validationLoss ?? Number.POSITIVE_INFINITY;
}

function summary(result: FitResult): TrialSummary {
  return {
    index: result.trial.index,
    family: result.trial.family,
    params: result.trial.params,
    validationLoss: lossOf(result),
    iterations: result.bestIteration,
    history: result.history.map((round) => ({ ...round })),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The best trial of all batches: least validation loss, the earlier of equals. */
export function bestOf(batches: readonly BatchResult[]): BatchResult['best'] {
  const all = batches.map((batch) => batch.best);
  return all.reduce((a, b) => (b.loss < a.loss ? b : a));
}

/** Parameters of a trial as the flat record that a run keeps. */
export function trialParams(trial: TrialSummary): Record<string, string | number> {
  const { index, family } = trial;
  return { trial: index + 1, family, ...(asJson(trial.params) as Record<string, string | number>) };
}
