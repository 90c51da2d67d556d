import {
  aliasOf,
  asNodes,
  mapSql,
  selectList,
  type SqlNode,
  sqlOfTree,
  sqlTree,
  walkSql,
} from '../../../table/sql-statement.ts';
import { sqlName } from '../../../table/sql-name.ts';
import type { TableSession } from '../../../table/tables.ts';
import { boundOf, fixedSpanMs } from '../look-back.ts';
import type { TableQuery } from '../table-query.ts';

/** One value of a running table, as SQL over one row of the source with its outcome columns. */
export interface RunningAggregate {
  readonly kind: 'avg' | 'sum' | 'count';
  /** What the row adds, DOUBLE; null: nothing. */
  readonly value: string;
  /** Until when it counts, microseconds UTC; null: never, infinite: for ever. */
  readonly until: string;
}

/**
 * A feature table that can be kept up to date row by row: sums and counts of whole numbers for each key, of
 * rows that lie no longer back than a fixed span. What comes and goes between two boundaries is what changes.
 */
export interface RunningQuery {
  /** SQL of the parts of the key. */
  readonly keys: readonly string[];
  /** Until when a row makes its key one of the table, as `until`. */
  readonly present: string;
  readonly aggregates: readonly RunningAggregate[];
}

/** Types whose sums are exact in a double for as many rows as fit in memory. */
const EXACT = /^(U?(TINY|SMALL)INT|U?INTEGER)$/;

const MICROS = 1_000;

/**
 * Takes the SELECT of a feature table apart: one SELECT over the source, grouped by the columns of the key,
 * of `avg`, `sum` and `count` of whole numbers, its conditions of the form `time > $at - interval` or about
 * the row alone. Undefined where it is anything else: then it is computed as a whole at each boundary.
 * @param relation rows of the source with their outcome columns, for the types
 */
export async function runningQuery(
  session: TableSession,
  table: TableQuery,
  source: string,
  relation: string,
): Promise<RunningQuery | undefined> {
  const tree = await sqlTree(session, table.sql);
  const statement = asNodes(tree.statements)[0]?.node as SqlNode | undefined;
  if (statement === undefined || !isPlainSelect(statement, source)) return undefined;
  const own = unqualified(statement, source);
  const sqlOf = expressionSql(session, tree);
  const groups = asNodes(own.group_expressions).map(columnName);
  const items = selectList({ statements: [{ node: own }] });
  const isKey = (item: SqlNode): boolean => {
    const name = columnName(item);
    return name !== undefined && table.key.includes(aliasOf(item) || name);
  };
  const keys = table.key.map((name) => items.find((item) => isKey(item) && nameOf(item) === name));
  const keyNames = keys.map((item) => (item === undefined ? undefined : columnName(item)));
  const grouped = new Set(groups);
  const sameKeys = grouped.size === keyNames.length && keyNames.every((name) => grouped.has(name));
  if (!sameKeys || keyNames.includes(undefined)) return undefined;
  const where = await untilOf(session, sqlOf, conjuncts(own.where_clause));
  if (where === undefined) return undefined;
  const aggregates: RunningAggregate[] = [];
  for (const item of items.filter((one) => !isKey(one))) {
    const found = await aggregateOf(session, sqlOf, item, own.where_clause, relation);
    if (found === undefined) return undefined;
    aggregates.push(found);
  }
  const typed = keyNames.map((name, part) =>
    table.keyTypes[part] === 'number' ? `${sqlName(name ?? '')}::DOUBLE` : `${sqlName(name ?? '')}::VARCHAR`,
  );
  return { keys: typed, present: where, aggregates };
}

type SqlOf = (node: SqlNode) => Promise<string>;

/** The text of an expression. */
function expressionSql(session: TableSession, tree: SqlNode): SqlOf {
  return async (node) => {
    const base = await sqlTree(session, 'SELECT 1');
    const [statement] = asNodes(base.statements);
    const select = { ...(statement?.node as SqlNode), select_list: [{ ...node, alias: '' }] };
    const statements = [{ ...statement, node: select, named_param_map: [] }];
    const sql = await sqlOfTree(session, { ...tree, statements });
    return `(${sql.replace(/^SELECT /i, '')})`;
  };
}

