import { TendError } from '../../kernel/error.ts';
import { asJson } from '../../kernel/json.ts';
import { sqlName, sqlTime } from '../../table/sql-name.ts';
import type { TableColumn } from '../../table/table-schema.ts';
import type { TableSession } from '../../table/tables.ts';
import { type Evidenced, evidencedStep, type StageScope } from '../stage-scope.ts';
import { type DatasetVersion, versionRelation } from './dataset.ts';
import type { CompiledFeatures } from './feature-definition.ts';
import { storeRows } from './ingest-partition.ts';
import type { FeaturesSpec } from './spec.ts';
import { ARRIVED_COLUMN, arrivedAt } from './arrived-at.ts';
import { runningHistories } from './running/running-histories.ts';
import { refreshOf } from './running/running-tables.ts';
import { ARRIVED_ROWS, atMoment, type TableQuery, withOutcome } from './table-query.ts';

/** Rows of a history while it is computed; no declared SELECT can refer to the name. */
const HISTORY = 'tend_history';

/** The column that says for which moment a row of a feature table was computed. */
export const MOMENT_COLUMN = 'tend_at';

/** A feature table at every refresh boundary of a stretch of the project clock, as Parquet blobs. */
export interface TableHistory {
  readonly table: string;
  readonly refreshMs: number;
  /** First and last boundary, milliseconds UTC, both included. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Stretches without a gap, oldest first. */
  readonly parts: readonly HistoryPart[];
}

/** One stretch of a history, its rows in the order of moment and key. */
export interface HistoryPart {
  readonly blob: string;
  readonly from: number;
  readonly to: number;
}

/** The refresh boundary at or before a moment: what training and serving both read at that moment. */
export function boundaryAt(ms: number, refreshMs: number): number {
  return Math.floor(ms / refreshMs) * refreshMs;
}

/**
 * Computes the feature tables at each of their boundaries from `from` to the project clock, in one durable
 * step. Every boundary is the declared SELECT over the rows that had arrived by then and no others: kept up
 * to date row by row where it can be, else run anew; the rows lie in order of arrival, so a SELECT that looks
 * back a week reads a week (about 4 ms for 115,000 rows).
 */
export function tableHistories(
  scope: StageScope,
  features: CompiledFeatures,
  spec: FeaturesSpec,
  version: DatasetVersion,
  span: { readonly from: number; readonly to: number },
): Promise<Evidenced<readonly TableHistory[]>> {
  return evidencedStep<readonly TableHistory[]>(scope, 'data', 'feature-tables', async () => {
    const running = await runningHistories(scope, features, spec, version, span);
    const others = await Promise.all(
      features.tables
        .filter(({ name }) => !running.some(({ table }) => table === name))
        .map(async (table) => {
          const refreshMs = refreshOf(table, { features: spec });
          await using session = await scope.tables.session();
          await arrivedRows(scope, session, features, version, table, span.to);
          return await computeHistory(scope, session, features, table, { ...span, refreshMs });
        }),
    );
    const all = [...running, ...others];
    const histories = features.tables.flatMap(({ name }) => all.filter(({ table }) => table === name));
    return {
      result: histories,
      evidence: histories.map((history) => ({
        kind: 'feature-table',
        subject: history.parts[0]?.blob ?? '',
        verdict: 'info' as const,
        title: historyTitle(history),
        body: {
          ...asJson(history),
          columns: features.tables.find((t) => t.name === history.table)?.columns ?? [],
        },
      })),
    };
  });
}

function historyTitle({ table, rows, from, to, refreshMs }: TableHistory): string {
  const boundaries = Math.floor((to - from) / refreshMs) + 1;
  return `${table}: ${rows.toLocaleString('en')} rows at ${boundaries.toLocaleString('en')} boundaries`;
}

/** Makes the table of raw rows with outcome columns that had arrived by `to`, in order of arrival. */
async function arrivedRows(
  scope: StageScope,
  session: TableSession,
  features: CompiledFeatures,
  version: DatasetVersion,
  table: TableQuery,
  to: number,
): Promise<void> {
  const accepted = versionRelation(scope, version.partitions) ?? '(SELECT 1 LIMIT 0)';
  const rows = await withOutcome(session, features.source, accepted, features.outcomeSql);
  const { available } = features;
  const arrived = arrivedAt(available);
  const known =
    arrived === null ? '' : `WHERE ${arrived} <= ${sqlTime(to)} ORDER BY ${ARRIVED_COLUMN}, "row"`;
  const keys = await codedKeys(session, rows, version.columns, table.key);
  await session.run(
    `CREATE TABLE ${ARRIVED_ROWS} AS
     SELECT * ${keys}${arrived === null ? '' : `, ${arrived} AS ${ARRIVED_COLUMN}`} FROM ${rows} ${known}`,
  );
}

/**
 * Distinct texts of a key that are coded at most; beyond it making the dictionary costs more than it saves.
 */
const CODED_LEVELS_MAX = 65_536;

