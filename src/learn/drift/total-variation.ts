import { chiSquareQuantile, chiSquareSurvival } from './chi-square.ts';
import { type Counts, type CountPair, countPair, samplingVariance } from './count-pair.ts';

/**
 * Total variation distance: half the sum of the differences of shares, in [0, 1]. For levels without an
 * order it is what Kolmogorov and Smirnov's statistic is for numbers: the largest difference in the share
 * of any set of levels. NaN when either side has no rows.
 */
export function totalVariation(reference: Counts, current: Counts): number {
  const { referenceRows, currentRows } = countPair(reference, current);
  if (referenceRows === 0 || currentRows === 0) return Number.NaN;
  let sum = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    sum += Math.abs(current[bin]! / currentRows - reference[bin]! / referenceRows);
  }
  return sum / 2;
}

/**
 * A bound that is exceeded with chance `tail` at most when nothing drifted: by Cauchy and Schwarz the
 * distance is no more than half the root of the sum of (p - q)² / ((p + q) / 2), which is (1/n + 1/m) times
 * a chi-square variable to second order.
 */
export function totalVariationBound(pair: CountPair, tail: number): number {
  return Math.sqrt(chiSquareQuantile(tail, pair.degrees) * samplingVariance(pair)) / 2;
}

/** No less than the chance of a distance of `value` or more when nothing drifted. */
export function totalVariationPValue(value: number, pair: CountPair): number {
  return chiSquareSurvival((4 * value * value) / samplingVariance(pair), pair.degrees);
}
