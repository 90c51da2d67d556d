import { TendError } from '../kernel/error.ts';
import { asNodes, type SqlNode, walkSql } from './sql-statement.ts';

/**
 * Functions that would make the same rows give another answer, or reach outside the tables: what DuckDB
 * marks as volatile or constant within one query only, and its macros over the session. A test compares
 * with its catalogue.
 */
const UNREPEATABLE = new RegExp(
  `^(${[
    'ago|now|today|transaction_timestamp|txid_current|random|setseed|uuid|uuidv4|uuidv7|gen_random_uuid',
    'nextval|currval|getenv|getvariable|version|error|sleep_ms|stats|write_log|get_block_size',
    'current_\\w+|get_current_\\w+|localtime|localtimestamp|session_user|user|in_search_path',
    'read_\\w+|glob|parquet_\\w+|sniff_csv|query|query_table|pragma_\\w+|duckdb_\\w+|which_secret|pg_\\w+',
    'has_\\w+_privilege|inet_(client|server)_\\w+|json_execute_serialized_sql|sql_auto_complete',
    'reservoir_quantile',
  ].join('|')})$`,
);

/** Words without parentheses that stand for such a function where no column has the name. */
const VALUE_WORDS = /^(current_\w+|localtime|localtimestamp|session_user|user)$/;

/** Tables that the engine's own work uses begin so; a WITH part of such a name could hide or reveal one. */
const OWN_TABLES = /^tend_/;

/**
 * Refuses a SELECT that reads anything but the named tables (and its own WITH parts), or calls a function
 * whose answer is not given by the rows: so a definition means the same today, tomorrow and while serving.
 * @throws SPEC_INVALID naming the table or function and what is allowed.
 */
export function assertRepeatable(node: SqlNode, allowed: readonly string[], origin: string): void {
  const known = new Set(allowed.map((name) => name.toLowerCase()));
  for (const part of walkSql(node)) {
    for (const entry of asNodes((part.cte_map as SqlNode | undefined)?.map)) {
      const name = String(entry.key).toLowerCase();
      if (OWN_TABLES.test(name)) throw refused(origin, `a WITH part may not be called ${name}`);
      known.add(name);
    }
  }
  for (const part of walkSql(node)) {
    assertTables(part, known, allowed, origin);
    const name = calledFunction(part);
    if (name === undefined) continue;
    throw new TendError('SPEC_INVALID', `${origin}: ${name} does not depend on the rows alone`, {
      hint: 'Use columns of the table, and $at for the moment the table is computed for.',
    });
  }
}

function assertTables(
  part: SqlNode,
  known: ReadonlySet<string>,
  allowed: readonly string[],
  origin: string,
): void {
  if (part.type === 'BASE_TABLE') {
    const name = String(part.table_name);
    const qualified = part.schema_name !== '' || part.catalog_name !== '';
    if (qualified || !known.has(name.toLowerCase())) {
      const whole = [part.catalog_name, part.schema_name, name].filter((word) => word !== '').join('.');
      throw refused(origin, `expected a table of ${allowed.join(', ')}, came ${whole}`);
    }
  }
  if (part.type === 'TABLE_FUNCTION')
    throw refused(origin, 'expected a table of the project, came a table function');
  if (part.type === 'SHOW_REF')
    throw refused(origin, 'expected a table of the project, came a listing of the engine');
  if (isNode(part.sample)) throw refused(origin, 'a sample is another one each time');
}

function isNode(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** The unrepeatable function that a node calls, as the reader wrote it. */
function calledFunction(part: SqlNode): string | undefined {
  if (part.class === 'COLUMN_REF') {
    const names = part.column_names as unknown[];
    const word = String(names[0]).toLowerCase();
    return names.length === 1 && VALUE_WORDS.test(word) ? word : undefined;
  }
  const name = typeof part.function_name === 'string' ? part.function_name.toLowerCase() : '';
  // With one argument, age() counts from today.
  if (UNREPEATABLE.test(name) || (name === 'age' && asNodes(part.children).length === 1)) return `${name}()`;
  return undefined;
}

function refused(origin: string, message: string): TendError {
  return new TendError('SPEC_INVALID', `${origin}: ${message}`);
}
