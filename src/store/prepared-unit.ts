import { CompiledQuery, type Kysely, type RootOperationNode } from 'kysely';
import { TendError } from '../kernel/error.ts';
import { canonicalJson } from '../kernel/hash.ts';
import type { Database, Statement, Unit } from './database.ts';
import type { JsonText } from './json-text.ts';
import { isSqlText, numberedSql } from './sql-text.ts';
import type { Tables } from './tables/tables.ts';

/** What both dialects can bind. */
export type BoundValue = null | number | bigint | string | Uint8Array;

/** SQL with its values, in the dialect of one database; can be sent to another thread. */
export interface PreparedStatement {
  readonly sql: string;
  readonly values: readonly BoundValue[];
  readonly expect?: number;
}

/** A ledger entry without its place, its body in canonical JSON. */
export interface PreparedEntry {
  readonly chain: string;
  readonly action: string;
  readonly actor: string;
  readonly subject: string;
  readonly body: JsonText;
}

/** A unit ready for a writer. */
export interface PreparedUnit {
  /** Wall time of the call, milliseconds UTC: `at` of its ledger entries. */
  readonly at: number;
  readonly statements: readonly PreparedStatement[];
  readonly ledger: readonly PreparedEntry[];
  readonly idempotencyKey?: string;
}

/** Statements in one unit; more would hold up every other unit of its commit. */
const STATEMENTS_MAX = 10_000;

/**
 * Compiles a unit for the dialect of `query`, whichever builder made its statements.
 * @throws INVALID_INPUT for a text with a NUL character, which PostgreSQL cannot store; TOO_LARGE.
 */
export function prepareUnit(
  { query, dialect }: Pick<Database, 'query' | 'dialect'>,
  unit: Unit,
  at: number,
): PreparedUnit {
  if (unit.statements.length > STATEMENTS_MAX) {
    const count = unit.statements.length;
    throw new TendError('TOO_LARGE', `a unit may hold ${STATEMENTS_MAX} statements, this one holds ${count}`);
  }
  return {
    at,
    statements: unit.statements.map((statement) => prepareStatement(query, dialect, statement)),
    ledger: (unit.ledger ?? []).map((draft) => ({ ...draft, body: canonicalJson(draft.body) })),
    ...(unit.idempotencyKey === undefined ? {} : { idempotencyKey: unit.idempotencyKey }),
  };
}

function prepareStatement(
  query: Kysely<Tables>,
  dialect: Database['dialect'],
  statement: Statement,
): PreparedStatement {
  const source = statement.query;
  const expected = statement.expect === undefined ? {} : { expect: statement.expect };
  if (isSqlText(source)) {
    const text = dialect === 'postgres' ? numberedSql(source.sql) : source.sql;
    return { sql: text, values: source.values.map(bindValue), ...expected };
  }
  const executor = query.getExecutor();
  // Builders carry the node they compile; a query compiled before by another dialect carries it too.
  const node: RootOperationNode =
    'toOperationNode' in source ? source.toOperationNode() : source.compile().query;
  const { sql, parameters } = executor.compileQuery(node, CompiledQuery.raw('').queryId);
  return {
    sql,
    values: parameters.map(bindValue),
    ...expected,
  };
}

/** NaN is stored as null: SQLite would do so by itself, and PostgreSQL would not. */
function bindValue(value: unknown): BoundValue {
  if (typeof value === 'number') return Number.isNaN(value) ? null : value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') {
    if (value.includes('\0'))
      throw new TendError('INVALID_INPUT', 'a text to store may not hold the character U+0000');
    return value;
  }
  if (value === null || typeof value === 'bigint' || value instanceof Uint8Array) return value;
  throw new TypeError(`a ${typeof value} cannot be stored; write JSON columns through jsonText()`);
}
