import { TendError } from '../../kernel/error.ts';
import { sqlName, sqlText } from '../../table/sql-name.ts';
import { type AppendedColumn, appendColumns } from '../../table/append-columns.ts';
import { parquetRelation, type TableSession } from '../../table/tables.ts';
import type { StageScope } from '../stage-scope.ts';
import { type ArrivedRows, type EngineColumn, openArrivedRows } from './arrived-rows.ts';
import { acceptedPartitions } from './dataset.ts';
import type { CompiledFeatures } from './feature-definition.ts';
import { storeRows } from './ingest-partition.ts';
import { type LiveCheck, liveChecks } from './live-checks.ts';
import { openBoundaries, type SealedHistory } from './live-boundaries.ts';
import { RECEIVED_COLUMN, UNCOMPUTABLE } from './received-rows.ts';
import { KNOWN_COLUMN, ROW_COLUMN } from './source-reader.ts';
import type { DataSpec } from './spec.ts';
import type { DataOutputs } from './stage.ts';
import { withOutcome } from './table-query.ts';

/** What the live tables need of the machine. */
export type LiveScope = Pick<StageScope, 'db' | 'tables' | 'blobs' | 'stateDir' | 'random' | 'project'>;

/** One received outcome with the prediction that it belongs to. Times are milliseconds UTC. */
export interface ReceivedRow {
  readonly prediction: string;
  readonly key: string | number | null;
  /** Event time of the prediction. */
  readonly t: number;
  /** Project clock when the outcome was received. */
  readonly receivedAt: number;
  readonly release: string;
  readonly version: string;
  readonly score: number | null;
  /** The model's inputs as JSON. */
  readonly features: string;
  /** The outcome as it was sent, JSON: what the raw columns made of it may be less. */
  readonly outcome: string;
  /** Position in the dataset. */
  readonly row: number;
  /** The raw columns of the source but the position, in its order; times as milliseconds. */
  readonly values: readonly (number | string | boolean | null)[];
}

/** What became of a received row: its target (NaN: none), or the rule that set it aside. */
export interface Received {
  readonly target: number;
  readonly rule: string | null;
  /** What the engine said of a row that the declared SQL cannot take. */
  readonly error?: string;
}

/** A stretch of what was sealed. */
export interface SealedRows {
  readonly blob: string;
  readonly rows: number;
}

/**
 * The feature tables of a project while it lives: received rows go through the contract's rules on rows and
 * become part of what the tables are computed from at the next boundary. One session, one caller at a time.
 */
export interface LiveTables extends AsyncDisposable {
  /**
   * Takes in received rows, all or none; answers row by row. A row at which the declared SQL fails is set
   * aside alone, as `UNCOMPUTABLE`.
   */
  readonly add: (rows: readonly ReceivedRow[]) => Promise<readonly Received[]>;
  /** Computes each table whose boundary this is, keeps it and publishes it. */
  readonly boundary: (at: number) => Promise<void>;
  /** Puts received rows since the last seal into one Parquet blob; undefined when there are none. */
  readonly sealRows: () => Promise<SealedRows | undefined>;
  /** Puts boundaries since the last seal into Parquet blobs. */
  readonly sealHistories: () => Promise<readonly SealedHistory[]>;
  /** Forgets what was sealed, once the records of it are on disk. */
  readonly sealed: (at: number) => Promise<void>;
  /** Smallest refresh interval, milliseconds. */
  readonly stepMs: number;
  /** The boundary after a moment: of a table, or the hour. */
  readonly next: (at: number) => number;
}

/** Where the tables of a project start from. */
export interface LiveTablesInput {
  readonly data: DataOutputs;
  readonly spec: DataSpec;
  /** Sealed outcomes (blobs, oldest first). */
  readonly received: readonly string[];
  /** Project clock: rows that no boundary from here on reads are not loaded. */
  readonly at: number;
  /** Folder of published tables. */
  readonly featureDir: string;
}

