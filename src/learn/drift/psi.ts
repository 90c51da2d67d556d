import { chiSquareQuantile, chiSquareSurvival } from './chi-square.ts';
import { type Counts, type CountPair, countPair, samplingVariance } from './count-pair.ts';

/** A bin without rows counts for half a row, so that it adds a bounded term and not an infinite one. */
const EMPTY_ROWS = 0.5;

/**
 * Population stability index: the sum over bins of (q - p) ln(q / p), p and q being the shares of the
 * reference and of the current rows (Siddiqi 2006; the symmetric Kullback-Leibler divergence of Jeffreys).
 * At least 0; 0 for equal shares. Bins that are empty on both sides say nothing; on one side, half a row
 * stands in. NaN when either side has no rows.
 */
export function psi(reference: Counts, current: Counts): number {
  const { referenceRows, currentRows } = countPair(reference, current);
  if (referenceRows === 0 || currentRows === 0) return Number.NaN;
  let sum = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    if (reference[bin] === 0 && current[bin] === 0) continue;
    const p = (reference[bin]! || EMPTY_ROWS) / referenceRows;
    const q = (current[bin]! || EMPTY_ROWS) / currentRows;
    sum += (q - p) * Math.log(q / p);
  }
  return sum;
}

/**
 * What PSI exceeds with chance `tail` when nothing drifted: to second order it is (1/n + 1/m) times a
 * chi-square variable with one degree of freedom fewer than there are bins (Yurdakul and Naranjo 2020).
 */
export function psiBound(pair: CountPair, tail: number): number {
  return chiSquareQuantile(tail, pair.degrees) * samplingVariance(pair);
}

/** Chance of a PSI of `value` or more when nothing drifted; see `psiBound`. */
export function psiPValue(value: number, pair: CountPair): number {
  return chiSquareSurvival(value / samplingVariance(pair), pair.degrees);
}