/**
 * `REPLACE` clause that lays the text columns of a key down as dictionary codes: grouping by them takes
 * half the time (2.4 instead of 4.2 ms for a week of one key, 3.5 instead of 7.4 ms for two), and they
 * compare as their texts.
 */
async function codedKeys(
  session: TableSession,
  rows: string,
  columns: readonly TableColumn[],
  key: readonly string[],
): Promise<string> {
  const coded: string[] = [];
  for (const [index, name] of key.entries()) {
    if (columns.find((column) => column.name === name)?.type !== 'string') continue;
    const quoted = sqlName(name);
    const levels = `SELECT DISTINCT ${quoted}::VARCHAR AS level FROM ${rows} WHERE ${quoted} IS NOT NULL`;
    const [count] = await session.rows(`SELECT count(*) AS n FROM (${levels})`);
    const n = Number(count?.n);
    if (n === 0 || n > CODED_LEVELS_MAX) continue;
    await session.run(`CREATE TYPE tend_key_${index} AS ENUM (${levels} ORDER BY 1)`);
    coded.push(`${quoted}::VARCHAR::tend_key_${index} AS ${quoted}`);
  }
  return coded.length === 0 ? '' : `REPLACE (${coded.join(', ')})`;
}

/** The rows of a table at `$at` over the table of arrived rows: moment, key, values. */
export function momentQuery(features: CompiledFeatures, table: TableQuery): string {
  const arrived = features.available === null ? null : ARRIVED_COLUMN;
  const select = atMoment(features.source, table.sql, ARRIVED_ROWS, arrived);
  const names = [...table.key, ...table.columns].map(sqlName).join(', ');
  // A missing key is found by no request.
  const known = table.key.map((name) => `${sqlName(name)} IS NOT NULL`).join(' AND ');
  return `SELECT $at::TIMESTAMP AS ${MOMENT_COLUMN}, ${names} FROM (${select}) WHERE ${known}`;
}

async function computeHistory(
  scope: StageScope,
  session: TableSession,
  features: CompiledFeatures,
  table: TableQuery,
  span: { readonly from: number; readonly to: number; readonly refreshMs: number },
): Promise<TableHistory> {
  const { refreshMs } = span;
  const first = boundaryAt(span.from, refreshMs);
  const last = boundaryAt(span.to, refreshMs);
  const query = momentQuery(features, table);
  await runAt(session, table, [first], `CREATE OR REPLACE TEMP TABLE ${HISTORY} AS ${query}`);
  await runAt(session, table, moments(), `INSERT INTO ${HISTORY} ${query}`);
  await assertOneRowForEachKey(session, table);
  const [count] = await session.rows(`SELECT count(*) AS n FROM ${HISTORY}`);
  const order = [MOMENT_COLUMN, ...table.key].map(sqlName).join(', ');
  const blob = await storeRows(scope, session, `SELECT * FROM ${HISTORY} ORDER BY ${order}`);
  const rows = Number(count?.n);
  const parts = [{ blob, from: first, to: last }];
  return { table: table.name, refreshMs, from: first, to: last, rows, parts };

  function* moments(): Generator<number> {
    for (let at = first + refreshMs; at <= last; at += refreshMs) {
      scope.workflow.signal.throwIfAborted();
      yield at;
      scope.workflow.report({
        text: `data: feature table ${table.name}`,
        share: (at - first) / (last - first),
      });
    }
  }
}

/**
 * Runs a statement at moments, its parameter `$at`. @throws DATA_REFUSED when the declared SQL fails on
 * these rows.
 */
async function runAt(
  session: TableSession,
  table: TableQuery,
  moments: Iterable<number>,
  sql: string,
): Promise<void> {
  const statement = await session.connection.prepare(sql);
  for (const at of moments) {
    const moment = new Date(at).toISOString();
    statement.bind({ at: moment.replace('T', ' ').replace('Z', '') });
    try {
      await statement.run();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message.split('\n\n')[0] : String(cause);
      throw new TendError('DATA_REFUSED', `feature table ${table.name}, at ${moment}: ${why}`, {
        hint: 'Correct the SQL of the table, or the rows that it cannot take.',
        cause,
      });
    }
  }
  statement.destroySync();
}

async function assertOneRowForEachKey(session: TableSession, table: TableQuery): Promise<void> {
  const keys = table.key.map(sqlName).join(', ');
  const [twice] = await session.rows(
    `SELECT ${keys}, count(*) AS tend_count FROM ${HISTORY}
     GROUP BY ${MOMENT_COLUMN}, ${keys} HAVING count(*) > 1 LIMIT 1`,
  );
  if (twice === undefined) return;
  const shown = table.key.map((name) => `${name} ${String(twice[name])}`).join(', ');
  throw new TendError(
    'SPEC_INVALID',
    `feature table ${table.name}: ${twice.tend_count} rows at one moment for ${shown}`,
    {
      hint: `A feature table has one row for each key: GROUP BY ${table.key.join(', ')}.`,
    },
  );
}
