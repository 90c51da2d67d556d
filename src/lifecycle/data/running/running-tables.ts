import { durationMs } from '../../../kernel/schema.ts';
import type { ReturnedColumns, TableSession } from '../../../table/tables.ts';
import { arrivedAt } from '../arrived-at.ts';
import type { CompiledFeatures } from '../feature-definition.ts';
import type { DataSpec } from '../spec.ts';
import type { TableQuery } from '../table-query.ts';
import { withOutcome } from '../table-query.ts';
import { runningColumns } from './running-columns.ts';
import { type RunningQuery, runningQuery } from './running-query.ts';
import type { RunningRows } from './running-rows.ts';
import { type RunningTable, runningTable } from './running-table.ts';

/** The feature tables of a project that are kept up to date row by row, and the others. */
export interface RunningTables {
  readonly all: readonly { readonly table: TableQuery; readonly running: RunningTable }[];
  /** Tables that are computed as a whole. */
  readonly others: readonly TableQuery[];
  /** What a row has to say, as SQL over the source with its outcome columns; empty where no table runs. */
  readonly select: readonly string[];
  /** Rows out of what such a SELECT returned, from the column `first` on. */
  readonly rowsOf: (returned: ReturnedColumns, first: number) => readonly RunningRows[];
  /** Takes rows in, table by table. */
  readonly add: (rows: readonly RunningRows[]) => void;
  /**
   * The rows of a relation that count at some boundary after a moment, milliseconds UTC, piece by piece in
   * the order of arrival.
   */
  readonly read: (relation: string, at: number) => AsyncIterable<readonly RunningRows[]>;
}

/** How often a table is computed, milliseconds. */
export function refreshOf(table: Pick<TableQuery, 'name'>, spec: Pick<DataSpec, 'features'>): number {
  return durationMs(spec.features.tables?.[table.name]?.refresh ?? '1h');
}

/** Finds the tables that can run, over rows of `relation`: accepted rows of the source, without outcomes. */
export async function openRunningTables(
  session: TableSession,
  features: Pick<CompiledFeatures, 'source' | 'outcomeSql' | 'available' | 'tables'>,
  spec: Pick<DataSpec, 'features'>,
  relation: string,
): Promise<RunningTables> {
  const outcomes = await withOutcome(session, features.source, relation, features.outcomeSql);
  const all: { readonly table: TableQuery; readonly running: RunningTable }[] = [];
  const queries: RunningQuery[] = [];
  const others: TableQuery[] = [];
  for (const table of features.tables) {
    const query = await runningQuery(session, table, features.source, outcomes);
    if (query === undefined) {
      others.push(table);
      continue;
    }
    queries.push(query);
    all.push({ table, running: runningTable(table.keyTypes, query.aggregates, refreshOf(table, spec)) });
  }
  const arrived = arrivedAt(features.available);
  const arrivedUs = arrived === null ? "'-infinity'::DOUBLE" : `epoch_us(${arrived})::DOUBLE`;
  const { select, rowsOf } = runningColumns(queries, arrivedUs);
  const add = (rows: readonly RunningRows[]): void => {
    for (const [i, { running }] of all.entries()) running.add(rows[i] as RunningRows);
  };
  return {
    all,
    others,
    select: queries.length === 0 ? [] : select,
    rowsOf,
    add,
    read: async function* (from, at) {
      if (queries.length === 0) return;
      const untils = queries.flatMap(({ present, aggregates }) => [
        present,
        ...aggregates.map(({ until }) => until),
      ]);
      const rows = await withOutcome(session, features.source, from, features.outcomeSql);
      const counts = `greatest(${[...new Set(untils)].join(', ')}) > ${at * 1_000}::DOUBLE`;
      const sql = `SELECT ${select.join(', ')} FROM ${rows} WHERE ${counts} ORDER BY ${arrivedUs}`;
      for await (const piece of session.pieces(sql)) yield rowsOf(piece, 0);
    },
  };
}
