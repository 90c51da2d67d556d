import { TendError } from '../../kernel/error.ts';
import { sqlName } from '../../table/sql-name.ts';
import type { ReturnedColumns, TableSession } from '../../table/tables.ts';
import { ARRIVED_COLUMN, arrivedAt } from './arrived-at.ts';
import type { ArrivedRows } from './arrived-rows.ts';
import type { CompiledFeatures } from './feature-definition.ts';
import type { LiveCheck } from './live-checks.ts';
import { moment, typedValue } from './raw-values.ts';
import type { Received, ReceivedRow } from './received-row.ts';
import { UNCOMPUTABLE } from './received-rows.ts';
import type { RunningRows } from './running/running-rows.ts';
import type { RunningTables } from './running/running-tables.ts';
import { KNOWN_COLUMN, ROW_COLUMN } from './source-reader.ts';
import { withOutcome } from './table-query.ts';

/** Raw columns of the rows received last, as numbers and texts. */
export const NEW_ROWS = 'tend_new_rows';

/** Looks at the new rows: what the engine says of each, and what running tables need of them. */
export type Look = (rows: readonly ReceivedRow[]) => Promise<{
  readonly found: readonly Looked[];
  readonly running: readonly (readonly RunningRows[])[];
}>;

/** What the engine says of one row. */
export interface Looked extends Received {
  /** When its outcome arrives, milliseconds UTC; NaN where that is not said. */
  readonly arrived: number;
  /** It came when the boundary of its arrival had been computed. */
  readonly late: boolean;
}

function lookedOf(checks: readonly LiveCheck[], { rows, columns }: ReturnedColumns): Looked[] {
  const [targets, rules, arrivals, lates] = columns as readonly Float64Array[];
  return Array.from({ length: rows }, (_, row) => {
    const rule = checks[rules?.[row] ?? -1]?.rule ?? null;
    return {
      target: rule === null ? (targets?.[row] ?? Number.NaN) : Number.NaN,
      rule,
      arrived: arrivals?.[row] ?? Number.NaN,
      late: lates?.[row] === 1,
    };
  });
}

/** @param sql the statement over the new rows, or over those of a WHERE */
export async function openLook(
  session: TableSession,
  sql: (where: string) => string,
  checks: readonly LiveCheck[],
  tables: RunningTables,
): Promise<Look> {
  // Without parameters: the engine plans a statement with some anew each time, 2.3 ms instead of 0.9.
  const all = await session.prepare(sql(''));
  let running: (readonly RunningRows[])[] = [];
  const looked = (returned: ReturnedColumns): Looked[] => {
    if (tables.select.length > 0) running.push(tables.rowsOf(returned, LOOKED_COLUMNS));
    return lookedOf(checks, returned);
  };
  /** What became of rows of which some fail in the declared SQL: its halves are looked at. */
  const lookAtHalves = async (
    rows: readonly ReceivedRow[],
    from: number,
    error: unknown,
  ): Promise<Looked[]> => {
    if (!(error instanceof TendError) || error.code !== 'SOURCE_UNREADABLE') throw error;
    if (rows.length === 1) {
      await session.run(`DELETE FROM ${NEW_ROWS} WHERE tend_seq = ${from}`);
      const { message } = error;
      return [{ target: Number.NaN, rule: UNCOMPUTABLE, error: message, arrived: Number.NaN, late: false }];
    }
    const half = rows.length >>> 1;
    const before = await lookAt(rows.slice(0, half), from);
    return [...before, ...(await lookAt(rows.slice(half), from + half))];
  };
  const lookAt = async (rows: readonly ReceivedRow[], from: number): Promise<Looked[]> => {
    const stretch = `WHERE tend_seq BETWEEN ${from} AND ${from + rows.length - 1}`;
    try {
      const statement = await session.prepare(sql(stretch));
      return looked(await statement.columns({}));
    } catch (error) {
      return lookAtHalves(rows, from, error);
    }
  };
  return async (rows) => {
    running = [];
    try {
      return { found: looked(await all.columns({})), running };
    } catch (error) {
      return { found: await lookAtHalves(rows, 0, error), running };
    }
  };
}

/** Columns of what is looked at, before those of the running tables. */
const LOOKED_COLUMNS = 4;

/** A row that came late is known from just after its receipt on. */
export const KNOWN_AFTER_MS = 1;

/** The statements over the new rows, or some of them. */
export async function intakeSql(
  session: TableSession,
  { raw, rowType }: ArrivedRows,
  tables: RunningTables,
  features: CompiledFeatures,
  checks: readonly LiveCheck[],
): Promise<{ readonly look: (where: string) => string; readonly taken: string }> {
  const named = raw.map(({ name, engineType }) => `${typedValue(name, engineType)} AS ${sqlName(name)}`);
  const part = (
    where: string,
  ): string => `SELECT tend_seq, "${ROW_COLUMN}"::${rowType} AS "${ROW_COLUMN}", ${named.join(', ')},
      ${moment('tend_at')} AS ${KNOWN_COLUMN}
    FROM ${NEW_ROWS} ${where}`;
  const broken = checks.map(({ fails }, place) => `WHEN coalesce((${fails}), false) THEN ${place}`);
  const rule = broken.length === 0 ? 'NULL' : `CASE ${broken.join(' ')} END`;
  const outcomes = await withOutcome(
    session,
    features.source,
    `(SELECT *, ${rule} AS tend_rule FROM part)`,
    features.outcomeSql,
  );
  const late = features.available === null ? 'false' : `${KNOWN_COLUMN} >= ${sqlName(features.available)}`;
  const known = `CASE WHEN ${late} THEN ${KNOWN_COLUMN} + INTERVAL ${KNOWN_AFTER_MS} millisecond END`;
  const rows = `(SELECT * REPLACE (${known} AS ${KNOWN_COLUMN}) FROM ${outcomes})`;
  const arrived = arrivedAt(features.available);
  const arrivedMs = arrived === null ? 'NULL' : `epoch_us(${arrived}) / 1000.0`;
  const ofKept = (value: string): string => `CASE WHEN tend_rule IS NULL THEN ${value} END::DOUBLE`;
  // A row that is set aside arrives in no table.
  const running = tables.select
    .map((value, place) => (place === 0 ? `, ${ofKept(value)}` : `, ${value}`))
    .join('');
  return {
    // The hash is of every column, so that one which fails does so here, where its row is told apart.
    look: (where) => `WITH part AS (${part(where)})
      SELECT ${ofKept(sqlName(features.target))}, CASE WHEN hash(o) IS NOT NULL THEN tend_rule::DOUBLE END,
        ${ofKept(arrivedMs)}, ${ofKept(`${KNOWN_COLUMN} IS NOT NULL`)}${running}
      FROM ${rows} o ORDER BY tend_seq`,
    taken: `WITH part AS (${part('')})
      SELECT * EXCLUDE (tend_seq, tend_rule), ${arrived ?? 'NULL::TIMESTAMP'} AS ${ARRIVED_COLUMN}
      FROM ${rows} WHERE tend_rule IS NULL`,
  };
}
