import { TendError } from '../../kernel/error.ts';
import type { FeatureMatrix } from '../matrix.ts';

/** Where the columns of a matrix lie and how wide they are, missing values left out. */
export interface ColumnMoments {
  /** 0 for a column without values. */
  readonly means: Float64Array;
  /** Standard deviation of the population; 1 where it is 0. */
  readonly scales: Float64Array;
  /** 1 where every present value is the same (or none is): such a column says nothing. */
  readonly constant: Uint8Array;
}

/**
 * Means and standard deviations in two passes, which keeps the digits that the one-pass formula cancels.
 * @throws INVALID_INPUT for an infinite value.
 */
export function columnMoments({ columns, names }: FeatureMatrix): ColumnMoments {
  const means = new Float64Array(columns.length);
  const scales = new Float64Array(columns.length).fill(1);
  const constant = new Uint8Array(columns.length);
  for (const [j, column] of columns.entries()) {
    const { mean, variance, least, most } = momentsOf(column);
    if (!Number.isFinite(mean)) {
      throw new TendError(
        'INVALID_INPUT',
        `expected finite values of feature ${names[j]}, got an infinite one`,
      );
    }
    means[j] = mean;
    if (least < most) scales[j] = Math.sqrt(variance);
    else constant[j] = 1;
  }
  return { means, scales, constant };
}

function momentsOf(column: Float32Array) {
  let count = 0;
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < column.length; i++) {
    const x = column[i] as number;
    if (x !== x) continue;
    count++;
    sum += x;
    if (x < least) least = x;
    if (x > most) most = x;
  }
  const mean = count === 0 ? 0 : sum / count;
  let squares = 0;
  for (let i = 0; i < column.length; i++) {
    const deviation = (column[i] as number) - mean;
    if (deviation === deviation) squares += deviation * deviation;
  }
  return { mean, variance: squares / count, least, most };
}
