import { durationMs } from '../../kernel/schema.ts';
import { momentText, sqlName, sqlTime } from '../../table/sql-name.ts';
import type { PreparedTable, TableSession } from '../../table/tables.ts';
import type { ArrivedRows } from './arrived-rows.ts';
import { storeRows } from './ingest-partition.ts';
import type { LiveScope, LiveTablesInput } from './live-tables.ts';
import { publishBoundary } from './publish-tables.ts';
import { boundaryAt, MOMENT_COLUMN, momentQuery } from './table-history.ts';
import type { TableQuery } from './table-query.ts';

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

/** A table whose boundaries are kept until they are sealed. */
interface Kept {
  readonly table: TableQuery;
  readonly refreshMs: number;
  /** Of the table of its boundaries, quoted. */
  readonly name: string;
  insert: { readonly statement: PreparedTable; readonly generation: number } | undefined;
  from: number | undefined;
  to: number;
}

/** Opens the boundaries over a session that holds the table of arrived rows. */
export async function openBoundaries(
  scope: LiveScope,
  session: TableSession,
  arrived: ArrivedRows,
  input: LiveTablesInput,
): Promise<LiveBoundaries> {
  const { features } = input.data;
  const kept = features.tables.map((table) => keptOf(table, input));
  for (const one of kept) await create(session, one);

  const insertOf = async (one: Kept): Promise<PreparedTable> => {
    const generation = arrived.generation();
    if (one.insert?.generation !== generation) {
      const sql = `INSERT INTO ${one.name} ${momentQuery(features, one.table)}`;
      one.insert = { statement: await session.prepare(sql), generation };
    }
    return one.insert.statement;
  };

  const compute = async (at: number): Promise<void> => {
    await arrived.arrive(at);
    for (const one of kept) {
      if (at % one.refreshMs !== 0) continue;
      const statement = await insertOf(one);
      if (one.from !== undefined && at <= one.to) {
        await session.run(`DELETE FROM ${one.name} WHERE ${MOMENT_COLUMN} = ${sqlTime(at)}`);
      }
      await statement.run({ at: momentText(at) });
      one.from ??= at;
      one.to = at;
      const relation = `(SELECT * FROM ${one.name} WHERE ${MOMENT_COLUMN} = ${sqlTime(at)})`;
      const { project } = scope;
      await publishBoundary(session, { dir: input.featureDir, project, table: one.table, at, relation });
    }
  };

  return {
    stepMs: Math.min(HOUR_MS, ...kept.map(({ refreshMs }) => refreshMs)),
    next: (at) => {
      const steps = [HOUR_MS, ...kept.map(({ refreshMs }) => refreshMs)];
      return Math.min(...steps.map((step) => boundaryAt(at, step) + step));
    },
    compute,
    seal: () => sealAll(scope, session, kept),
    reset: async () => {
      for (const one of kept) {
        await create(session, one);
        one.insert = undefined;
        one.from = undefined;
      }
    },
  };
}

function keptOf(table: TableQuery, { spec }: LiveTablesInput): Kept {
  const refreshMs = durationMs(spec.features.tables?.[table.name]?.refresh ?? '1h');
  const name = sqlName(`tend_history_${table.name}`);
  return { table, refreshMs, name, insert: undefined, from: undefined, to: 0 };
}

async function create(session: TableSession, { table, name }: Kept): Promise<void> {
  const typeOf = (part: number): string => (table.keyTypes[part] === 'number' ? 'DOUBLE' : 'VARCHAR');
  const keys = table.key.map((key, part) => `${sqlName(key)} ${typeOf(part)}`);
  const values = table.columns.map((column) => `${sqlName(column)} DOUBLE`);
  const columns = [`${MOMENT_COLUMN} TIMESTAMP`, ...keys, ...values].join(', ');
  await session.run(`CREATE OR REPLACE TABLE ${name} (${columns})`);
}

async function sealAll(
  scope: LiveScope,
  session: TableSession,
  kept: readonly Kept[],
): Promise<SealedHistory[]> {
  const sealed: SealedHistory[] = [];
  for (const { table, name, from, to, refreshMs } of kept) {
    if (from === undefined) continue;
    const [count] = await session.rows(`SELECT count(*) AS n FROM ${name}`);
    const order = [MOMENT_COLUMN, ...table.key].map(sqlName).join(', ');
    const blob = await storeRows(scope, session, `SELECT * FROM ${name} ORDER BY ${order}`);
    sealed.push({ table: table.name, blob, from, to, refreshMs, rows: Number(count?.n) });
  }
  return sealed;
}
