import type { KeyPart } from '../../serve/feature-table-file.ts';
import { momentText, sqlName, sqlTime } from '../../table/sql-name.ts';
import type { PreparedTable, TableSession } from '../../table/tables.ts';
import type { ArrivedRows } from './arrived-rows.ts';
import type { BoundaryTable } from './boundary-table.ts';
import { storeRows } from './ingest-partition.ts';
import type { LiveScope } from './live-tables.ts';
import { finiteSelect, plainPart } from './publish-tables.ts';
import { MOMENT_COLUMN } from './table-history.ts';
import type { TableQuery } from './table-query.ts';

/** Where the boundaries of a table are kept. */
interface KeptTable {
  readonly table: TableQuery;
  /** Of the engine's table, quoted. */
  readonly name: string;
  /** A line of its own to the engine: boundaries of several tables are computed at once. */
  readonly line: Awaited<ReturnType<TableSession['beside']>>;
}

/** The statement that computes a boundary, keeps it and returns what serving needs of it. */
interface Insert {
  readonly statement: PreparedTable;
  readonly generation: number;
  /** Distinct texts of each part of the key where it is coded. */
  readonly levels: readonly (readonly string[] | undefined)[];
}

/**
 * A table that is computed as a whole at each boundary, over a session that holds the table of arrived rows.
 * @param query its SELECT over those rows, of the moment `$at`
 */
export async function openWholeBoundaries(
  scope: LiveScope,
  session: TableSession,
  arrived: ArrivedRows,
  table: TableQuery,
  query: string,
): Promise<BoundaryTable> {
  const name = sqlName(`tend_history_${table.name}`);
  const kept: KeptTable = { table, name, line: await session.beside() };
  let insert: Insert | undefined;
  let last = Number.NEGATIVE_INFINITY;
  const insertOf = async (): Promise<Insert> => {
    const generation = arrived.generation();
    if (insert?.generation !== generation) insert = await prepareInsert(kept, query, generation);
    return insert;
  };
  await create(session, kept);
  return {
    table,
    compute: async (at) => {
      const { statement, levels } = await insertOf();
      if (at <= last) await kept.line.run(`DELETE FROM ${name} WHERE ${MOMENT_COLUMN} = ${sqlTime(at)}`);
      const { columns } = await statement.columns({ at: momentText(at) });
      last = Math.max(last, at);
      return {
        keys: levels.map((texts, part) => keyPart(texts, columns[part] ?? [])),
        values: columns.slice(levels.length) as readonly Float64Array[],
      };
    },
    store: async () => {
      const [counted] = await session.rows(`SELECT count(*) AS n FROM ${name}`);
      const codes = table.key.map((_key, part) => codeColumn(part));
      const order = [MOMENT_COLUMN, ...table.key].map(sqlName).join(', ');
      const sql = `SELECT * EXCLUDE (${codes.join(', ')}) FROM ${name} ORDER BY ${order}`;
      return { blob: await storeRows(scope, session, sql), rows: Number(counted?.n) };
    },
    reset: async () => {
      await create(session, kept);
      insert = undefined;
      last = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Beside each boundary stand the codes of its keys, which serving is given in place of texts. */
async function create(session: TableSession, { table, name }: KeptTable): Promise<void> {
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
  { table, line, name }: KeptTable,
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
