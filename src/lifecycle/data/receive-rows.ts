import { TendError } from '../../kernel/error.ts';
import { type AppendedColumn, appendRows } from '../../table/append-columns.ts';
import { sqlName } from '../../table/sql-name.ts';
import type { ReturnedColumns, TableSession } from '../../table/tables.ts';
import { ARRIVED_COLUMN, arrivedAt } from './arrived-at.ts';
import type { ArrivedRows, EngineColumn } from './arrived-rows.ts';
import type { CompiledFeatures } from './feature-definition.ts';
import type { LiveCheck } from './live-checks.ts';
import type { KeptRow, Received, ReceivedRow } from './received-row.ts';
import { UNCOMPUTABLE } from './received-rows.ts';
import { KNOWN_COLUMN, ROW_COLUMN } from './source-reader.ts';
import { withOutcome } from './table-query.ts';

/** Takes received rows in: typed, checked, with their outcome columns. */
export interface Intake {
  /** All or none; answers row by row. A row at which the declared SQL fails is set aside alone. */
  readonly add: (rows: readonly ReceivedRow[]) => Promise<readonly Received[]>;
  /** Lets what was taken in since the last call arrive, as far as it does by `at`. */
  readonly arrive: (at: number) => Promise<void>;
  /** Every row since the last reset, those set aside too, in the order of receipt. */
  readonly kept: () => readonly KeptRow[];
  /** Forgets the rows that were kept. */
  readonly reset: () => void;
}

/** Raw columns of the rows received last, as numbers and texts. */
const NEW_ROWS = 'tend_new_rows';

/** Opens the intake of the rows that `arrived` grows by. */
export async function openIntake(
  session: TableSession,
  arrived: ArrivedRows,
  features: CompiledFeatures,
  checks: readonly LiveCheck[],
): Promise<Intake> {
  const { raw } = arrived;
  const columns = raw.map(
    ({ name, engineType }) => `${sqlName(name)} ${isText(engineType) ? 'VARCHAR' : 'DOUBLE'}`,
  );
  await session.run(
    `CREATE TABLE ${NEW_ROWS} (tend_seq DOUBLE, tend_at DOUBLE, "${ROW_COLUMN}" DOUBLE, ${columns.join(', ')})`,
  );
  const sql = await intakeSql(session, arrived, features, checks);
  await arrived.follow(sql.taken);
  // Without parameters: the engine plans a statement with some anew each time, 2.3 ms instead of 0.9.
  const look = await session.prepare(sql.look(''));
  const clear = await session.prepare(`DELETE FROM ${NEW_ROWS}`);
  const texts = raw.flatMap(({ name, engineType }, place) =>
    engineType === 'VARCHAR' ? [[name, place] as const] : [],
  );
  let kept: KeptRow[] = [];
  /** When the last of the rows that stand there arrives; undefined where none stands there. */
  let latest: number | undefined;

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
      const statement = await session.prepare(sql.look(stretch));
      return lookedOf(checks, await statement.columns({}));
    } catch (error) {
      return lookAtHalves(rows, from, error);
    }
  };
  const lookAtAll = async (rows: readonly ReceivedRow[]): Promise<Looked[]> => {
    try {
      return lookedOf(checks, await look.columns({}));
    } catch (error) {
      return lookAtHalves(rows, 0, error);
    }
  };

  return {
    add: async (rows) => {
      if (rows.length === 0) return [];
      await arrived.learn(new Map(texts.map(([name, place]) => [name, textsAt(rows, place)])));
      if (latest !== undefined) await arrived.defer();
      await clear.run({});
      latest = undefined;
      await appendRows(session, NEW_ROWS, newColumns(raw, rows));
      const looked = await lookAtAll(rows);
      latest = Number.NEGATIVE_INFINITY;
      return rows.map((row, i): Received => {
        const { target, rule, error, arrived: at, late } = looked[i] as Looked;
        if (rule === null) latest = Math.max(latest ?? at, Number.isNaN(at) ? -Infinity : at);
        const received = { target, rule, ...(error === undefined ? {} : { error }) };
        kept.push({ row, received, known: late ? row.receivedAt + KNOWN_AFTER_MS : null });
        return received;
      });
    },
    arrive: async (at) => {
      await arrived.arrive(at, latest);
      latest = undefined;
    },
    kept: () => kept,
    reset: () => {
      kept = [];
    },
  };
}

/** What the engine says of one row. */
interface Looked extends Received {
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

/** A row that came late is known from just after its receipt on. */
const KNOWN_AFTER_MS = 1;

/** The statements over the new rows, or some of them. */
async function intakeSql(
  session: TableSession,
  { raw, rowType }: ArrivedRows,
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
  return {
    // The hash is of every column, so that one which fails does so here, where its row is told apart.
    look: (where) => `WITH part AS (${part(where)})
      SELECT ${ofKept(sqlName(features.target))}, CASE WHEN hash(o) IS NOT NULL THEN tend_rule::DOUBLE END,
        ${ofKept(arrivedMs)}, ${ofKept(`${KNOWN_COLUMN} IS NOT NULL`)}
      FROM ${rows} o ORDER BY tend_seq`,
    taken: `WITH part AS (${part('')})
      SELECT * EXCLUDE (tend_seq, tend_rule), ${arrived ?? 'NULL::TIMESTAMP'} AS ${ARRIVED_COLUMN}
      FROM ${rows} WHERE tend_rule IS NULL`,
  };
}

/** Engine types whose values come as numbers: moments as milliseconds, true and false as 1 and 0. */
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL|BOOLEAN|DATE|TIMESTAMP)/;

function isText(engineType: string): boolean {
  return !NUMERIC.test(engineType);
}

/** SQL for a moment out of its milliseconds. */
export function moment(column: string): string {
  return `make_timestamp((${column} * 1000)::BIGINT)`;
}

/** SQL for a raw value out of the number or text that it came as. */
export function typedValue(name: string, engineType: string): string {
  return /^(TIMESTAMP|DATE)/.test(engineType)
    ? `${moment(sqlName(name))}::${engineType}`
    : `${sqlName(name)}::${engineType}`;
}

function* textsAt(rows: readonly ReceivedRow[], place: number): Generator<string> {
  for (const { values } of rows) {
    const value = values[place];
    if (typeof value === 'string') yield value.toWellFormed();
  }
}

function newColumns(raw: readonly EngineColumn[], rows: readonly ReceivedRow[]): AppendedColumn[] {
  return [
    { name: 'tend_seq', kind: 'number', values: rows.map((_row, i) => i) },
    { name: 'tend_at', kind: 'number', values: rows.map((row) => row.receivedAt) },
    { name: ROW_COLUMN, kind: 'number', values: rows.map((row) => row.row) },
    ...rawColumns(raw, rows),
  ];
}

/** The raw values of rows by column, as numbers and texts. */
export function rawColumns(raw: readonly EngineColumn[], rows: readonly ReceivedRow[]): AppendedColumn[] {
  return raw.map(({ name, engineType }, place) => ({
    name,
    kind: isText(engineType) ? 'text' : 'number',
    values: rows.map(({ values }) => values[place] ?? null),
  }));
}
