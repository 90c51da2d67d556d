import { knownTrace } from '../../../lifecycle/monitoring/spans/read-traces.ts';
import { recordTrace } from '../../../lifecycle/monitoring/spans/record-trace.ts';
import { hexId } from '../../../lifecycle/training/index.ts';
import { type Field, int64, list, oneOf, text, wrongType } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { experimentId } from '../tracking/experiment-id.ts';
import { pairs, traceId } from './trace-fields.ts';
import { oldTraceInfoJson } from './trace-info-json.ts';
import { tracePage } from './trace-page.ts';

const ROOT = '/mlflow/traces';
const write = { since: '2.0', permission: 'model.write' } as const;
const read = { since: '2.0', permission: 'model.read', method: 'GET' } as const;

const status = oneOf({ TRACE_STATUS_UNSPECIFIED: 0, OK: 1, ERROR: 2, IN_PROGRESS: 3 });

/** Traces in the API of version 2, which clients before 3.0 speak. */
export const oldTraceCalls: readonly AnyRpc[] = [
  rpc({
    ...write,
    method: 'POST',
    path: ROOT,
    input: message({
      experiment_id: required(experimentId()),
      timestamp_ms: required(time()),
      request_metadata: pairs,
      tags: pairs,
    }),
    handler: async (ctx, input) => {
      const trace = await recordTrace(
        ctx,
        {
          id: `tr-${hexId(ctx.clock, ctx.random)}`,
          experimentId: input.experiment_id,
          startedAt: input.timestamp_ms,
          endedAt: null,
          state: 'IN_PROGRESS',
          clientRequestId: null,
          requestPreview: null,
          responsePreview: null,
          metadata: input.request_metadata.map(filled),
          tags: input.tags.map(filled),
        },
        [],
      );
      return { trace_info: oldTraceInfoJson(trace) };
    },
  }),
  rpc({
    ...write,
    method: 'PATCH',
    path: `${ROOT}/{trace_id}`,
    input: message({
      trace_id: traceId,
      timestamp_ms: required(time()),
      status,
      request_metadata: pairs,
      tags: pairs,
    }),
    handler: async (ctx, input) => {
      const before = await knownTrace(ctx, input.trace_id);
      const state = input.status ?? 'TRACE_STATUS_UNSPECIFIED';
      const trace = await recordTrace(
        ctx,
        {
          ...before,
          endedAt: Math.max(before.startedAt, input.timestamp_ms),
          state: state === 'TRACE_STATUS_UNSPECIFIED' ? 'STATE_UNSPECIFIED' : state,
          metadata: input.request_metadata.map(filled),
          tags: input.tags.map(filled),
        },
        [],
      );
      return { trace_info: oldTraceInfoJson(trace) };
    },
  }),
  rpc({
    ...read,
    path: `${ROOT}/{trace_id}/info`,
    input: message({ trace_id: traceId }),
    handler: async (ctx, input) => ({
      trace_info: oldTraceInfoJson(await knownTrace(ctx, input.trace_id)),
    }),
  }),
  rpc({
    ...read,
    path: ROOT,
    input: message({
      experiment_ids: list(experimentId(), 1_000),
      filter: text(),
      max_results: int64(),
      order_by: list(text(1_000), 20),
      page_token: text(),
    }),
    handler: async (ctx, input) => {
      const { traces, token } = await tracePage(ctx, { ...input, experimentIds: input.experiment_ids });
      return { traces: traces.map(oldTraceInfoJson), next_page_token: token };
    },
  }),
];

/** The end of the year 9999, after which no timestamp can be written (RFC 3339). */
const TIME_MS_MAX = 253_402_300_799_999;

/** Milliseconds since 1970. */
function time(): Field<number> {
  const plain = int64();
  return {
    kind: 'one',
    read: (value, name) => {
      const ms = plain.read(value, name);
      if (ms < 0 || ms > TIME_MS_MAX) throw wrongType(value, name);
      return ms;
    },
  };
}

function filled({ key, value }: { readonly key: string; readonly value: string | undefined }) {
  return { key, value: value ?? '' };
}
