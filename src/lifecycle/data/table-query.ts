import { TendError } from '../../kernel/error.ts';
import { assertRepeatable } from '../../table/assert-repeatable.ts';
import {
  aliasOf,
  mapSql,
  parseSelect,
  selectList,
  type SqlNode,
  sqlOfTree,
  sqlTree,
  walkSql,
} from '../../table/sql-statement.ts';
import { sqlName } from '../../table/sql-name.ts';
import { type TableColumn, tableSchema } from '../../table/table-schema.ts';
import type { TableSession } from '../../table/tables.ts';

/** A feature table as declared: one row for each key, computed for a moment from what had arrived by then. */
export interface TableQuery {
  readonly name: string;
  readonly key: readonly string[];
  /** Of each part of the key. */
  readonly keyTypes: readonly ('number' | 'string')[];
  /** Value columns, without the key. */
  readonly columns: readonly string[];
  /** The declared SELECT with `$at` as an SQL timestamp parameter. */
  readonly sql: string;
}

/** A feature table as tend.yaml names it, and what its SQL may read. `origin` is its file, for messages. */
export interface TableQueryInput {
  readonly name: string;
  readonly key: readonly string[];
  readonly source: string;
  readonly sql: string;
  readonly origin: string;
  readonly columns: readonly TableColumn[];
  readonly outcomeSql: string;
}

/** The name under which the arrived rows lie in the engine; a declared SELECT cannot refer to it. */
export const ARRIVED_ROWS = 'tend_arrived_rows';

/**
 * Checks a feature table's SQL against the columns of its source and returns it ready to run.
 * The SELECT reads nothing but the source; what it sees there is bounded by `atMoment`.
 * @throws SPEC_INVALID naming the file and the mistake.
 */
export async function readTableQuery(session: TableSession, input: TableQueryInput): Promise<TableQuery> {
  const { name, key, source, origin, columns } = input;
  const tree = await parseSelect(session, input.sql, origin);
  assertRepeatable(tree, [source], origin);
  for (const node of walkSql(tree)) {
    if (node.class === 'PARAMETER' && node.identifier !== 'at') {
      throw new TendError(
        'SPEC_INVALID',
        `${origin}: expected the parameter $at, came $${String(node.identifier)}`,
      );
    }
  }
  const sql = await withMoment(session, input.sql, 'SELECT $at::TIMESTAMP');
  const unmoved = await withMoment(session, input.sql, 'SELECT NULL::TIMESTAMP');
  const rows = await withOutcome(session, source, emptyRows(columns), input.outcomeSql);
  const shape = await columnsOf(session, atMoment(source, unmoved, rows, null), origin);
  const missing = key.filter((part) => !shape.some((column) => column.name === part));
  if (missing.length > 0) {
    throw new TendError(
      'SPEC_INVALID',
      `${origin}: expected the key ${key.join(', ')} in the SELECT, missing ${missing.join(', ')}`,
    );
  }
  const values = shape.filter((column) => !key.includes(column.name));
  const text = values.find(
    (column) => column.type !== 'integer' && column.type !== 'number' && column.type !== 'boolean',
  );
  if (text !== undefined) {
    throw new TendError('SPEC_INVALID', `${origin}: expected numbers, ${text.name} is of type ${text.type}`);
  }
  if (values.length === 0)
    throw new TendError('SPEC_INVALID', `${origin}: expected a column besides the key`);
  return {
    name,
    key,
    columns: values.map((column) => column.name),
    sql,
    keyTypes: key.map((part) => keyType(shape, part, origin)),
  };
}

/** What a request can look up: a text or a number. */
function keyType(shape: readonly TableColumn[], name: string, origin: string): 'number' | 'string' {
  const type = shape.find((column) => column.name === name)?.type;
  if (type === 'string') return 'string';
  if (type === 'integer' || type === 'number') return 'number';
  throw new TendError(
    'SPEC_INVALID',
    `${origin}: expected a text or a number as key, ${name} is of type ${type}`,
  );
}

const ENGINE_TYPES: Readonly<Record<TableColumn['type'], string>> = {
  integer: 'BIGINT',
  number: 'DOUBLE',
  string: 'VARCHAR',
  time: 'TIMESTAMP',
  boolean: 'BOOLEAN',
  other: 'VARCHAR',
};

/** Binds the query. @throws SPEC_INVALID with the engine's message: the SQL is the user's own. */
async function columnsOf(session: TableSession, query: string, origin: string): Promise<TableColumn[]> {
  try {
    return await tableSchema(session, `(${query})`);
  } catch (cause) {
    if (!(cause instanceof TendError) || cause.code !== 'SOURCE_UNREADABLE') throw cause;
    throw new TendError('SPEC_INVALID', `${origin}: ${cause.message}`, { cause });
  }
}

/**
 * Puts the one expression of `moment` for every `$at`, in the parse tree, so that quotes cannot interfere.
 */
async function withMoment(session: TableSession, sql: string, moment: string): Promise<string> {
  const [typed] = selectList(await sqlTree(session, moment));
  const tree = mapSql(await sqlTree(session, sql), (node) =>
    node.class === 'PARAMETER' ? { ...typed, alias: node.alias } : undefined,
  );
  return sqlOfTree(session, tree as SqlNode);
}

/**
 * The outcome's columns with their types. @throws SPEC_INVALID for SQL that does not fit the source's
 * columns.
 */
export async function outcomeColumns(
  session: TableSession,
  source: string,
  columns: readonly TableColumn[],
  outcomeSql: string,
  origin: string,
): Promise<TableColumn[]> {
  return columnsOf(session, await withOutcome(session, source, emptyRows(columns), outcomeSql), origin);
}

/** A relation of no rows with the given columns. */
function emptyRows(columns: readonly TableColumn[]): string {
  const raw = columns
    .map((column) => `NULL::${ENGINE_TYPES[column.type]} AS ${sqlName(column.name)}`)
    .join(', ');
  return `(SELECT ${raw} LIMIT 0)`;
}

/**
 * The source's rows with their outcome columns, as a relation: the declared projection with `*` put first.
 * A raw column that the projection repeats as it is stands there once.
 */
export async function withOutcome(
  session: TableSession,
  source: string,
  rows: string,
  outcomeSql: string,
): Promise<string> {
  const tree = await sqlTree(session, outcomeSql);
  const list = selectList(tree);
  const added = list.filter((item) => !repeatsColumn(item));
  list.splice(0, list.length, ...selectList(await sqlTree(session, 'SELECT * FROM x')), ...added);
  return `(WITH ${sqlName(source)} AS (SELECT * FROM ${rows}) ${await sqlOfTree(session, tree)})`;
}

/**
 * A feature table for one moment, as a query with the parameter `$at`: the declared SELECT over the
 * source's rows that had arrived by then. No definition can see a later row, because the name it reads
 * stands for these alone.
 */
export function atMoment(source: string, sql: string, rows: string, available: string | null): string {
  const arrived = available === null ? '' : ` WHERE ${sqlName(available)} <= $at::TIMESTAMP`;
  return `WITH ${sqlName(source)} AS (SELECT * FROM ${rows}${arrived}) SELECT * FROM (${sql})`;
}

/** A bare column under its own name. */
export function repeatsColumn(item: SqlNode): boolean {
  if (item.class !== 'COLUMN_REF') return false;
  const own = String((item.column_names as unknown[]).at(-1)).toLowerCase();
  const alias = aliasOf(item).toLowerCase();
  return alias === '' || alias === own;
}
