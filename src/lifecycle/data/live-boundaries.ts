import { durationMs } from '../../kernel/schema.ts';
import { momentText, sqlName, sqlTime } from '../../table/sql-name.ts';
import type { KeyPart } from '../../serve/feature-table-file.ts';
import type { PreparedTable, TableSession } from '../../table/tables.ts';
import type { ArrivedRows } from './arrived-rows.ts';
import { storeRows } from './ingest-partition.ts';
import type { LiveScope, LiveTablesInput } from './live-tables.ts';
import { finiteSelect, plainPart, publishState } from './publish-tables.ts';
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
  /** A line of its own to the engine: boundaries of several tables are computed at once. */
  readonly line: Awaited<ReturnType<TableSession['beside']>>;
  insert: Insert | undefined;
  from: number | undefined;
  to: number;
}

/** The statement that computes a boundary, keeps it and returns what serving needs of it. */
interface Insert {
  readonly statement: PreparedTable;
  readonly generation: number;
  /** Distinct texts of each part of the key where it is coded. */
  readonly levels: readonly (readonly string[] | undefined)[];
}

/** Opens the boundaries over a session that holds the table of arrived rows. */
export async function openBoundaries(
  scope: LiveScope,
  session: TableSession,
  arrived: ArrivedRows,
  input: LiveTablesInput,
): Promise<LiveBoundaries> {
  const { features } = input.data;
  const kept: Kept[] = [];
  for (const table of features.tables) kept.push(keptOf(table, input, await session.beside()));
  for (const one of kept) await create(session, one);

  const insertOf = async (one: Kept): Promise<Insert> => {
    const generation = arrived.generation();
    if (one.insert?.generation !== generation) {
      one.insert = await prepareInsert(one, momentQuery(features, one.table), generation);
    }
    return one.insert;
  };

  const computeOne = async (one: Kept, at: number): Promise<void> => {
    const { table, line, name } = one;
    const { statement, levels } = await insertOf(one);
    if (one.from !== undefined && at <= one.to) {
      await line.run(`DELETE FROM ${name} WHERE ${MOMENT_COLUMN} = ${sqlTime(at)}`);
    }
    const { columns } = await statement.columns({ at: momentText(at) });
    one.from ??= at;
    one.to = at;
    await publishState(input.featureDir, scope.project, {
      table: table.name,
      at,
      key: table.key,
      columns: table.columns,
      keys: levels.map((texts, part) => keyPart(texts, columns[part] ?? [])),
      values: columns.slice(levels.length) as readonly Float64Array[],
    });
  };

  const compute = async (at: number): Promise<void> => {
    const due = kept.filter(({ refreshMs }) => at % refreshMs === 0);
    // All are waited for whatever happens: a line that still computes must not be closed.
    const done = await Promise.allSettled(due.map((one) => computeOne(one, at)));
    for (const one of done) if (one.status === 'rejected') throw one.reason;
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

function keptOf(table: TableQuery, { spec }: LiveTablesInput, line: Kept['line']): Kept {
  const refreshMs = durationMs(spec.features.tables?.[table.name]?.refresh ?? '1h');
  const name = sqlName(`tend_history_${table.name}`);
  return { table, refreshMs, name, line, insert: undefined, from: undefined, to: 0 };
}

/** Beside each boundary stand the codes of its keys, which serving is given in place of texts. */
async function create(session: TableSession, { table, name }: Kept): Promise<void> {
  const typeOf = (part: number): string => (table.keyTypes[part] === 'number' ? 'DOUBLE' : 'VARCHAR');
  const keys = table.key.map((key, part) => `${sqlName(key)} ${typeOf(part)}`);
  const values = table.columns.map((column) => `${sqlName(column)} DOUBLE`);
  const codes = table.key.map((_key, part) => `${codeColumn(part)} DOUBLE`);
  const columns = [`${MOMENT_COLUMN} TIMESTAMP`, ...keys, ...values, ...codes].join(', ');
  await session.run(`CREATE OR REPLACE TABLE ${name} (${columns})`);
}

function codeColumn(part: number): string {
  return `tend_code_${part}`;
}

async function prepareInsert(
  { table, line, name }: Kept,
  query: string,
  generation: number,
): Promise<Insert> {
  const typed = await line.prepare(query);
  const levels = table.key.map((_key, part) => typed.levels(1 + part));
  const codes = table.key.map((key, part) =>
    levels[part] === undefined ? 'NULL' : `enum_code(${sqlName(key)})`,
  );
  const returned = [
    ...table.key.map((key, part) => (levels[part] === undefined ? sqlName(key) : codeColumn(part))),
    ...table.columns.map((column) => finiteSelect(sqlName(column))),
  ];
  const statement = await line.prepare(
    `INSERT INTO ${name} SELECT *, ${codes.join(', ')} FROM (${query}) RETURNING ${returned.join(', ')}`,
  );
  return { statement, generation, levels };
}

function keyPart(levels: readonly string[] | undefined, values: Float64Array | readonly unknown[]): KeyPart {
  if (levels === undefined) return plainPart(values);
  return { kind: 'coded', levels, codes: Int32Array.from(values as Float64Array) };
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
    const codes = table.key.map((_key, part) => codeColumn(part));
    const blob = await storeRows(
      scope,
      session,
      `SELECT * EXCLUDE (${codes.join(', ')}) FROM ${name} ORDER BY ${order}`,
    );
    sealed.push({ table: table.name, blob, from, to, refreshMs, rows: Number(count?.n) });
  }
  return sealed;
}
