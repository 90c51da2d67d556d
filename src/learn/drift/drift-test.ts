import { chiSquareSurvival } from './chi-square.ts';
import { type BinnedPair, sharePairs, total } from './counts.ts';
import { kolmogorovTail } from './kolmogorov.ts';

/** How two distributions over the same bins are compared. */
export type DriftTestName = 'psi' | 'js' | 'ks';

/**
 * An effect with its significance: `effect` is the statistic, `p` the probability of one as great where nothing has
 * changed, given how many rows there are. NaN, with p 1, where either side has no rows or there is one bin.
 */
export interface DriftResult {
  readonly effect: number;
  readonly p: number;
}

/** Compares a window with its reference by a named test. */
export function driftTest(name: DriftTestName, pair: BinnedPair): DriftResult {
  const n = total(pair.reference);
  const m = total(pair.current);
  const { p, q } = sharePairs(pair);
  if (n === 0 || m === 0 || p.length < 2) return { effect: Number.NaN, p: 1 };
  const scale = 1 / n + 1 / m;
  const degrees = p.length - 1;
  if (name === 'psi') {
    const effect = populationStability(p, q);
    return { effect, p: chiSquareSurvival(effect / scale, degrees) };
  }
  if (name === 'js') {
    const divergence = jensenShannonNats(p, q);
    // To second order the divergence is a quarter of half of Pearson's statistic: 8 JS ~ chi-square * (1/n + 1/m).
    return {
      effect: Math.sqrt(divergence / Math.LN2),
      p: chiSquareSurvival((8 * divergence) / scale, degrees),
    };
  }
  const effect = kolmogorovSmirnov(pair, n, m);
  return { effect, p: kolmogorovTail(effect * Math.sqrt(1 / scale)) };
}

/**
 * Population stability index: sum of (p - q) ln(p / q) over bins. Where nothing has changed it is distributed as a
 * chi-square of B - 1 degrees times (1/n + 1/m) (Yurdakul 2018, theorem 2).
 */
export function populationStability(p: readonly number[], q: readonly number[]): number {
  return p.reduce(
    (sum, share, i) => sum + (share - (q[i] as number)) * Math.log(share / (q[i] as number)),
    0,
  );
}

/** Jensen-Shannon divergence in nats (Lin 1991, eq. 3.9); its base-2 root is a distance between 0 and 1. */
export function jensenShannonNats(p: readonly number[], q: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const a = p[i] as number;
    const b = q[i] as number;
    const middle = (a + b) / 2;
    sum += (a * Math.log(a / middle) + b * Math.log(b / middle)) / 2;
  }
  return Math.max(0, sum);
}

/**
 * Greatest distance between the two distribution functions at the edges of the bins: Kolmogorov-Smirnov's statistic
 * over binned rows, which is never above that over the rows themselves.
 */
function kolmogorovSmirnov({ reference, current }: BinnedPair, n: number, m: number): number {
  let a = 0;
  let b = 0;
  let greatest = 0;
  for (let i = 0; i < reference.length; i++) {
    a += reference[i] as number;
    b += current[i] ?? 0;
    greatest = Math.max(greatest, Math.abs(a / n - b / m));
  }
  return greatest;
}
