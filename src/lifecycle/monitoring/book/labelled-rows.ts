import type { OutcomeRows } from './outcome-rows.ts';
import type { TimeWindow } from './window-report.ts';

/** Predictions of one release in a window, row-aligned, in the order in which they came day by day. */
export interface LabelledRows {
  /** Predictions with a score, whether or not their outcome is known. */
  readonly predictions: number;
  readonly t: Float64Array;
  readonly score: Float64Array;
  readonly target: Float64Array;
  /** Code of the slice by each slicing. */
  readonly slices: readonly Int32Array[];
}

/** Which rows are asked for. */
export interface RowsAsked extends TimeWindow {
  readonly days: readonly OutcomeRows[];
  readonly release: number;
  readonly kind: 'classification' | 'regression';
  readonly slicings: number;
  /** `known`: only rows whose outcome is known. `scored`: every row with a score; a target may be NaN. */
  readonly rows: 'known' | 'scored';
}

/**
 * Rows of a release in a window. A prediction without a finite score is in none; an outcome that cannot be
 * (other than 0 and 1 for a classification) counts as not known.
 */
export function labelledRows(asked: RowsAsked): LabelledRows {
  const { days, from, to, release, kind, slicings } = asked;
  const scored = new Uint32Array(days.reduce((sum, day) => sum + day.rows, 0));
  const perDay: { readonly day: OutcomeRows; readonly places: Uint32Array }[] = [];
  let predictions = 0;
  let taken = 0;
  for (const day of days) {
    const first = taken;
    for (let row = 0; row < day.rows; row++) {
      const t = day.t[row]!;
      if (day.release[row] !== release || t < from || t >= to || Number.isNaN(day.score[row])) continue;
      predictions++;
      if (asked.rows === 'known' && !isOutcome(day.target[row]!, kind)) continue;
      scored[taken++] = row;
    }
    perDay.push({ day, places: scored.subarray(first, taken) });
  }
  const all = <A extends Float64Array | Int32Array>(into: A, column: (day: OutcomeRows) => A): A => {
    let at = 0;
    for (const { day, places } of perDay) {
      const values = column(day);
      for (let i = 0; i < places.length; i++) into[at++] = values[places[i]!]!;
    }
    return into;
  };
  const target = all(new Float64Array(taken), (day) => day.target);
  for (let i = 0; i < taken; i++) if (!isOutcome(target[i]!, kind)) target[i] = Number.NaN;
  return {
    predictions,
    t: all(new Float64Array(taken), (day) => day.t),
    score: all(new Float64Array(taken), (day) => day.score),
    target,
    slices: Array.from({ length: slicings }, (_, i) =>
      all(new Int32Array(taken), (day) => day.slices[i] ?? new Int32Array(day.rows).fill(-1)),
    ),
  };
}

function isOutcome(target: number, kind: RowsAsked['kind']): boolean {
  return kind === 'classification' ? target === 0 || target === 1 : Number.isFinite(target);
}
