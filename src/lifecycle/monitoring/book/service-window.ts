import { type Criterion, describeJudgement, judge, judgementsJson } from '../../problem/index.ts';
import { type HourBucket, latencyQuantileMs } from './hour-bucket.ts';
import type { WindowReport } from './window-report.ts';

/** Fewer requests say nothing of a rate or a high quantile. */
const ROWS_MIN = 100;

/** The windows of one service criterion, over what all releases answered; none for a criterion of another sort. */
export function serviceReports(
  criterion: Criterion,
  window: { readonly from: number; readonly to: number },
  answered: readonly { readonly release: string; readonly bucket: HourBucket }[],
): WindowReport[] {
  const measure = MEASURES[criterion.metric];
  if (measure === undefined) return [];
  const rows = answered.reduce((sum, { bucket }) => sum + bucket.rows, 0);
  const busiest = [...answered].sort((a, b) => b.bucket.rows - a.bucket.rows)[0];
  const values = answered.filter(({ bucket }) => bucket.rows > 0).map(({ bucket }) => measure(bucket));
  // The worst of the releases that answer: a candidate with few requests must not hide behind the others.
  const value = values.length === 0 ? Number.NaN : Math.max(...values);
  const judged = judge(criterion, { value });
  const few = rows < ROWS_MIN;
  return [
    {
      monitor: `criterion:${criterion.id}`,
      ...window,
      verdict: few ? 'open' : judged.verdict === 'pass' ? 'pass' : 'fail',
      value: Number.isFinite(value) ? value : null,
      ...(judged.bound.at_most === undefined ? {} : { bound: judged.bound.at_most }),
      release: busiest?.release ?? null,
      title: `${criterion.id}: ${describeJudgement(judged)} over ${rows.toLocaleString('en')} predictions`,
      body: { rows, criteria: judgementsJson([judged]) },
    },
  ];
}

const MEASURES: Readonly<Record<string, (bucket: HourBucket) => number>> = {
  error_rate: ({ errors, rows }) => errors / rows,
  latency_p50: ({ latency }) => latencyQuantileMs(latency, 0.5),
  latency_p99: ({ latency }) => latencyQuantileMs(latency, 0.99),
};