/** One SELECT over the source with a WHERE and a GROUP BY at most. */
function isPlainSelect(node: SqlNode, source: string): boolean {
  const from = node.from_table as SqlNode | undefined;
  const ctes = (node.cte_map as { readonly map?: readonly unknown[] } | undefined)?.map ?? [];
  const sets = node.group_sets;
  const groups = asNodes(node.group_expressions);
  return (
    node.type === 'SELECT_NODE' &&
    from?.type === 'BASE_TABLE' &&
    same(from.table_name, source) &&
    asNodes(from.column_name_alias).length === 0 &&
    !isSet(from.sample) &&
    ctes.length === 0 &&
    asNodes(node.modifiers).length === 0 &&
    !isSet(node.having) &&
    !isSet(node.qualify) &&
    !isSet(node.sample) &&
    node.aggregate_handling === 'STANDARD_HANDLING' &&
    groups.length > 0 &&
    Array.isArray(sets) &&
    sets.length === 1 &&
    Array.isArray(sets[0]) &&
    sets[0].length === groups.length &&
    ![...walkSql(node)].some(
      (one) => one.class === 'SUBQUERY' || one.class === 'WINDOW' || one.class === 'STAR',
    )
  );
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function same(value: unknown, name: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === name.toLowerCase();
}

/** The node with `source.column` and `alias.column` written as `column`. */
function unqualified(node: SqlNode, source: string): SqlNode {
  const alias = aliasOf(node.from_table as SqlNode);
  return mapSql(node, (one) => {
    if (one.class !== 'COLUMN_REF') return undefined;
    const names = one.column_names as unknown[];
    const of = names.length === 2 && (same(names[0], alias) || same(names[0], source));
    return of ? { ...one, column_names: [names[1]] } : one;
  }) as SqlNode;
}

function columnName(node: SqlNode): string | undefined {
  if (node.class !== 'COLUMN_REF') return undefined;
  const names = node.column_names as unknown[];
  return names.length === 1 ? String(names[0]).toLowerCase() : undefined;
}

function nameOf(item: SqlNode): string {
  return aliasOf(item) || String((item.column_names as unknown[]).at(-1));
}

function conjuncts(condition: unknown): SqlNode[] {
  if (typeof condition !== 'object' || condition === null) return [];
  const node = condition as SqlNode;
  return node.type === 'CONJUNCTION_AND' ? asNodes(node.children).flatMap(conjuncts) : [node];
}

/** SQL for the moment from which on conditions no longer hold; undefined where one is of another form. */
async function untilOf(
  session: TableSession,
  sqlOf: SqlOf,
  conditions: readonly SqlNode[],
): Promise<string | undefined> {
  const held: string[] = [];
  const ends: string[] = [];
  for (const condition of conditions) {
    if (![...walkSql(condition)].some((node) => node.class === 'PARAMETER')) {
      held.push(`coalesce(${await sqlOf(condition)}, false)`);
      continue;
    }
    const bound = boundOf(condition);
    const span = bound === undefined ? undefined : await fixedSpanMs(session, bound);
    if (span === undefined) return undefined;
    const time = `epoch_us(${await sqlOf(condition.left as SqlNode)}::TIMESTAMP)`;
    held.push(`${time} IS NOT NULL`);
    // A row at the bound itself still counts where the condition is `>=`: half a microsecond longer.
    const open = condition.type === 'COMPARE_GREATERTHANOREQUALTO' ? 0.5 : 0;
    ends.push(`${time}::DOUBLE + ${span * MICROS + open}::DOUBLE`);
  }
  const end = ends.length === 0 ? "'infinity'::DOUBLE" : `least(${ends.join(', ')})`;
  return held.length === 0 ? end : `CASE WHEN ${held.join(' AND ')} THEN ${end} END`;
}

async function aggregateOf(
  session: TableSession,
  sqlOf: SqlOf,
  item: SqlNode,
  where: unknown,
  relation: string,
): Promise<RunningAggregate | undefined> {
  if (item.class !== 'FUNCTION' || item.distinct === true || item.is_operator === true) return undefined;
  const orders = (item.order_bys as SqlNode | null)?.orders;
  const args = asNodes(item.children);
  if (asNodes(orders).length > 0 || (item.schema ?? '') !== '') return undefined;
  const until = await untilOf(session, sqlOf, [...conjuncts(where), ...conjuncts(item.filter)]);
  if (until === undefined) return undefined;
  const name = String(item.function_name).toLowerCase();
  if (name === 'count_star' && args.length === 0) return { kind: 'count', value: '1::DOUBLE', until };
  const [arg] = args;
  if (arg === undefined || args.length > 1) return undefined;
  if ([...walkSql(arg)].some((node) => node.class === 'PARAMETER')) return undefined;
  const value = await sqlOf(arg);
  if (name === 'count')
    return { kind: 'count', value: `CASE WHEN ${value} IS NOT NULL THEN 1::DOUBLE END`, until };
  if (name !== 'avg' && name !== 'sum') return undefined;
  const [described] = await session.rows(`DESCRIBE SELECT ${value} AS v FROM ${relation}`);
  if (!EXACT.test(String(described?.column_type))) return undefined;
  return { kind: name, value: `${value}::DOUBLE`, until };
}
