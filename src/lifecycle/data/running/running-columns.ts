import type { ReturnedColumns } from '../../../table/tables.ts';
import type { RunningQuery } from './running-query.ts';
import type { RunningRows } from './running-rows.ts';

/** What running tables need of each row, as one select list; what several need stands there once. */
export interface RunningColumns {
  readonly select: readonly string[];
  /** The rows for each table, out of what was returned; `first`: place of the first column of the list. */
  readonly rowsOf: (returned: ReturnedColumns, first: number) => readonly RunningRows[];
}

/**
 * Lays out the columns of some running tables.
 * @param arrived SQL for when a row arrives, DOUBLE microseconds UTC; null: never
 */
export function runningColumns(queries: readonly RunningQuery[], arrived: string): RunningColumns {
  const select: string[] = [];
  const placeOf = (sql: string): number => {
    const known = select.indexOf(sql);
    return known >= 0 ? known : select.push(sql) - 1;
  };
  const arrival = placeOf(arrived);
  const places = queries.map(({ keys, present, aggregates }) => ({
    keys: keys.map(placeOf),
    present: placeOf(present),
    values: aggregates.map(({ value }) => placeOf(value)),
    untils: aggregates.map(({ until }) => placeOf(until)),
  }));
  return {
    select,
    rowsOf: ({ rows, columns }, first) => {
      const any = (place: number) => columns[first + place] ?? [];
      const number = (place: number): Float64Array => any(place) as Float64Array;
      return places.map(({ keys, present, values, untils }) => ({
        rows,
        keys: keys.map(any),
        arrived: number(arrival),
        present: number(present),
        values: values.map(number),
        untils: untils.map(number),
      }));
    },
  };
}
