/**
 * How much each feature moved each row's output from the average: `base` plus a row's contributions is its
 * output (log-odds for a binary model, else the target's unit).
 */
export interface Contributions {
  /** The mean output, from which contributions count. */
  readonly base: number;
  readonly names: readonly string[];
  /** One vector for each name, length rows. */
  readonly columns: readonly Float64Array[];
}

/** Mean absolute contribution of each feature, in the output's unit; NaN throughout for no rows. */
export function meanAbsoluteContributions(contributions: Contributions): Float64Array {
  return Float64Array.from(contributions.columns, (column) => {
    let sum = 0;
    for (let i = 0; i < column.length; i++) sum += Math.abs(column[i]!);
    return sum / column.length;
  });
}
