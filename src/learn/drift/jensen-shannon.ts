import { chiSquareQuantile, chiSquareSurvival } from './chi-square.ts';
import { type Counts, type CountPair, countPair, samplingVariance } from './count-pair.ts';

/**
 * Jensen-Shannon *distance* in base 2, in [0, 1]: the square root of the divergence (Endres and Schindelin
 * 2003), as `scipy.spatial.distance.jensenshannon(p, q, base=2)`. NaN when either side has no rows.
 */
export function jensenShannon(reference: Counts, current: Counts): number {
  const { referenceRows, currentRows } = countPair(reference, current);
  if (referenceRows === 0 || currentRows === 0) return Number.NaN;
  let divergence = 0;
  for (let bin = 0; bin < reference.length; bin++) {
    const p = reference[bin]! / referenceRows;
    const q = current[bin]! / currentRows;
    const middle = (p + q) / 2;
    if (p > 0) divergence += (p * Math.log2(p / middle)) / 2;
    if (q > 0) divergence += (q * Math.log2(q / middle)) / 2;
  }
  // Equal shares may sum to a tiny negative number.
  return Math.sqrt(Math.max(divergence, 0));
}

/** To second order, 8 ln 2 times the divergence in bits is what the population stability index is. */
const OF_PSI = 8 * Math.LN2;

/** What the distance exceeds with chance `tail` when nothing drifted. */
export function jensenShannonBound(pair: CountPair, tail: number): number {
  return Math.sqrt((chiSquareQuantile(tail, pair.degrees) * samplingVariance(pair)) / OF_PSI);
}

/** Chance of a distance of `value` or more when nothing drifted. */
export function jensenShannonPValue(value: number, pair: CountPair): number {
  return chiSquareSurvival((OF_PSI * value * value) / samplingVariance(pair), pair.degrees);
}
