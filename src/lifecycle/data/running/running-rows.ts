/**
 * Rows on their way into a running table, by column. Moments are microseconds UTC, NaN where there is none.
 */
export interface RunningRows {
  readonly rows: number;
  /** Parts of the key: texts or numbers; a row with a missing part counts nowhere. */
  readonly keys: readonly (Float64Array | readonly unknown[])[];
  /** When each arrives. */
  readonly arrived: Float64Array;
  /** Until when each makes its key one of the table. */
  readonly present: Float64Array;
  /** What each adds, and until when, by aggregate. */
  readonly values: readonly Float64Array[];
  readonly untils: readonly Float64Array[];
}

/** Some of the rows. */
export function takeRows(rows: RunningRows, taken: readonly number[]): RunningRows {
  const numbers = (values: Float64Array): Float64Array =>
    Float64Array.from(taken, (row) => values[row] as number);
  return {
    rows: taken.length,
    keys: rows.keys.map((values) => taken.map((row) => values[row])),
    arrived: numbers(rows.arrived),
    present: numbers(rows.present),
    values: rows.values.map(numbers),
    untils: rows.untils.map(numbers),
  };
}
