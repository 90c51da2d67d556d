import type { TableSession } from '../../table/tables.ts';
import type { ArrivedRows } from './arrived-rows.ts';
import type { BoundaryTable } from './boundary-table.ts';
import type { LiveScope, LiveTablesInput } from './live-tables.ts';
import { publishState } from './publish-tables.ts';
import { runningBoundaries } from './running/running-boundaries.ts';
import { refreshOf, type RunningTables } from './running/running-tables.ts';
import { boundaryAt, momentQuery } from './table-history.ts';
import { openWholeBoundaries } from './whole-boundaries.ts';

/** A sealed stretch of a feature table; moments in milliseconds UTC, both included. */
export interface SealedHistory {
  readonly table: string;
  readonly blob: string;
  readonly from: number;
  readonly to: number;
  readonly refreshMs: number;
  readonly rows: number;
}

/** Computes, keeps and publishes the boundaries of feature tables. */
export interface LiveBoundaries {
  readonly stepMs: number;
  /** The boundary after a moment: of a table, or the hour. */
  readonly next: (at: number) => number;
  /** A boundary that is computed again replaces what was computed for it. */
  readonly compute: (at: number) => Promise<void>;
  readonly seal: () => Promise<readonly SealedHistory[]>;
  readonly reset: () => Promise<void>;
}

/** Without a feature table nothing is computed; the clock then moves by the hour. */
const HOUR_MS = 3_600_000;

/** A table with the stretch that is kept of it. */
interface Kept extends BoundaryTable {
  readonly refreshMs: number;
  from: number | undefined;
  to: number;
}

/** Opens the boundaries over a session that holds the table of arrived rows. */
export async function openBoundaries(
  scope: LiveScope,
  session: TableSession,
  arrived: ArrivedRows,
  tables: RunningTables,
  input: LiveTablesInput,
): Promise<LiveBoundaries> {
  const kept = await openTables(scope, session, arrived, tables, input);
  const steps = [HOUR_MS, ...kept.map(({ refreshMs }) => refreshMs)];

  const computeOne = async (one: Kept, at: number): Promise<void> => {
    const { name, key, columns } = one.table;
    const state = await one.compute(at);
    one.from ??= at;
    one.to = at;
    await publishState(input.featureDir, scope.project, { table: name, at, key, columns, ...state });
  };
  return {
    stepMs: Math.min(...steps),
    next: (at) => Math.min(...steps.map((step) => boundaryAt(at, step) + step)),
    compute: async (at) => {
      const due = kept.filter(({ refreshMs }) => at % refreshMs === 0);
      // All are waited for whatever happens: a line that still computes must not be closed.
      const done = await Promise.allSettled(due.map((one) => computeOne(one, at)));
      for (const one of done) if (one.status === 'rejected') throw one.reason;
    },
    seal: async () => {
      const sealed: SealedHistory[] = [];
      for (const { table, from, to, refreshMs, store } of kept) {
        if (from !== undefined) sealed.push({ table: table.name, from, to, refreshMs, ...(await store()) });
      }
      return sealed;
    },
    reset: async () => {
      for (const one of kept) {
        await one.reset();
        one.from = undefined;
      }
    },
  };
}

async function openTables(
  scope: LiveScope,
  session: TableSession,
  arrived: ArrivedRows,
  tables: RunningTables,
  { data, spec }: LiveTablesInput,
): Promise<readonly Kept[]> {
  const opened = tables.all.map(({ table, running }) => runningBoundaries(scope, session, table, running));
  for (const table of tables.others) {
    const query = momentQuery(data.features, table);
    opened.push(await openWholeBoundaries(scope, session, arrived, table, query));
  }
  return opened.map((one) => ({ ...one, refreshMs: refreshOf(one.table, spec), from: undefined, to: 0 }));
}
