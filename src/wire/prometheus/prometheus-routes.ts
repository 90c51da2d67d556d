import type { Route } from '../../kernel/route.ts';
import type { Database } from '../../store/database.ts';
import { checkFailures } from './check-failures.ts';
import { metricFamily, metricsText } from './metrics-text.ts';
import { monitorFamilies } from './monitor-families.ts';

/** Bounds of the histogram of request times, seconds. */
const BUCKETS_S = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Different (method, path, status) kept at most; paths are those declared, so this is never reached in use.
 */
const SERIES_MAX = 5_000;

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly counts: number[];
  sumS: number;
}

/** `/metrics` of the control plane in Prometheus' text format 0.0.4, and the observer that feeds it. */
export function prometheusRoutes(options: { readonly db: Database; readonly version: string }): {
  readonly routes: readonly Route[];
  readonly observe: (request: { method: string; path: string; status: number; durationMs: number }) => void;
} {
  const series = new Map<string, Series>();
  const failures = checkFailures(options.db);
  const observe = ({
    method,
    path,
    status,
    durationMs,
  }: {
    method: string;
    path: string;
    status: number;
    durationMs: number;
  }): void => {
    const key = `${method} ${path} ${status}`;
    let one = series.get(key);
    if (one === undefined) {
      if (series.size >= SERIES_MAX) return;
      one = {
        labels: { method, path, status: String(status) },
        counts: BUCKETS_S.map(() => 0).concat(0),
        sumS: 0,
      };
      series.set(key, one);
    }
    const seconds = durationMs / 1000;
    const bucket = BUCKETS_S.findIndex((bound) => seconds <= bound);
    const at = bucket === -1 ? BUCKETS_S.length : bucket;
    one.counts[at] = (one.counts[at] ?? 0) + 1;
    one.sumS += seconds;
  };
  const route: Route = {
    method: 'GET',
    path: '/metrics',
    permission: 'server.read',
    bodyBytesMax: 1_024,
    handler: async () => ({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: metricsText([
        metricFamily('tend_build_info', 'gauge', 'Version of Tend', [
          { labels: { version: options.version }, value: 1 },
        ]),
        ...(await stateFamilies(options.db)),
        ...(await monitorFamilies(options.db)),
        await failures(),
        durationFamily([...series.values()]),
      ]),
    }),
  };
  return { routes: [route], observe };
}

async function stateFamilies(db: Database) {
  const executions = await db.query
    .selectFrom('execution')
    .select(['state', (select) => select.fn.countAll<number>().as('n')])
    .groupBy('state')
    .execute();
  const stages = await db.query.selectFrom('stage_result').select(['project', 'stage', 'verdict']).execute();
  return [
    metricFamily(
      'tend_executions',
      'gauge',
      'Executions by state',
      executions.map((row) => ({ labels: { state: row.state }, value: row.n })),
    ),
    metricFamily(
      'tend_stage_verdict',
      'gauge',
      'Present verdict of each stage: 1 for the one that holds',
      stages.map((row) => ({
        labels: { project: row.project, stage: row.stage, verdict: row.verdict },
        value: 1,
      })),
    ),
  ];
}

function durationFamily(series: readonly Series[]) {
  const samples = series.flatMap(({ labels, counts, sumS }) => {
    let total = 0;
    const buckets = counts.map((count, i) => {
      total += count;
      return { suffix: '_bucket', labels: { ...labels, le: String(BUCKETS_S[i] ?? '+Inf') }, value: total };
    });
    return [...buckets, { suffix: '_sum', labels, value: sumS }, { suffix: '_count', labels, value: total }];
  });
  return metricFamily('tend_http_request_duration_seconds', 'histogram', 'Time to answer a request', samples);
}
