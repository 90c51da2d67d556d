import { aliasOf, asNodes, sqlOfTree, type SqlNode, sqlTree, walkSql } from '../../table/sql-statement.ts';
import { momentText } from '../../table/sql-name.ts';
import type { TableSession } from '../../table/tables.ts';
import type { TableQuery } from './table-query.ts';

/** Moments at which a bound is tried, spread over decades without a rhythm of their own. */
const MOMENTS_TRIED = 64;

const FIRST_MS = Date.UTC(1995, 0, 1);

const SPREAD_MS = 70 * 365 * 86_400_000;

/** The golden section: its multiples fall into no calendar. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Longer than any month, in milliseconds. */
const MONTH_MS = 31 * 86_400_000;

/**
 * How far back from `$at` a feature table reads rows by their arrival, milliseconds; infinite where its SQL
 * does not say. It does where its one SELECT over the source has `WHERE arrival > $at - interval …`, alone or
 * among conditions joined by AND. Rows older than that need not be held for it.
 */
export async function lookBackMs(
  session: TableSession,
  table: Pick<TableQuery, 'sql'>,
  source: string,
  available: string | null,
): Promise<number> {
  if (available === null) return Number.POSITIVE_INFINITY;
  const nodes = [...walkSql(await sqlTree(session, table.sql))];
  const reads = nodes.filter((node) => node.type === 'BASE_TABLE' && named(node.table_name, source));
  const select = nodes.find((node) => node.type === 'SELECT_NODE' && node.from_table === reads[0]);
  if (reads.length !== 1 || select === undefined) return Number.POSITIVE_INFINITY;
  const bounds = conjuncts(select.where_clause).filter((node) =>
    boundsArrival(node, reads[0], source, available),
  );
  const spans = await Promise.all(bounds.map((bound) => spanMs(session, bound.right as SqlNode)));
  return Math.min(Number.POSITIVE_INFINITY, ...spans);
}

/** The right side of a condition `… > …$at…` that names no column there; undefined for any other. */
export function boundOf(node: SqlNode): SqlNode | undefined {
  if (node.type !== 'COMPARE_GREATERTHAN' && node.type !== 'COMPARE_GREATERTHANOREQUALTO') return undefined;
  const left = [...walkSql(node.left)];
  const right = [...walkSql(node.right)];
  const is =
    left.every((part) => part.class !== 'PARAMETER') &&
    right.some((part) => part.class === 'PARAMETER') &&
    right.every((part) => part.class !== 'COLUMN_REF' && part.class !== 'SUBQUERY');
  return is ? (node.right as SqlNode) : undefined;
}

/** How far a bound lies before `$at` where that is the same at every moment, milliseconds. */
export async function fixedSpanMs(session: TableSession, bound: SqlNode): Promise<number | undefined> {
  const spans = await spansMs(session, bound);
  return spans !== undefined && spans.longest === spans.shortest ? spans.longest : undefined;
}

function named(value: unknown, name: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === name.toLowerCase();
}

function conjuncts(condition: unknown): SqlNode[] {
  if (typeof condition !== 'object' || condition === null) return [];
  const node = condition as SqlNode;
  return node.type === 'CONJUNCTION_AND' ? asNodes(node.children).flatMap(conjuncts) : [node];
}

/** `arrival > …$at…`, the column of the source itself and nothing else of it on the right. */
function boundsArrival(node: SqlNode, read: SqlNode | undefined, source: string, available: string): boolean {
  if (boundOf(node) === undefined) return false;
  const left = node.left as SqlNode;
  const names = left.class === 'COLUMN_REF' ? (left.column_names as unknown[]) : [];
  const of =
    names.length === 1 ||
    (names.length === 2 && (named(names[0], source) || named(names[0], aliasOf(read ?? {}))));
  return of && named(names.at(-1), available);
}

/**
 * The greatest distance from `$at` back to the bound; infinite where it is none or grows with `$at`. A bound
 * that differs from moment to moment by no more than a month leans on the calendar; what was seen of it is
 * most of what it may differ by.
 */
async function spanMs(session: TableSession, bound: SqlNode): Promise<number> {
  const spans = await spansMs(session, bound);
  if (spans === undefined) return Number.POSITIVE_INFINITY;
  const longest = Math.max(0, spans.longest);
  const differs = longest === 0 ? 0 : longest - spans.shortest;
  return differs > MONTH_MS ? Number.POSITIVE_INFINITY : longest + differs;
}

/** Distances from `$at` back to a bound at the moments that are tried; undefined where one is no moment. */
async function spansMs(
  session: TableSession,
  bound: SqlNode,
): Promise<{ readonly longest: number; readonly shortest: number } | undefined> {
  const tree = await sqlTree(session, 'SELECT 1');
  const [statement] = asNodes(tree.statements);
  const select = { ...(statement?.node as SqlNode), select_list: [bound] };
  const sql = await sqlOfTree(session, { ...tree, statements: [{ ...statement, node: select }] });
  const statementOf = await session.connection.prepare(`SELECT epoch_us((${sql})::TIMESTAMP)::DOUBLE / 1000`);
  let longest = Number.NEGATIVE_INFINITY;
  let shortest = Number.POSITIVE_INFINITY;
  for (let tried = 1; tried <= MOMENTS_TRIED; tried++) {
    const at = FIRST_MS + Math.floor(((tried * GOLDEN) % 1) * SPREAD_MS);
    statementOf.bind({ at: momentText(at) });
    const value = (await statementOf.runAndReadAll()).getRows()[0]?.[0];
    if (typeof value !== 'number') return undefined;
    longest = Math.max(longest, at - value);
    shortest = Math.min(shortest, at - value);
  }
  return { longest, shortest };
}
