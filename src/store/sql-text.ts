import { CompiledQuery } from 'kysely';
import type { Database } from './database.ts';

/**
 * SQL spelled by hand, with `?` for each value, that means the same on both dialects: for statements that
 * are carried out thousands of times a second, or have hundreds of rows. Building and compiling one by Kysely
 * takes 30 µs and more, as long as SQLite takes to carry it out.
 */
export interface SqlText {
  readonly kind: 'sql-text';
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** A statement for a unit. `sql` holds no `?` but those that stand for values. */
export function sqlText(sql: string, values: readonly unknown[]): SqlText {
  return { kind: 'sql-text', sql, values };
}

/** Tells a text from what Kysely builds. */
export function isSqlText(query: object): query is SqlText {
  return 'kind' in query && query.kind === 'sql-text';
}

/** Texts kept with their numbered form; rows of an insert come in a few counts. */
const NUMBERED_MAX = 1_000;
const numbered = new Map<string, string>();

/** The same SQL with `$1`, `$2` for the values, as PostgreSQL has it. */
export function numberedSql(sql: string): string {
  const known = numbered.get(sql);
  if (known !== undefined) return known;
  let count = 0;
  const text = sql.replaceAll('?', () => `$${++count}`);
  if (numbered.size >= NUMBERED_MAX) numbered.clear();
  numbered.set(sql, text);
  return text;
}

/** Rows of a query spelled by hand, of the shape that its columns have. */
export async function readRows<R extends object>(
  { query, dialect }: Pick<Database, 'query' | 'dialect'>,
  sql: string,
  values: readonly unknown[],
): Promise<readonly R[]> {
  const text = dialect === 'postgres' ? numberedSql(sql) : sql;
  const { rows } = await query.executeQuery<R>(CompiledQuery.raw(text, [...values]));
  return rows;
}

/** Spellings by columns and rows. Both are few: `insertRows` cuts to eight counts. */
const rowTexts = new Map<string, string>();

/** `(?, ?, ?)`, as many times as there are rows. */
function valueRows(columns: number, rows: number): string {
  const name = `${columns}x${rows}`;
  const known = rowTexts.get(name);
  if (known !== undefined) return known;
  const text = spellRows(columns, rows);
  rowTexts.set(name, text);
  return text;
}

function spellRows(columns: number, rows: number): string {
  const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`;
  return Array.from({ length: rows }, () => row).join(', ');
}

/**
 * Cuts rows into statements of at most 100, and those left over into powers of two: few spellings, so that
 * each is prepared once.
 */
export function insertRows(
  rows: readonly (readonly unknown[])[],
  spell: (values: string) => string,
): { readonly query: SqlText; readonly rows: number }[] {
  const statements: { readonly query: SqlText; readonly rows: number }[] = [];
  for (let first = 0; first < rows.length; ) {
    const left = rows.length - first;
    const count = left >= ROWS_AT_ONCE ? ROWS_AT_ONCE : 2 ** Math.floor(Math.log2(left));
    const some = rows.slice(first, first + count);
    const sql = spell(valueRows(some[0]?.length ?? 0, count));
    statements.push({ query: sqlText(sql, some.flat()), rows: count });
    first += count;
  }
  return statements;
}

const ROWS_AT_ONCE = 100;
