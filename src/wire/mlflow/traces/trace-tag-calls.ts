import { deleteTraces } from '../../../lifecycle/monitoring/spans/delete-traces.ts';
import { deleteTraceTag, setTraceTag } from '../../../lifecycle/monitoring/spans/trace-tags.ts';
import { int64, list, text } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import { invalid, MlflowError } from '../mlflow-error.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { experimentId } from '../tracking/experiment-id.ts';
import { cutText, KEY_CHARS_MAX, TAG_CHARS_MAX } from '../tracking/keys.ts';
import { traceId } from './trace-fields.ts';

const ROOT = '/mlflow/traces';
const tagKey = required(text(KEY_CHARS_MAX));

/** Tags and deletes, which both versions have at paths of their own. */
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
  ];
});

function namedKey(key: string): string {
  if (key !== '') return key;
  throw new MlflowError('INVALID_PARAMETER_VALUE', "Missing value for required parameter 'key'.");
}
