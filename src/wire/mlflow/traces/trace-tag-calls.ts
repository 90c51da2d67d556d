import { deleteTraces } from '../../../lifecycle/monitoring/spans/delete-traces.ts';
import {
  deleteTraceTag,
  linkPrompts,
  linkTraces,
  setTraceTag,
} from '../../../lifecycle/monitoring/spans/trace-tags.ts';
import { int64, list, text } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import { invalid, MlflowError } from '../mlflow-error.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { experimentId } from '../tracking/experiment-id.ts';
import { cutText, KEY_CHARS_MAX, TAG_CHARS_MAX } from '../tracking/keys.ts';
import { traceId } from './trace-fields.ts';

const ROOT = '/mlflow/traces';
const tagKey = required(text(KEY_CHARS_MAX));

const promptVersion = message({ name: required(text(KEY_CHARS_MAX)), version: required(text(20)) });

/** Traces or prompts in one call that links. */
const LINKS_MAX = 100;

/** Calls that both versions have, at the paths of either. */
export const traceTagCalls: readonly AnyRpc[] = (['2.0', '3.0'] as const).flatMap((since) => {
  const write = { since, permission: 'model.write' } as const;
  return [
    rpc({
      ...write,
      method: 'PATCH',
      path: `${ROOT}/{trace_id}/tags`,
      input: message({ trace_id: traceId, key: tagKey, value: required(cutText(TAG_CHARS_MAX)) }),
      handler: async (ctx, { trace_id, key, value }) => {
        await setTraceTag(ctx, trace_id, { key: namedKey(key), value });
        return undefined;
      },
    }),
    rpc({
      ...write,
      method: 'DELETE',
      path: `${ROOT}/{trace_id}/tags`,
      input: message({ trace_id: traceId, key: tagKey }),
      handler: async (ctx, { trace_id, key }) => {
        await deleteTraceTag(ctx, trace_id, key);
        return undefined;
      },
    }),
    rpc({
      ...write,
      method: 'POST',
      path: `${ROOT}/delete-traces`,
      input: message({
        experiment_id: required(experimentId()),
        max_timestamp_millis: int64(),
        max_traces: int64(),
        request_ids: list(text(100), 1_000),
        trace_ids: list(text(100), 1_000),
      }),
      handler: async (ctx, input) => {
        const ids = [...input.request_ids, ...input.trace_ids];
        const { max_timestamp_millis: until, max_traces: max } = input;
        if ((until === undefined) === (ids.length === 0))
          throw invalid("Either 'max_timestamp_millis' or 'trace_ids' must be specified, but not both.");
        if (max !== undefined && until === undefined)
          throw invalid("'max_traces' can't be specified if 'trace_ids' is specified.");
        if (max !== undefined && max < 1)
          throw invalid(`'max_traces' must be a positive integer, received ${max}.`);
        const which = until === undefined ? { ids } : { until, max };
        return { traces_deleted: await deleteTraces(ctx, input.experiment_id, which) };
      },
    }),
    rpc({
      ...write,
      method: 'POST',
      path: `${ROOT}/link-to-run`,
      input: message({ run_id: required(text(100)), trace_ids: list(text(100)) }),
      handler: async (ctx, { run_id, trace_ids }) => {
        if (trace_ids.length > LINKS_MAX)
          throw invalid(`Cannot link more than ${LINKS_MAX} traces to a run in a single request.`);
        await linkTraces(ctx, run_id, trace_ids);
        return undefined;
      },
    }),
    rpc({
      ...write,
      method: 'POST',
      path: `${ROOT}/link-prompts`,
      input: message({ trace_id: traceId, prompt_versions: list(promptVersion, LINKS_MAX) }),
      handler: async (ctx, input) => {
        await linkPrompts(ctx, input.trace_id, input.prompt_versions);
        return undefined;
      },
    }),
  ];
});

function namedKey(key: string): string {
  if (key !== '') return key;
  throw new MlflowError('INVALID_PARAMETER_VALUE', "Missing value for required parameter 'key'.");
}
