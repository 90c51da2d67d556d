import assert from 'node:assert';
import type { CategoryColumn } from '../../kernel/column.ts';
import type { Interval } from '../bootstrap.ts';
import { influenceInterval } from '../influence-interval.ts';
import type { Metric } from './metric.ts';

/** Slices with fewer rows are counted and not judged: a rate of 30 rows is known to about ± 0.18. */
export const SLICE_ROWS_MIN = 30;

/** A metric of the rows of one level. */
export interface Slice {
  /** null: the rows where the column is missing. */
  readonly level: string | null;
  readonly rows: number;
  /**
   * False: fewer than `minRows` rows. The interval is then NaN throughout, and the slice is never the
   * worst.
   */
  readonly judged: boolean;
  readonly interval: Interval;
}

/** A metric on each level of a category, and where it is worst. */
export interface SliceReport {
  /** Levels that have rows, most rows first, equally many by level (missing last). */
  readonly slices: readonly Slice[];
  /** The judged slice with the worst defined estimate, the larger of equals; null when there is none. */
  readonly worst: Slice | null;
}

/** `minRows`: a slice with fewer rows is listed and not judged. */
export interface SliceOptions {
  readonly minRows?: number;
}

/**
 * A metric by level of a category, with intervals (`influenceInterval`). `column`, `target` and `score` are
 * row-aligned. A slice where the metric is not defined (one class only) is judged and NaN. Time: that of the
 * metric as a whole.
 */
export function metricBySlice(
  metric: Metric,
  column: CategoryColumn,
  target: Float64Array,
  score: Float64Array,
  options: SliceOptions = {},
): SliceReport {
  assert.equal(column.codes.length, target.length, 'one code for each target');
  assert.equal(score.length, target.length, 'one score for each target');
  const minRows = options.minRows ?? SLICE_ROWS_MIN;
  const { rows, starts } = rowsByCode(column);
  const slices: Slice[] = [];
  for (let group = 0; group + 1 < starts.length; group++) {
    const members = rows.subarray(starts[group], starts[group + 1]);
    if (members.length === 0) continue;
    const judged = members.length >= minRows;
    const shown = judged ? members : members.subarray(0, 0);
    slices.push({
      level: column.levels[group] ?? null,
      rows: members.length,
      judged,
      interval: influenceInterval(metric, gather(target, shown), gather(score, shown)),
    });
  }
  slices.sort((a, b) => b.rows - a.rows);
  return { slices, worst: worstOf(slices, metric.direction) };
}

/** Row numbers grouped by code, the missing ones as the last group; `starts[g]` is where group g begins. */
function rowsByCode(column: CategoryColumn): { rows: Uint32Array; starts: Uint32Array } {
  const missing = column.levels.length;
  const starts = new Uint32Array(missing + 2);
  const groupOf = (row: number): number => (column.codes[row] === -1 ? missing : column.codes[row]!);
  for (let i = 0; i < column.codes.length; i++) {
    const group = groupOf(i);
    starts[group + 1] = starts[group + 1]! + 1;
  }
  for (let group = 0; group <= missing; group++) starts[group + 1] = starts[group + 1]! + starts[group]!;
  const next = starts.slice();
  const rows = new Uint32Array(column.codes.length);
  for (let i = 0; i < rows.length; i++) {
    const group = groupOf(i);
    rows[next[group]!] = i;
    next[group] = next[group]! + 1;
  }
  return { rows, starts };
}

function gather(values: Float64Array, rows: Uint32Array): Float64Array {
  const gathered = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) gathered[i] = values[rows[i]!]!;
  return gathered;
}

function worstOf(slices: readonly Slice[], direction: Metric['direction']): Slice | null {
  let worst: Slice | null = null;
  for (const slice of slices) {
    if (!slice.judged || Number.isNaN(slice.interval.estimate)) continue;
    const gap = slice.interval.estimate - (worst?.interval.estimate ?? 0);
    if (worst === null || (direction === 'higher' ? gap < 0 : gap > 0)) worst = slice;
  }
  return worst;
}
