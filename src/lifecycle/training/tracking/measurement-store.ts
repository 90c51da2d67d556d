import type { Statement } from '../../../store/database.ts';
import { insertRows, sqlText } from '../../../store/sql-text.ts';
import type { MetricPoint, RunInfo } from './run.ts';
import type { KeyValue } from './tracking-context.ts';

type RunKey = Pick<RunInfo, 'id' | 'experimentId'>;

/** Holds while a run may be written to: a unit with it writes nothing to a run that was deleted meanwhile. */
export function activeRun(id: string): Statement {
  const sql =
    'select 1 as found from run r join experiment e on e.id = r.experiment_id ' +
    'where r.id = ? and r.deleted_at is null and e.deleted_at is null';
  return { query: sqlText(sql, [id]), expect: 1 };
}

/** ±1.797e308: both databases order it, and JSON can spell it. */
const LARGEST = Number.MAX_VALUE;

/** A value as it is kept: the infinities as the largest doubles, as MLflow has it; NaN apart. */
export function storedValue(value: number): { readonly value: number; readonly nan: 0 | 1 } {
  if (Number.isNaN(value)) return { value: 0, nan: 1 };
  return { value: Math.min(LARGEST, Math.max(-LARGEST, value)), nan: 0 };
}

interface Extremes {
  readonly latest: MetricPoint;
  readonly min: number | null;
  readonly max: number | null;
}

/** Points of metrics, each once however often it comes, and what the newest and the extremes are then. */
export function metricStatements(run: RunKey, points: readonly MetricPoint[]): Statement[] {
  const rows = points.map((point) => {
    const { value, nan } = storedValue(point.value);
    return [run.id, point.key, point.at, point.step, value, nan];
  });
  const latest = [...latestOf(points)].map(([key, { latest: point, min, max }]) => {
    const { value, nan } = storedValue(point.value);
    return [run.id, key, run.experimentId, point.at, point.step, value, nan, min, max];
  });
  return [
    ...insertRows(
      rows,
      (values) =>
        `insert into run_metric (run_id, key, at, step, value, nan) values ${values} on conflict do nothing`,
    ).map(({ query }) => ({ query })),
    ...insertRows(latest, latestSql).map(({ query }) => ({ query })),
  ];
}

/** Keeps the newest by step, then time, then value, whichever order the points come in. */
function latestSql(values: string): string {
  const newer =
    '(excluded.step, excluded.at, excluded.value) > (run_latest.step, run_latest.at, run_latest.value)';
  const keep = (column: string): string =>
    `${column} = case when ${newer} then excluded.${column} else run_latest.${column} end`;
  const extreme = (column: string, sign: '<' | '>'): string =>
    `${column} = case when run_latest.${column} is null or excluded.${column} ${sign} run_latest.${column} ` +
    `then excluded.${column} else run_latest.${column} end`;
  const sets = [...['at', 'step', 'value', 'nan'].map(keep), extreme('min', '<'), extreme('max', '>')];
  return (
    'insert into run_latest (run_id, key, experiment_id, at, step, value, nan, min, max) ' +
    `values ${values} on conflict (run_id, key) do update set ${sets.join(', ')}`
  );
}

function latestOf(points: readonly MetricPoint[]): ReadonlyMap<string, Extremes> {
  const found = new Map<string, Extremes>();
  for (const point of points) {
    const known = found.get(point.key);
    const { value, nan } = storedValue(point.value);
    const own = nan === 1 ? null : value;
    if (known === undefined) found.set(point.key, { latest: point, min: own, max: own });
    else
      found.set(point.key, {
        latest: isNewer(point, known.latest) ? point : known.latest,
        min: own === null || (known.min !== null && known.min <= own) ? known.min : own,
        max: own === null || (known.max !== null && known.max >= own) ? known.max : own,
      });
  }
  return found;
}

function isNewer(a: MetricPoint, b: MetricPoint): boolean {
  if (a.step !== b.step) return a.step > b.step;
  if (a.at !== b.at) return a.at > b.at;
  return storedValue(a.value).value > storedValue(b.value).value;
}

/**
 * Parameters. One that is there with the same value changes nothing; with another one it is not counted, so
 * that the unit is refused.
 */
export function paramStatements(run: RunKey, params: readonly KeyValue[]): Statement[] {
  const rows = params.map(({ key, value }) => [run.id, key, run.experimentId, value]);
  return insertRows(
    rows,
    (values) =>
      `insert into run_param (run_id, key, experiment_id, value) values ${values} ` +
      'on conflict (run_id, key) do update set value = excluded.value where run_param.value = excluded.value',
  ).map(({ query, rows: expect }) => ({ query, expect }));
}

/** Tags; the last value counts. */
export function tagStatements(run: RunKey, tags: readonly KeyValue[]): Statement[] {
  const rows = tags.map(({ key, value }) => [run.id, key, run.experimentId, value]);
  return insertRows(
    rows,
    (values) =>
      `insert into run_tag (run_id, key, experiment_id, value) values ${values} ` +
      'on conflict (run_id, key) do update set value = excluded.value',
  ).map(({ query }) => ({ query }));
}
