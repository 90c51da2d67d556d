/**
 * One column of a table in memory, row-aligned with its neighbours. Every layer that computes passes these:
 * typed arrays, so that a million rows are one allocation.
 */
export type Column = NumberColumn | TimeColumn | CategoryColumn;

/** Numbers and booleans (0, 1). NaN is missing. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly values: Float64Array;
}

/** Moments as milliseconds since 1970-01-01 UTC. NaN is missing. */
export interface TimeColumn {
  readonly kind: 'time';
  readonly values: Float64Array;
}

/** Strings by code. `codes[i]` indexes `levels`; -1 is missing. */
export interface CategoryColumn {
  readonly kind: 'category';
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

/** Columns by name, all of the same length. */
export interface Frame {
  readonly rows: number;
  readonly columns: Readonly<Record<string, Column>>;
}
