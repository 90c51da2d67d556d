import { checkFeatures, type FeatureMatrix } from '../matrix.ts';
import type { Objective } from '../target.ts';

/** A weighted sum of standardised features: margin = intercept + sum of coefficient * (x - mean) / scale. */
export interface LinearModel {
  readonly kind: 'linear';
  readonly objective: Objective;
  readonly features: readonly string[];
  /** The margin where every feature is at its mean. */
  readonly intercept: number;
  /** By feature, for one standard deviation. */
  readonly coefficients: Float64Array;
  /** Training means: the centre, and what stands for a missing value. */
  readonly means: Float64Array;
  /** Training standard deviations (of the population); 1 for a constant column. */
  readonly scales: Float64Array;
}

/**
 * Margins (length rows): log-odds for `binary`, the predicted number for `regression`.
 * @throws INVALID_INPUT when the matrix has other features than the model.
 */
export function predictLinear(model: LinearModel, matrix: FeatureMatrix): Float64Array {
  checkFeatures(matrix, model.features);
  const margins = new Float64Array(matrix.rows).fill(model.intercept);
  for (const [j, column] of matrix.columns.entries()) {
    const weight = (model.coefficients[j] as number) / (model.scales[j] as number);
    addColumn(margins, column, weight, model.means[j] as number);
  }
  return margins;
}

/** `margins += weight * (column - mean)`, where a missing value counts as the mean. */
export function addColumn(margins: Float64Array, column: Float32Array, weight: number, mean: number): void {
  if (weight === 0) return;
  for (let i = 0; i < margins.length; i++) {
    const x = column[i] as number;
    if (x === x) margins[i] = (margins[i] as number) + weight * (x - mean);
  }
}
