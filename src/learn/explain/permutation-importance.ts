import assert from 'node:assert';
import type { FeatureMatrix } from '../matrix.ts';
import type { Metric } from '../metrics/metric.ts';
import { seededRandom } from '../random.ts';
import { sampleRows } from '../sample-rows.ts';

/** Shuffles of each feature unless told otherwise, as in scikit-learn. */
export const IMPORTANCE_REPEATS = 5;

/** A model and the rows on which its inputs are shuffled. */
export interface ImportanceInput {
  /** Rows held out from training. */
  readonly matrix: FeatureMatrix;
  readonly target: Float64Array;
  /** The model, as any function from rows to scores (length rows). It must not keep the matrix. */
  readonly predict: (matrix: FeatureMatrix) => Float64Array;
  readonly metric: Metric;
  readonly seed: number;
  readonly repeats?: number;
}

/** By feature, in the metric's unit: how much worse the metric is with that feature's values shuffled. */
export interface Importances {
  readonly names: readonly string[];
  /** The metric of the rows as they are. */
  readonly reference: number;
  /** Above 0: the model relies on the feature. Near 0 or below: it does not, or others stand in for it. */
  readonly mean: Float64Array;
  /** Standard deviation over the repeats (dividing by their number, as numpy does). */
  readonly sd: Float64Array;
}

/**
 * Permutation importance (Breiman 2001; Fisher, Rudin, Dominici 2019): the drop of a metric when one column
 * is shuffled. Correlated features share their importance and may all look small. Each feature has its own
 * stream of the seed, so its figure does not depend on which others are there. A constant column gives 0;
 * NaN where the metric is not defined, for no rows too. Cost: features × repeats predictions.
 */
export function permutationImportance(input: ImportanceInput): Importances {
  const { matrix, target, predict, metric } = input;
  assert.equal(target.length, matrix.rows, 'one target for each row');
  const repeats = input.repeats ?? IMPORTANCE_REPEATS;
  const reference = metric.compute(target, predict(matrix));
  const sign = metric.direction === 'higher' ? 1 : -1;
  const mean = new Float64Array(matrix.columns.length);
  const sd = new Float64Array(matrix.columns.length);
  const drops = new Float64Array(repeats);
  for (const [f, column] of matrix.columns.entries()) {
    const random = seededRandom(input.seed, f);
    const shuffled = new Float32Array(matrix.rows);
    const columns = matrix.columns.with(f, shuffled);
    for (let repeat = 0; repeat < repeats; repeat++) {
      const order = sampleRows(matrix.rows, matrix.rows, random);
      for (let i = 0; i < order.length; i++) shuffled[i] = column[order[i]!]!;
      const score = predict({ ...matrix, columns });
      drops[repeat] = sign * (reference - metric.compute(target, score));
    }
    mean[f] = drops.reduce((sum, drop) => sum + drop, 0) / repeats;
    sd[f] = Math.sqrt(drops.reduce((sum, drop) => sum + (drop - mean[f]!) ** 2, 0) / repeats);
  }
  return { names: matrix.names, reference, mean, sd };
}
