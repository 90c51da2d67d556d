import { type Counts, type CountPair, countPair, samplingVariance } from './count-pair.ts';

/** Terms of a series that halves its digits with every term; ten are more than a double holds. */
const TERMS = 100;

/** Below it the chance is 1 to the last digit: exp(-π² / (8 · 0.18²)) is 1e-17. */
const CERTAIN_BELOW = 0.18;

/**
 * Two-sample Kolmogorov-Smirnov statistic *from bins*: the largest gap between the two shares of rows up to
 * an edge, in [0, 1]. Bins must be in order. At most the exact statistic, which looks between the edges
 * too; with twenty bins at the quantiles of the reference the gap is within 5 % of all rows. NaN when
 * either side has no rows.
 */
export function ksFromBins(reference: Counts, current: Counts): number {
  const { referenceRows, currentRows } = countPair(reference, current);
  if (referenceRows === 0 || currentRows === 0) return Number.NaN;
  let p = 0;
  let q = 0;
  let largest = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    p += reference[bin]!;
    q += current[bin]!;
    largest = Math.max(largest, Math.abs(q / currentRows - p / referenceRows));
  }
  return largest;
}

/** The exact statistic of two samples (any order, no NaN). O(n log n). NaN when either is empty. */
export function ksFromSamples(reference: Float64Array, current: Float64Array): number {
  if (reference.length === 0 || current.length === 0) return Number.NaN;
  const a = reference.slice().sort();
  const b = current.slice().sort();
  let largest = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= value) i++;
    while (j < b.length && b[j]! <= value) j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

/**
 * What the statistic exceeds with chance `tail` when nothing drifted: sqrt(-ln(tail / 2) / 2 · (1/n +
 * 1/m)), the first term of Kolmogorov's series. From bins it is exceeded less often still.
 */
export function ksBound(pair: CountPair, tail: number): number {
  return Math.sqrt((-Math.log(tail / 2) / 2) * samplingVariance(pair));
}

/**
 * Chance of a statistic of `value` or more when nothing drifted, for many rows (Kolmogorov 1933):
 * `scipy.stats.kstwobign.sf(value · sqrt(n m / (n + m)))`.
 */
export function ksPValue(value: number, pair: CountPair): number {
  const x = value / Math.sqrt(samplingVariance(pair));
  if (Number.isNaN(x)) return Number.NaN;
  if (x < CERTAIN_BELOW) return 1;
  let sum = 0;
  if (x < 1) {
    for (let k = 1; k <= TERMS; k++) sum += Math.exp((-((2 * k - 1) ** 2) * Math.PI ** 2) / (8 * x * x));
    return Math.max(1 - (Math.sqrt(2 * Math.PI) / x) * sum, 0);
  }
  for (let k = 1; k <= TERMS; k++) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return Math.min(2 * sum, 1);
}
