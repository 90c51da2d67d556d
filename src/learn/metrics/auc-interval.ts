import { LEVEL_DEFAULT, type Interval } from '../bootstrap.ts';
import { Z_95 } from '../influence-interval.ts';
import { rankingOf } from './ranking.ts';

/**
 * What one pass over rows by ascending score gathers of them. A positive row's `v` is the number of negative
 * rows below it, a negative row's `u` that of positive ones; equal scores count half. All are multiples of a
 * half, so sums below 2^52 are exact and depend on no order.
 */
export interface PlacementSums {
  positives: number;
  negatives: number;
  v: number;
  vSquared: number;
  u: number;
  uSquared: number;
}

/** Nothing gathered yet. */
export function emptyPlacements(): PlacementSums {
  return { positives: 0, negatives: 0, v: 0, vSquared: 0, u: 0, uSquared: 0 };
}

/** Gathers a run of rows with one and the same score, above all gathered before. */
export function addRun(sums: PlacementSums, positives: number, negatives: number): void {
  const v = sums.negatives + negatives / 2;
  const u = sums.positives + positives / 2;
  sums.v += positives * v;
  sums.vSquared += positives * v * v;
  sums.u += negatives * u;
  sums.uSquared += negatives * u * u;
  sums.positives += positives;
  sums.negatives += negatives;
}

/**
 * Area under the ROC curve and its 95 % interval from what was gathered (DeLong, DeLong and Clarke-Pearson
 * 1988): the variance is that of the placements of the positive rows over their number plus that of the
 * negative ones over theirs. The interval is cut at 0 and 1. All NaN when a class is missing; an interval of
 * NaN when one has a single row, whose spread nobody knows. Separable rows have the interval [1, 1], which is
 * the method's, not certainty.
 */
export function delongInterval(sums: PlacementSums): Interval {
  const { positives, negatives } = sums;
  const estimate = sums.v / (positives * negatives);
  const positive = spread(positives, sums.v, sums.vSquared) / negatives ** 2;
  const negative = spread(negatives, sums.u, sums.uSquared) / positives ** 2;
  const half = Z_95 * Math.sqrt(positive / positives + negative / negatives);
  return {
    estimate,
    low: Math.max(estimate - half, 0),
    high: Math.min(estimate + half, 1),
    level: LEVEL_DEFAULT,
  };
}

/**
 * Area under the ROC curve with its 95 % interval, in one sort: the placements are mid-ranks (Sun and Xu
 * 2014), so the whole takes O(n log n) and not positives times negatives. `target` 0 or 1, `score` without
 * NaN, both of length n. See `delongInterval` for edge cases.
 */
export function aucInterval(target: Float64Array, score: Float64Array): Interval {
  const { order, positive, runEnd } = rankingOf(target, score);
  const sums = emptyPlacements();
  let positives = 0;
  let rows = 0;
  for (let i = 0; i < order.length; i++) {
    rows++;
    positives += positive[i]!;
    if (runEnd[i] === 0) continue;
    addRun(sums, positives, rows - positives);
    positives = 0;
    rows = 0;
  }
  return delongInterval(sums);
}

/** Sample variance from sums. NaN for fewer than two rows. */
function spread(rows: number, sum: number, squares: number): number {
  if (rows < 2) return Number.NaN;
  return Math.max(squares - (sum * sum) / rows, 0) / (rows - 1);
}
