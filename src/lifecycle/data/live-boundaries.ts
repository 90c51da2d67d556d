import type { DuckDBPreparedStatement } from '@duckdb/node-api';
import { durationMs } from '../../kernel/schema.ts';
import { sqlName, sqlTime } from '../../table/sql-name.ts';
import type { TableSession } from '../../table/tables.ts';
import type { ArrivedRows } from './arrived-rows.ts';
import { storeRows } from './ingest-partition.ts';
import type { LiveScope, LiveTablesInput } from './live-tables.ts';
import { publishBoundary } from './publish-tables.ts';
import { MOMENT_COLUMN, momentQuery } from './table-history.ts';
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
  readonly compute: (at: number) => Promise<void>;
  readonly seal: () => Promise<readonly SealedHistory[]>;
  readonly reset: () => Promise<void>;
}

/** Without a feature table nothing is computed; the clock then moves by the hour. */
const HOUR_MS = 3_600_000;

interface Kept {
  readonly table: TableQuery;
  readonly refreshMs: number;
  readonly name: string;
  insert: { readonly statement: DuckDBPreparedStatement; readonly generation: number } | undefined;
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
  const kept = features.tables.map((table): Kept => {
    const refreshMs = durationMs(input.spec.features.tables?.[table.name]?.refresh ?? '1h');
    return {
      table,
      refreshMs,
      name: sqlName(`tend_history_${table.name}`),
      insert: undefined,
      from: undefined,
      to: 0,
    };
  });
  const create = async ({ table, name }: Kept): Promise<void> => {
    const keys = table.key.map(
      (key, i) => `${sqlName(key)} ${table.keyTypes[i] === 'number' ? 'DOUBLE' : 'VARCHAR'}`,
    );
    const values = table.columns.map((column) => `${sqlName(column)} DOUBLE`);
    await session.run(
      `CREATE OR REPLACE TABLE ${name} (${MOMENT_COLUMN} TIMESTAMP, ${[...keys, ...values].join(', ')})`,
    );
  };
  for (const one of kept) await create(one);

  const insertOf = async (one: Kept): Promise<DuckDBPreparedStatement> => {
    const generation = arrived.generation();
    if (one.insert?.generation !== generation) {
      const statement = await session.connection.prepare(
        `INSERT INTO ${one.name} ${momentQuery(features, one.table)}`,
      );
      one.insert = { statement, generation };
    }
    return one.insert.statement;
  };

  const compute = async (at: number): Promise<void> => {
    for (const one of kept) {
      if (at % one.refreshMs !== 0) continue;
      const statement = await insertOf(one);
      statement.bind({ at: new Date(at).toISOString().replace('T', ' ').replace('Z', '') });
      await statement.run();
      one.from ??= at;
      one.to = at;
      const relation = `(SELECT * FROM ${one.name} WHERE ${MOMENT_COLUMN} = ${sqlTime(at)})`;
      await publishBoundary(session, {
        dir: input.featureDir,
        project: scope.project,
        table: one.table,
        at,
        relation,
      });
    }
  };

  return {
    stepMs: Math.min(HOUR_MS, ...kept.map(({ refreshMs }) => refreshMs)),
    compute,
    seal: async () => {
      const sealed: SealedHistory[] = [];
      for (const { table, name, from, to, refreshMs } of kept) {
        if (from === undefined) continue;
        const [count] = await session.rows(`SELECT count(*) AS n FROM ${name}`);
        const order = [MOMENT_COLUMN, ...table.key].map(sqlName).join(', ');
        const blob = await storeRows(scope, session, `SELECT * FROM ${name} ORDER BY ${order}`);
        sealed.push({ table: table.name, blob, from, to, refreshMs, rows: Number(count?.n) });
      }
      return sealed;
    },
    reset: async () => {
      for (const one of kept) {
        await create(one);
        one.insert = undefined;
        one.from = undefined;
      }
    },
  };
}
