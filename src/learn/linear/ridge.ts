import type { FeatureMatrix } from '../matrix.ts';
import { solveCholesky } from './cholesky.ts';
import type { ColumnMoments } from './column-moments.ts';

/** Rows standardised at once: 256 rows of 60 columns fill the second-level cache by half. */
const BLOCK_ROWS = 256;

/**
 * Minimises |y - b - Z w|^2 + l2 |w|^2 over w and b by the normal equations, Z the standardised columns with
 * missing values at 0. Rows * features^2 / 2 multiplications.
 */
export function solveRidge(matrix: FeatureMatrix, moments: ColumnMoments, target: Float64Array, l2: number) {
  const d = matrix.columns.length;
  const order = d + 1;
  // the last column of ones is the intercept: with missing values the means of Z are not 0
  const gram = new Float64Array(order * order);
  const moment = new Float64Array(order);
  const block = Array.from({ length: order }, () => new Float64Array(BLOCK_ROWS));
  const labels = new Float64Array(BLOCK_ROWS);
  const centre = mean(target);
  for (let start = 0; start < matrix.rows; start += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, matrix.rows - start);
    standardise(matrix, moments, start, rows, block);
    for (let i = 0; i < rows; i++) labels[i] = (target[start + i] as number) - centre;
    for (let j = 0; j < order; j++) {
      const column = block[j] as Float64Array;
      moment[j] = (moment[j] as number) + dot(column, labels, rows);
      for (let k = 0; k <= j; k++) {
        const at = j * order + k;
        gram[at] = (gram[at] as number) + dot(column, block[k] as Float64Array, rows);
      }
    }
  }
  for (let j = 0; j < d; j++) gram[j * order + j] = (gram[j * order + j] as number) + l2;
  const weights = solveCholesky(gram, moment);
  return { intercept: centre + (weights[d] as number), coefficients: weights.slice(0, d) };
}

function standardise(
  matrix: FeatureMatrix,
  moments: ColumnMoments,
  start: number,
  rows: number,
  block: Float64Array[],
) {
  for (const [j, column] of matrix.columns.entries()) {
    const out = block[j] as Float64Array;
    const centre = moments.means[j] as number;
    const scale = moments.scales[j] as number;
    const silent = moments.constant[j] === 1;
    for (let i = 0; i < rows; i++) {
      const x = column[start + i] as number;
      out[i] = silent || x !== x ? 0 : (x - centre) / scale;
    }
  }
  (block.at(-1) as Float64Array).fill(1);
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Four sums side by side: one alone would wait for each addition. */
function dot(a: Float64Array, b: Float64Array, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < count; i += 4) {
    s0 += (a[i] as number) * (b[i] as number);
    s1 += (a[i + 1] as number) * (b[i + 1] as number);
    s2 += (a[i + 2] as number) * (b[i + 2] as number);
    s3 += (a[i + 3] as number) * (b[i + 3] as number);
  }
  for (; i < count; i++) s0 += (a[i] as number) * (b[i] as number);
  return s0 + s1 + (s2 + s3);
}
