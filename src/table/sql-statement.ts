import { TendError } from '../kernel/error.ts';
import { sqlText } from './sql-name.ts';
import type { TableSession } from './tables.ts';

/** A node of DuckDB's parse tree as its JSON spells it. Read field by field, never trusted as a whole. */
export type SqlNode = { readonly [key: string]: unknown };

/**
 * The parse tree of one SELECT. @throws SPEC_INVALID for several statements, for anything that is not a
 * SELECT, and for text that does not parse (with DuckDB's own position).
 */
export async function parseSelect(session: TableSession, sql: string, origin: string): Promise<SqlNode> {
  const tree = await sqlTree(session, sql);
  if (tree.error === true) {
    throw new TendError('SPEC_INVALID', `${origin}: ${String(tree.error_message)}`, {
      hint: 'A declared SQL file holds one SELECT statement.',
    });
  }
  const statements = asNodes(tree.statements);
  if (statements.length !== 1) {
    throw new TendError(
      'SPEC_INVALID',
      `${origin}: expected one SELECT statement, found ${statements.length}`,
    );
  }
  return statements[0]?.node as SqlNode;
}

/** What a column or a table is called by `AS`; empty where it has no such name. */
export function aliasOf({ alias }: SqlNode): string {
  return typeof alias === 'string' ? alias : '';
}

/** DuckDB's parse tree of a statement as JSON; `error` is true where it does not parse. */
export async function sqlTree(session: TableSession, sql: string): Promise<SqlNode> {
  const [row] = await session.rows(`SELECT json_serialize_sql(${sqlText(sql)})::VARCHAR AS tree`);
  return JSON.parse(String(row?.tree), keepDigits as Parameters<typeof JSON.parse>[1]) as SqlNode;
}

/**
 * A whole number that a JavaScript number cannot hold keeps its digits (ECMA-262, JSON.rawJSON), so that a
 * tree read and written again means the same. Positions are not used, and an unknown one is 2^64 - 1.
 */
function keepDigits(key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (key === 'query_location') return 0;
  const { source } = context;
  const loses = typeof value === 'number' && source !== undefined && /^-?\d{16,}$/.test(source);
  return loses && !Number.isSafeInteger(value) ? RAW_JSON.rawJSON(source) : value;
}

/** Not in the compiler's library yet. */
const RAW_JSON = JSON as unknown as {
  readonly rawJSON: (text: string) => object;
  readonly isRawJSON: (value: unknown) => boolean;
};

/** The tree with each node replaced by what `change` gives for it; undefined leaves it and looks inside. */
export function mapSql(node: unknown, change: (node: SqlNode) => unknown): unknown {
  if (Array.isArray(node)) return node.map((item) => mapSql(item, change));
  if (typeof node !== 'object' || node === null || RAW_JSON.isRawJSON(node)) return node;
  const changed = change(node as SqlNode);
  if (changed !== undefined) return changed;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, mapSql(value, change)]));
}

/** The SQL text of a parse tree. */
export async function sqlOfTree(session: TableSession, tree: SqlNode): Promise<string> {
  const [row] = await session.rows(
    `SELECT json_deserialize_sql(${sqlText(JSON.stringify(tree))}::JSON) AS sql`,
  );
  return String(row?.sql);
}

/** The select list of the one statement of a tree. */
export function selectList(tree: SqlNode): SqlNode[] {
  const node = asNodes(tree.statements)[0]?.node as { readonly select_list?: SqlNode[] } | undefined;
  return node?.select_list ?? [];
}

/** Every node below (and with) this one, in the order of the text. */
export function* walkSql(node: unknown): Generator<SqlNode> {
  if (Array.isArray(node)) {
    for (const item of node) yield* walkSql(item);
  } else if (typeof node === 'object' && node !== null) {
    yield node as SqlNode;
    for (const value of Object.values(node)) yield* walkSql(value);
  }
}

/** A member that should be a list of nodes. */
export function asNodes(value: unknown): readonly SqlNode[] {
  return Array.isArray(value) ? (value as SqlNode[]) : [];
}
