import { predictLinear } from '../linear/linear-model.ts';
import { trainLinear } from '../linear/train-linear.ts';
import type { FeatureMatrix } from '../matrix.ts';
import type { Trial } from '../search/trial.ts';
import { boostTrees } from '../trees/boost-trees.ts';
import { meanLoss } from '../trees/boosting-loss.ts';
import { predictTrees } from '../trees/predict-trees.ts';
import type { TrainingData } from '../trees/training-data.ts';
import { layOutWork } from '../trees/training-layout.ts';
import type { TreeKernel } from '../trees/tree-kernel.ts';
import type { FitProgress, FitResult } from './fit-result.ts';

/** The data that every trial of a fit reads, raw and binned, and where this thread may work. */
export interface FitData extends TrainingData {
  readonly kernel: TreeKernel;
  readonly workStart: number;
  readonly matrix: FeatureMatrix;
  readonly validation: FeatureMatrix | null;
}

/** Trains one trial. The result depends on data, trial and seed alone. */
export function fitTrial(
  fit: FitData,
  input: {
    readonly trial: Trial;
    readonly seed: number;
    readonly onProgress: (progress: FitProgress) => void;
  },
): FitResult {
  const { trial, seed, onProgress } = input;
  if (trial.family === 'linear') return fitLinear(fit, trial);
  const { params } = trial;
  const work = layOutWork(fit.data, fit.map, params, fit.workStart);
  const { model, history, bestIteration } = boostTrees(
    { ...fit, work, params },
    {
      features: fit.matrix.names,
      seed,
      onIteration: (iteration) => onProgress({ trial: trial.index, rounds: params.rounds, ...iteration }),
    },
  );
  const validationMargins =
    fit.validation === null ? new Float64Array() : predictTrees(model, fit.validation);
  return { trial, model, history, bestIteration, ...measured(fit, trial, validationMargins) };
}

function fitLinear(fit: FitData, trial: Extract<Trial, { family: 'linear' }>): FitResult {
  const target = targetOf(fit, 'target', 'rows');
  const model = trainLinear({ matrix: fit.matrix, target, params: trial.params });
  const train = meanLoss(trial.params.objective, predictLinear(model, fit.matrix), target);
  const validationMargins =
    fit.validation === null ? new Float64Array() : predictLinear(model, fit.validation);
  const after = measured(fit, trial, validationMargins);
  const history = [{ iteration: 1, train, validation: after.validationLoss }];
  return { trial, model, history, bestIteration: 1, ...after };
}

function measured(fit: FitData, { params }: Trial, validationMargins: Float64Array) {
  if (fit.validation === null) return { validationMargins, validationLoss: null };
  const target = targetOf(fit, 'validationTarget', 'validationRows');
  return { validationMargins, validationLoss: meanLoss(params.objective, validationMargins, target) };
}

function targetOf(
  { arena, data }: FitData,
  place: 'target' | 'validationTarget',
  length: 'rows' | 'validationRows',
): Float64Array {
  return arena.f64.subarray(data[place] / 8, data[place] / 8 + data[length]);
}
