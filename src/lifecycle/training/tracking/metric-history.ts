import { readRows } from '../../../store/sql-text.ts';
import type { MetricPoint } from './run.ts';
import type { TrackingContext } from './tracking-context.ts';

type Reader = Pick<TrackingContext, 'db'>;

/** Where a page ended: the last point of it, in the order of time, step, value. */
export interface HistoryCursor {
  readonly at: number;
  readonly step: number;
  readonly value: number;
  readonly nan: number;
}

/** The row of a point. */
interface PointRow {
  readonly at: number;
  readonly step: number;
  readonly value: number;
  readonly nan: number;
}

/** Points of one metric in the order of time, step, value: `limit` of them, all without one. */
export async function historyPage(
  { db }: Reader,
  ask: {
    readonly runId: string;
    readonly key: string;
    readonly limit?: number;
    readonly after?: HistoryCursor;
  },
): Promise<{ readonly points: readonly MetricPoint[]; readonly next?: HistoryCursor }> {
  const { runId, key, limit, after } = ask;
  const values: (string | number)[] = [runId, key];
  let sql = 'select at, step, value, nan from run_metric where run_id = ? and key = ?';
  if (after !== undefined) {
    sql += ' and (at, step, value, nan) > (?, ?, ?, ?)';
    values.push(after.at, after.step, after.value, after.nan);
  }
  sql += ' order by at, step, value, nan';
  if (limit !== undefined) {
    sql += ' limit ?';
    values.push(limit + 1);
  }
  const rows = await readRows<PointRow>(db, sql, values);
  const page = limit === undefined ? rows : rows.slice(0, limit);
  const last = page.at(-1);
  const points = page.map((row) => pointOf(key, row));
  return rows.length > page.length && last !== undefined ? { points, next: last } : { points };
}

/** Points of a metric at these steps. */
export async function historyAt(
  { db }: Reader,
  runId: string,
  key: string,
  steps: readonly number[],
): Promise<readonly MetricPoint[]> {
  if (steps.length === 0) return [];
  const sql =
    'select at, step, value, nan from run_metric where run_id = ? and key = ? ' +
    `and step in (${steps.map(() => '?').join(', ')}) order by step, at, value`;
  return (await readRows<PointRow>(db, sql, [runId, key, ...steps])).map((row) => pointOf(key, row));
}

/** Steps that a metric has in these runs, in order, from `first` to `last`. */
export async function historySteps(
  { db }: Reader,
  runIds: readonly string[],
  key: string,
  first: number,
  last: number,
): Promise<readonly number[]> {
  const sql =
    `select distinct step from run_metric where run_id in (${runIds.map(() => '?').join(', ')}) ` +
    'and key = ? and step between ? and ? order by step';
  const rows = await readRows<{ step: number }>(db, sql, [...runIds, key, first, last]);
  return rows.map((row) => row.step);
}

/** Smallest, largest and last value of a stretch of steps. */
export interface HistoryBucket {
  readonly firstStep: number;
  readonly lastStep: number;
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly last: number | null;
}

/** A history of any length as at most `buckets` stretches of equally many steps, computed by the database. */
export async function historyBuckets(
  { db }: Reader,
  runId: string,
  key: string,
  buckets: number,
): Promise<readonly HistoryBucket[]> {
  const bounds = await readRows<{ low: number | null; high: number | null }>(
    db,
    'select min(step) as low, max(step) as high from run_metric where run_id = ? and key = ?',
    [runId, key],
  );
  const { low = null, high = null } = bounds[0] ?? {};
  if (low === null || high === null) return [];
  const width = Math.floor((high - low) / buckets) + 1;
  const sql =
    `select (step - (${low})) / ${width} as bucket, min(step) as first_step, max(step) as last_step, ` +
    'count(*) as count, min(case when nan = 0 then value end) as low, ' +
    'max(case when nan = 0 then value end) as high ' +
    'from run_metric where run_id = ? and key = ? group by 1 order by 1';
  const rows = await readRows<{
    first_step: number;
    last_step: number;
    count: number;
    low: number | null;
    high: number | null;
  }>(db, sql, [runId, key]);
  const ends = await historyAt(
    { db },
    runId,
    key,
    rows.map((row) => row.last_step),
  );
  const lastAt = new Map(ends.map((point) => [point.step, point.value]));
  return rows.map((row) => {
    const last = lastAt.get(row.last_step);
    return {
      firstStep: row.first_step,
      lastStep: row.last_step,
      count: row.count,
      min: row.low,
      max: row.high,
      last: last === undefined || Number.isNaN(last) ? null : last,
    };
  });
}

function pointOf(key: string, { at, step, value, nan }: PointRow): MetricPoint {
  return { key, value: nan === 1 ? Number.NaN : value, at, step };
}