/** Opens the live tables: loads accepted rows, computes nothing yet. */
export async function openLiveTables(scope: LiveScope, input: LiveTablesInput): Promise<LiveTables> {
  const session = await scope.tables.session();
  try {
    const { features } = input.data;
    const arrived = await openArrivedRows(session, features, startRelation(scope, input), input.at);
    await createReceived(session, arrived);
    const boundaries = await openBoundaries(scope, session, arrived, input);
    const receive = await receiver(session, arrived, features, liveChecks(scope, input));
    let kept = 0;
    return {
      stepMs: boundaries.stepMs,
      next: boundaries.next,
      add: async (rows) => {
        const received = await receive(rows);
        kept += rows.length;
        return received;
      },
      boundary: boundaries.compute,
      sealRows: async () => {
        if (kept === 0) return undefined;
        const blob = await storeRows(
          scope,
          session,
          `SELECT * EXCLUDE (tend_seq) FROM ${RECEIVED} ORDER BY tend_seq`,
        );
        return { blob, rows: kept };
      },
      sealHistories: boundaries.seal,
      sealed: async (at) => {
        kept = 0;
        await createReceived(session, arrived);
        await arrived.prune(at);
        await boundaries.reset();
      },
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

/** Accepted rows of the declared source and of what was received, with `row` and `tend_known`. */
function startRelation(scope: LiveScope, { data, received }: LiveTablesInput): string {
  const version = data.versions[data.features.source];
  if (version === undefined) throw new TendError('INTERNAL', `no version of ${data.features.source}`);
  const names = [...version.columns.map(({ name }) => name), KNOWN_COLUMN].map(sqlName).join(', ');
  const files = acceptedPartitions(version.partitions).filter((partition) => !partition.received);
  const declared = parquetRelation(files.map(({ blob }) => scope.blobs.path(blob)));
  if (received.length === 0) return `(SELECT ${names} FROM ${declared})`;
  const logs = parquetRelation(received.map((hash) => scope.blobs.path(hash)));
  return `(SELECT ${names} FROM ${declared} UNION ALL SELECT ${names} FROM ${logs} WHERE tend_rule IS NULL)`;
}

/** Rows received since the last seal, those set aside too. */
const RECEIVED = 'tend_received_rows';

async function createReceived(session: TableSession, { raw, rowType }: ArrivedRows): Promise<void> {
  const columns = raw.map(({ name, engineType }) => `${sqlName(name)} ${engineType}`).join(', ');
  await session.run(
    `CREATE OR REPLACE TABLE ${RECEIVED} (tend_seq BIGINT, tend_prediction VARCHAR, tend_key VARCHAR,
       tend_t TIMESTAMP, ${RECEIVED_COLUMN} TIMESTAMP, tend_release VARCHAR, tend_version VARCHAR,
       tend_score DOUBLE, tend_features VARCHAR, tend_outcome VARCHAR, tend_target DOUBLE, tend_rule VARCHAR,
       "${ROW_COLUMN}" ${rowType}, ${columns}, ${KNOWN_COLUMN} TIMESTAMP)`,
  );
}

/** Takes rows in: typed, checked, with their outcome columns, kept for the seal and for the tables. */
async function receiver(
  session: TableSession,
  arrived: ArrivedRows,
  features: CompiledFeatures,
  checks: readonly LiveCheck[],
): Promise<(rows: readonly ReceivedRow[]) => Promise<Received[]>> {
  const { raw } = arrived;
  const sql = await receivingSql(session, arrived, features, checks);
  let sequence = 0;
  const texts = raw.flatMap(({ name, engineType }, place) =>
    engineType === 'VARCHAR' ? [[name, place] as const] : [],
  );
  /** Stages rows and computes what they mean; a failure here is the rows' own. */
  const compute = async (rows: readonly ReceivedRow[]): Promise<void> => {
    await appendColumns(session, 'tend_staged', stagedColumns(raw, rows, sequence));
    await session.run(sql.part);
    await session.run(sql.batch);
  };
  /** Rows at which the declared SQL fails, by their place. */
  const failures = async (rows: readonly ReceivedRow[], first: number): Promise<Map<number, string>> => {
    try {
      await compute(rows);
      return new Map();
    } catch (error) {
      if (!(error instanceof TendError) || error.code !== 'SOURCE_UNREADABLE') throw error;
      if (rows.length === 1) return new Map([[first, error.message]]);
      const half = rows.length >>> 1;
      const before = await failures(rows.slice(0, half), first);
      return new Map([...before, ...(await failures(rows.slice(half), first + half))]);
    }
  };
  return async (rows) => {
    if (rows.length === 0) return [];
    await arrived.learn(new Map(texts.map(([name, place]) => [name, textsAt(rows, place)])));
    const failing = await failures(rows, 0);
    const refused = rows.filter((_row, place) => failing.has(place));
    if (refused.length > 0) await compute(rows.filter((_row, place) => !failing.has(place)));
    const answered = await session.rows(sql.answer);
    await session.run('BEGIN TRANSACTION');
    try {
      await session.run(sql.keep);
      await arrived.insert(
        '(SELECT * EXCLUDE (tend_seq, tend_rule, tend_target) FROM tend_batch WHERE tend_rule IS NULL)',
      );
      if (refused.length > 0) {
        await appendColumns(session, 'tend_staged', stagedColumns(raw, refused, sequence + rows.length));
        await session.run(sql.refuse);
      }
      await session.run('COMMIT');
    } catch (error) {
      await session.run('ROLLBACK');
      throw error;
    }
    sequence += rows.length + refused.length;
    let next = 0;
    return rows.map((_row, place): Received => {
      const error = failing.get(place);
      if (error !== undefined) return { target: Number.NaN, rule: UNCOMPUTABLE, error };
      const { target, rule } = answered[next++] as (typeof answered)[number];
      return {
        target: rule === null && typeof target === 'number' ? target : Number.NaN,
        rule: rule === null ? null : String(rule),
      };
    });
  };
}

/** The statements by which staged rows are taken in. */
async function receivingSql(
  session: TableSession,
  { raw, rowType }: ArrivedRows,
  features: CompiledFeatures,
  checks: readonly LiveCheck[],
) {
  const typed = raw.map(({ name, engineType }) => typedValue(name, engineType));
  const named = raw.map(({ name }, place) => `${typed[place]} AS ${sqlName(name)}`).join(', ');
  const rule = checks.length === 0 ? 'NULL' : `CASE ${checks.map(whenBroken).join(' ')} END`;
  const outcomes = await withOutcome(
    session,
    features.source,
    `(SELECT *, ${rule} AS tend_rule FROM part)`,
    features.outcomeSql,
  );
  const target = `${sqlName(features.target)}::DOUBLE`;
  // Received when the boundary of its arrival had been computed already: known from just after its receipt
  // on.
  const late = features.available === null ? 'false' : `${KNOWN_COLUMN} >= ${sqlName(features.available)}`;
  const known = `CASE WHEN ${late} THEN ${KNOWN_COLUMN} + INTERVAL 1 millisecond END AS ${KNOWN_COLUMN}`;
  const staged = `s.tend_seq::BIGINT, s.tend_prediction, s.tend_key, ${moment('s.tend_t')},
    ${moment(`s.${RECEIVED_COLUMN}`)}, s.tend_release, s.tend_version, s.tend_score,
    s.tend_features, s.tend_outcome`;
  const rawNames = raw.map(({ name }) => `b.${sqlName(name)}`).join(', ');
  const tried = typed.map((value) => `TRY(${value})`).join(', ');
  return {
    part: `CREATE OR REPLACE TEMP TABLE part AS
      SELECT tend_seq, "${ROW_COLUMN}"::${rowType} AS "${ROW_COLUMN}", ${named},
        ${moment(RECEIVED_COLUMN)} AS ${KNOWN_COLUMN} FROM tend_staged`,
    batch: `CREATE OR REPLACE TEMP TABLE tend_batch AS
      SELECT * REPLACE (${known}), CASE WHEN tend_rule IS NULL THEN ${target} END AS tend_target
      FROM ${outcomes}`,
    keep: `INSERT INTO ${RECEIVED}
      SELECT ${staged}, b.tend_target, b.tend_rule, b."${ROW_COLUMN}", ${rawNames}, b.${KNOWN_COLUMN}
      FROM tend_staged s JOIN tend_batch b USING (tend_seq) ORDER BY s.tend_seq`,
    answer: 'SELECT tend_target AS target, tend_rule AS rule FROM tend_batch ORDER BY tend_seq',
    refuse: `INSERT INTO ${RECEIVED}
      SELECT ${staged}, NULL, ${sqlText(UNCOMPUTABLE)}, s."${ROW_COLUMN}"::${rowType}, ${tried}, NULL
      FROM tend_staged s`,
  };
}

function whenBroken({ fails, rule }: LiveCheck): string {
  return `WHEN coalesce((${fails}), false) THEN ${sqlText(rule)}`;
}

/** Engine types whose values come as numbers: moments as milliseconds, true and false as 1 and 0. */
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL|BOOLEAN|DATE|TIMESTAMP)/;

function moment(column: string): string {
  return `make_timestamp((${column} * 1000)::BIGINT)`;
}

function typedValue(name: string, engineType: string): string {
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

function stagedColumns(
  raw: readonly EngineColumn[],
  rows: readonly ReceivedRow[],
  sequence: number,
): AppendedColumn[] {
  const text = (name: string, of: (row: ReceivedRow) => string | null): AppendedColumn => ({
    name,
    kind: 'text',
    values: rows.map(of),
  });
  const number = (name: string, of: (row: ReceivedRow, i: number) => number | null): AppendedColumn => ({
    name,
    kind: 'number',
    values: rows.map(of),
  });
  return [
    number('tend_seq', (_row, i) => sequence + i),
    text('tend_prediction', (row) => row.prediction),
    text('tend_key', (row) => (row.key === null ? null : String(row.key))),
    number('tend_t', (row) => row.t),
    number(RECEIVED_COLUMN, (row) => row.receivedAt),
    text('tend_release', (row) => row.release),
    text('tend_version', (row) => row.version),
    number('tend_score', (row) => row.score),
    text('tend_features', (row) => row.features),
    text('tend_outcome', (row) => row.outcome),
    number(ROW_COLUMN, (row) => row.row),
    ...raw.map(
      ({ name, engineType }, place): AppendedColumn => ({
        name,
        kind: NUMERIC.test(engineType) ? 'number' : 'text',
        values: rows.map(({ values }) => values[place] ?? null),
      }),
    ),
  ];
}
