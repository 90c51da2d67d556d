import assert from 'node:assert';
import type { Interval } from '../bootstrap.ts';
import { addRun, delongInterval, emptyPlacements, type PlacementSums } from './auc-interval.ts';
import { orderAscending } from './order.ts';

/** Area under the ROC curve of the rows of one slice. */
export interface SliceAuc {
  readonly rows: number;
  readonly positives: number;
  /** By DeLong's method; NaN where one class is missing. */
  readonly interval: Interval;
}

/** A slice on the way: what it gathered, and its rows of the score that it stands at. */
interface Pending {
  readonly sums: PlacementSums;
  score: number;
  positives: number;
  negatives: number;
}

/**
 * Area under the ROC curve of every slice in one pass over the rows by ascending score; ties are exact, as a
 * slice closes its run of equal scores when it meets a higher one. `codes[i]` in 0..slices-1 is the slice of
 * row i; other codes are in none. `target` 0 or 1, `score` without NaN, all of length n. `order`: row numbers
 * by ascending score where they are known already. O(n + slices) beside the sort.
 */
export function sliceAuc(
  rows: { readonly codes: Int32Array; readonly target: Float64Array; readonly score: Float64Array },
  slices: number,
  order: Uint32Array = orderAscending(rows.score),
): SliceAuc[] {
  const { codes, target, score } = rows;
  assert.equal(target.length, score.length, 'one target for each score');
  assert.equal(codes.length, score.length, 'one code for each score');
  const pending = Array.from({ length: slices }, (): Pending => {
    return { sums: emptyPlacements(), score: Number.NaN, positives: 0, negatives: 0 };
  });
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    const slice = pending[codes[row]!];
    if (slice === undefined) continue;
    if (slice.score !== score[row]!) closeRun(slice, score[row]!);
    if (target[row] === 1) slice.positives++;
    else slice.negatives++;
  }
  return pending.map((slice) => {
    closeRun(slice, Number.NaN);
    const { positives, negatives } = slice.sums;
    return { rows: positives + negatives, positives, interval: delongInterval(slice.sums) };
  });
}

function closeRun(slice: Pending, next: number): void {
  addRun(slice.sums, slice.positives, slice.negatives);
  slice.score = next;
  slice.positives = 0;
  slice.negatives = 0;
}
