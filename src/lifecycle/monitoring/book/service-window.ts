import { durationMs } from '../../../kernel/schema.ts';
import type { Criterion } from '../../problem/index.ts';
import { addBucket, emptyBucket, type HourBucket, latencyQuantile } from './hour-bucket.ts';
import { describeLive, judgeLive, type LiveFigure } from './judge-live.ts';
import type { Traffic } from './traffic.ts';
import type { WindowReport } from './window-report.ts';
import { wilsonInterval } from './wilson-interval.ts';

/** Fewer requests say nothing of a rate or a high quantile. */
const ROWS_MIN = 100;

/** Windows of a criterion on the service unless it says otherwise. */
export const SERVICE_OVER = '1h';

/** Two-sided 95 % of the normal distribution. */
const Z_95 = 1.959963984540054;

/** Is the criterion about the service, so that no outcome is needed? */
export function isServiceCriterion({ metric }: Criterion): boolean {
  return metric in MEASURES;
}

/** A criterion on the service over all releases together: what callers meet. The busiest release is named. */
export function serviceReport(criterion: Criterion, traffic: Traffic, at: number): WindowReport {
  const window = { from: at - durationMs(criterion.over ?? SERVICE_OVER), to: at };
  const shares = traffic.shares(window);
  const all = emptyBucket(0);
  const releases = shares.map(({ place, hash, version, reference }) => {
    const bucket = traffic.sum(place, window);
    addBucket(all, { ...bucket, counts: new Uint32Array(0) });
    return { hash, version, reference, rows: bucket.rows, errors: bucket.errors };
  });
  const measure = MEASURES[criterion.metric];
  const figure = measure?.(all) ?? { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const few = all.rows < ROWS_MIN ? `${all.rows} predictions are too few` : undefined;
  const judgement = judgeLive(criterion, figure, shares[0]?.reference?.test ?? {}, few);
  const { verdict, judged, bound, reason } = judgement;
  return {
    monitor: `criterion:${criterion.id}`,
    ...window,
    verdict,
    value: judged.value,
    ...(typeof judged.low === 'number' ? { low: judged.low } : {}),
    ...(typeof judged.high === 'number' ? { high: judged.high } : {}),
    ...(bound === undefined ? {} : { bound }),
    release: shares[0]?.hash ?? null,
    title: `${criterion.id}: ${describeLive(judgement)}; ${all.rows.toLocaleString('en')} predictions`,
    body: {
      rows: all.rows,
      errors: all.errors,
      ...(reason === undefined ? {} : { reason }),
      releases: releases.map(({ hash, version, rows, errors }) => ({ release: hash, version, rows, errors })),
      criteria: [{ ...judged }],
    },
  };
}

const MEASURES: Readonly<Record<string, (bucket: HourBucket) => LiveFigure>> = {
  error_rate: ({ errors, rows }) => ({
    value: rows === 0 ? Number.NaN : errors / rows,
    ...wilsonInterval(errors, rows, Z_95),
  }),
  latency_p50: ({ latency }) => latencyQuantile(latency, 0.5),
  latency_p99: ({ latency }) => latencyQuantile(latency, 0.99),
};
