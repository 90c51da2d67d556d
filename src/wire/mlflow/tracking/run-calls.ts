import {
  createRun,
  deleteRun,
  restoreRun,
  updateRun,
} from '../../../lifecycle/training/tracking/run-lifecycle.ts';
import type { RunCursor, RunOrder } from '../../../lifecycle/training/tracking/run-search.ts';
import { readTrackedRun } from '../../../lifecycle/training/tracking/run-store.ts';
import { searchRuns } from '../../../lifecycle/training/tracking/search-runs.ts';
import { int64, list, oneOf, text } from '../codec/field.ts';
import { message, missing, required } from '../codec/message.ts';
import { runConditions, runOrder } from '../filter/run-filter.ts';
import { invalid } from '../mlflow-error.ts';
import { pageLimit, pageToken, readPageToken } from '../page-token.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { viewType } from './experiment-calls.ts';
import { experimentId } from './experiment-id.ts';
import { cutText, key, KEY_CHARS_MAX, refuseTwice, TAG_CHARS_MAX } from './keys.ts';
import { runInfoJson, runJson } from './run-json.ts';

/** The id of a run, under either of the names that it has had. */
export const runKey = { run_id: text(KEY_CHARS_MAX), run_uuid: text(KEY_CHARS_MAX) };

/** The id that a request names. @throws INVALID_PARAMETER_VALUE without one */
export function runIdOf(input: {
  readonly run_id?: string | undefined;
  readonly run_uuid?: string | undefined;
}): string {
  const id = input.run_id || input.run_uuid;
  if (id === undefined || id === '') throw missing('run_id');
  return id;
}

const NAME_CHARS_MAX = 500;
const status = oneOf({ RUNNING: 1, SCHEDULED: 2, FINISHED: 3, FAILED: 4, KILLED: 5 });
const STATES = {
  RUNNING: 'running',
  SCHEDULED: 'scheduled',
  FINISHED: 'finished',
  FAILED: 'failed',
  KILLED: 'killed',
} as const;

/** The tag from which the user of a run is known to clients that send no `user_id`. */
const USER_TAG = 'mlflow.user';

const SHOW = { ACTIVE_ONLY: 'active', DELETED_ONLY: 'deleted', ALL: 'all' } as const;

/** Runs: begun, changed, found, deleted and restored. */
export const runCalls: readonly AnyRpc[] = [
  rpc({
    method: 'POST',
    path: '/mlflow/runs/create',
    since: '2.0',
    permission: 'model.write',
    input: message({
      experiment_id: experimentId(),
      user_id: text(KEY_CHARS_MAX),
      run_name: cutText(NAME_CHARS_MAX),
      start_time: int64(),
      tags: list(message({ key: required(key()), value: required(cutText(TAG_CHARS_MAX)) }), 100),
    }),
    handler: async (ctx, input) => {
      refuseTwice(input.tags, 'tag');
      const run = await createRun(ctx, {
        experimentId: input.experiment_id ?? 0,
        name: input.run_name ?? '',
        userName: input.user_id ?? input.tags.find((tag) => tag.key === USER_TAG)?.value ?? '',
        startedAt: input.start_time ?? ctx.clock.now(),
        tags: input.tags,
      });
      // It has made nothing yet: MLflow leaves that out here, and here alone.
      return { run: { ...runJson(run), outputs: undefined } };
    },
  }),
  rpc({
    method: 'GET',
    path: '/mlflow/runs/get',
    since: '2.0',
    permission: 'model.read',
    input: message(runKey),
    handler: async (ctx, input) => ({ run: runJson(await readTrackedRun(ctx, runIdOf(input))) }),
  }),
  rpc({
    method: 'POST',
    path: '/mlflow/runs/update',
    since: '2.0',
    permission: 'model.write',
    input: message({ ...runKey, status, end_time: int64(), run_name: cutText(NAME_CHARS_MAX) }),
    handler: async (ctx, input) => {
      const info = await updateRun(ctx, runIdOf(input), {
        ...(input.status === undefined ? {} : { state: STATES[input.status] }),
        ...(input.end_time === undefined ? {} : { endedAt: input.end_time }),
        ...(input.run_name === undefined || input.run_name === '' ? {} : { name: input.run_name }),
      });
      return { run_info: runInfoJson(info) };
    },
  }),
  rpc({
    method: 'POST',
    path: '/mlflow/runs/delete',
    since: '2.0',
    permission: 'model.write',
    input: message({ run_id: required(text(KEY_CHARS_MAX)) }),
    handler: async (ctx, input) => {
      await deleteRun(ctx, input.run_id);
      return undefined;
    },
  }),
  rpc({
    method: 'POST',
    path: '/mlflow/runs/restore',
    since: '2.0',
    permission: 'model.write',
    input: message({ run_id: required(text(KEY_CHARS_MAX)) }),
    handler: async (ctx, input) => {
      await restoreRun(ctx, input.run_id);
      return undefined;
    },
  }),
  rpc({
    method: 'POST',
    path: '/mlflow/runs/search',
    since: '2.0',
    permission: 'model.read',
    input: message({
      experiment_ids: list(experimentId(), 10_000),
      filter: text(),
      run_view_type: viewType,
      max_results: int64(),
      order_by: list(text(1_000), 20),
      page_token: text(),
    }),
    handler: async (ctx, input) => {
      const order = runOrder(input.order_by);
      const after = readPageToken<RunCursor>(input.page_token, {
        keys: 'keys',
        startedAt: 'integer',
        id: 'text',
      });
      if (after !== undefined && !fits(after, order))
        throw invalid('Invalid page token, it is one of a search in another order');
      const { runs, next } = await searchRuns(ctx, {
        experimentIds: input.experiment_ids,
        show: SHOW[input.run_view_type ?? 'ACTIVE_ONLY'],
        conditions: runConditions(input.filter),
        order,
        limit: pageLimit(input.max_results, 1_000, 50_000),
        ...(after === undefined ? {} : { after }),
      });
      const found = runs.length === 0 ? undefined : runs.map(runJson);
      return JSON.stringify({ runs: found, next_page_token: pageToken(next) });
    },
  }),
];

/** Whether the keys of a cursor are of the kinds that an order has. */
function fits({ keys }: RunCursor, order: readonly RunOrder[]): boolean {
  if (keys.length !== order.length) return false;
  return order.every(({ by }, index) => {
    const last = keys[index] ?? null;
    if (last === null) return true;
    if (by.on === 'metric') return typeof last === 'number';
    const isNumber = by.on === 'attribute' && ['started', 'ended', 'experiment'].includes(by.attribute);
    return isNumber ? Number.isSafeInteger(last) : typeof last === 'string';
  });
}
