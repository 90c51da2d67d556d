import {
  historyAt,
  type HistoryCursor,
  historyPage,
  historySteps,
} from '../../../lifecycle/training/tracking/metric-history.ts';
import { readRunInfo } from '../../../lifecycle/training/tracking/run-store.ts';
import { int64, list, text } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import { invalid } from '../mlflow-error.ts';
import { pageLimit, pageToken, readPageToken } from '../page-token.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { KEY_CHARS_MAX } from './keys.ts';
import { runIdOf, runKey } from './run-calls.ts';
import { historyJson, metricJson } from './run-json.ts';

/** Points in one page at most. */
const PAGE_MAX = 1_000_000;
const BULK_RUNS_MAX = 100;
/** Points of all runs together, where they are not thinned out. */
const BULK_TOTAL_MAX = 25_000;
const BULK_POINTS_MAX = 2_500;
const BULK_POINTS = 320;

const read = { method: 'GET', since: '2.0', permission: 'model.read' } as const;

/** Histories of metrics. */
export const metricCalls: readonly AnyRpc[] = [
  rpc({
    ...read,
    path: '/mlflow/metrics/get-history',
    input: message({
      ...runKey,
      metric_key: required(text(KEY_CHARS_MAX)),
      max_results: int64(),
      page_token: text(),
    }),
    handler: async (ctx, input) => {
      const runId = runIdOf(input);
      await readRunInfo(ctx, runId);
      const after = readPageToken<HistoryCursor>(input.page_token, {
        at: 'integer',
        step: 'integer',
        value: 'number',
        nan: 'count',
      });
      // Without a limit the history is whole.
      const limit = input.max_results === undefined ? undefined : pageLimit(input.max_results, 1, PAGE_MAX);
      const { points, next } = await historyPage(ctx, {
        runId,
        key: input.metric_key,
        ...(limit === undefined ? {} : { limit }),
        ...(after === undefined ? {} : { after }),
      });
      if (points.length === 0) return {};
      const token = next === undefined ? '' : `,"next_page_token":"${pageToken(next)}"`;
      return `{"metrics":${historyJson(points)}${token}}`;
    },
  }),
  rpc({
    ...read,
    path: '/mlflow/metrics/get-history-bulk',
    input: message({
      run_id: list(text(KEY_CHARS_MAX), BULK_RUNS_MAX),
      metric_key: required(text(KEY_CHARS_MAX)),
      max_results: int64(),
    }),
    handler: async (ctx, { run_id: runIds, metric_key: key, max_results: asked }) => {
      if (runIds.length === 0)
        throw invalid('GetMetricHistoryBulk request must specify at least one run_id.');
      const limit = Math.min(pageLimit(asked, BULK_TOTAL_MAX, PAGE_MAX), BULK_TOTAL_MAX);
      const metrics = [];
      for (const runId of [...new Set(runIds)].toSorted()) {
        await readRunInfo(ctx, runId);
        const left = limit - metrics.length;
        if (left === 0) continue;
        const { points } = await historyPage(ctx, { runId, key, limit: left });
        metrics.push(...points.map((point) => ({ ...metricJson(point), run_id: runId })));
      }
      return { metrics };
    },
  }),
  rpc({
    ...read,
    path: '/mlflow/metrics/get-history-bulk-interval',
    input: message({
      run_ids: list(text(KEY_CHARS_MAX), BULK_RUNS_MAX),
      metric_key: required(text(KEY_CHARS_MAX)),
      start_step: int64(),
      end_step: int64(),
      max_results: int64(),
    }),
    handler: async (ctx, input) => {
      const { run_ids: runIds, metric_key: key } = input;
      if (runIds.length === 0)
        throw invalid('GetMetricHistoryBulkInterval request must specify at least one run_id.');
      const { start_step: first, end_step: last } = input;
      if ((first === undefined) !== (last === undefined))
        throw invalid('If either start step or end step are specified, both must be specified.');
      if (first !== undefined && last !== undefined && first > last)
        throw invalid(
          `end_step must be greater than start_step. Found start_step=${first} and end_step=${last}.`,
        );
      const count = pageLimit(input.max_results, BULK_POINTS, BULK_POINTS_MAX);
      const bounds = [first ?? Number.MIN_SAFE_INTEGER, last ?? Number.MAX_SAFE_INTEGER] as const;
      const steps = sampled(await historySteps(ctx, runIds, key, ...bounds), count);
      const metrics = [];
      for (const runId of runIds) {
        const points = await historyAt(ctx, runId, key, steps);
        metrics.push(...points.map((point) => ({ ...metricJson(point), run_id: runId })));
      }
      return { metrics };
    },
  }),
];

/** Steps at equal distances, the first and the last among them. */
function sampled(steps: readonly number[], count: number): readonly number[] {
  if (steps.length <= count) return steps;
  const chosen = Array.from({ length: count }, (_, index) => {
    const at = Math.round((index * (steps.length - 1)) / Math.max(1, count - 1));
    return steps[at] as number;
  });
  return [...new Set(chosen)];
}
