import { readSpans, readTraces, knownTrace } from '../../../lifecycle/monitoring/spans/read-traces.ts';
import { recordTrace } from '../../../lifecycle/monitoring/spans/record-trace.ts';
import type { Trace } from '../../../lifecycle/monitoring/spans/trace.ts';
import { flag, int64, list, oneOf, text } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import { duration, textMap, timestamp } from '../codec/well-known.ts';
import type { MlflowContext } from '../mlflow-context.ts';
import { invalid } from '../mlflow-error.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { experimentId } from '../tracking/experiment-id.ts';
import { cutText, TAG_CHARS_MAX } from '../tracking/keys.ts';
import { assessmentFields, newAssessment } from './assessment-fields.ts';
import { spanJson } from './span-json.ts';
import { PREVIEW_CHARS_MAX, state, traceId } from './trace-fields.ts';
import { traceInfoJson } from './trace-info-json.ts';
import { tracePage } from './trace-page.ts';

const ROOT = '/mlflow/traces';
const read = { method: 'GET', since: '3.0', permission: 'model.read' } as const;

const location = message({
  type: oneOf({ TRACE_LOCATION_TYPE_UNSPECIFIED: 0, MLFLOW_EXPERIMENT: 1, INFERENCE_TABLE: 2 }),
  mlflow_experiment: required(message({ experiment_id: required(experimentId()) })),
});

const traceInfo = message({
  trace_id: required(text(100)),
  client_request_id: text(1_000),
  trace_location: required(location),
  request_preview: cutText(PREVIEW_CHARS_MAX),
  response_preview: cutText(PREVIEW_CHARS_MAX),
  request_time: timestamp(),
  execution_duration: duration(),
  state,
  trace_metadata: textMap(1_000, TAG_CHARS_MAX),
  tags: textMap(1_000, TAG_CHARS_MAX),
  assessments: list(assessmentFields, 1_000),
});

/** Traces in one look; clients ask for ten at once. */
const TRACES_AT_ONCE = 500;
const traceIds = list(text(100), TRACES_AT_ONCE);

/** Traces in the API of version 3. */
export const traceCalls: readonly AnyRpc[] = [
  rpc({
    method: 'POST',
    path: ROOT,
    since: '3.0',
    permission: 'model.write',
    bodyBytesMax: 16_000_000,
    input: message({ trace: required(message({ trace_info: required(traceInfo) })) }),
    handler: async (ctx, { trace: { trace_info: info } }) => {
      const startedAt = info.request_time ?? ctx.clock.now();
      const { execution_duration: lasted } = info;
      const trace = await recordTrace(
        ctx,
        {
          id: checkedId(info.trace_id),
          experimentId: info.trace_location.mlflow_experiment.experiment_id,
          startedAt,
          endedAt: lasted === undefined ? null : startedAt + lasted,
          state: info.state ?? 'STATE_UNSPECIFIED',
          clientRequestId: info.client_request_id ?? null,
          requestPreview: info.request_preview ?? null,
          responsePreview: info.response_preview ?? null,
          metadata: info.trace_metadata,
          tags: info.tags,
        },
        info.assessments.map(newAssessment),
      );
      return JSON.stringify({ trace: { trace_info: traceInfoJson(trace) } });
    },
  }),
  rpc({
    ...read,
    path: `${ROOT}/{trace_id}`,
    input: message({ trace_id: traceId }),
    handler: async (ctx, input) => {
      const trace = await knownTrace(ctx, input.trace_id);
      return JSON.stringify({ trace: { trace_info: traceInfoJson(trace) } });
    },
  }),
  rpc({
    ...read,
    path: `${ROOT}/get`,
    input: message({ trace_id: traceId, allow_partial: flag() }),
    handler: async (ctx, input) => {
      const [trace] = await withSpans(ctx, [await knownTrace(ctx, input.trace_id)]);
      return JSON.stringify({ trace });
    },
  }),
  rpc({
    ...read,
    path: `${ROOT}/batchGet`,
    input: message({ trace_ids: traceIds }),
    handler: async (ctx, input) =>
      JSON.stringify({ traces: await withSpans(ctx, await readTraces(ctx, input.trace_ids)) }),
  }),
  rpc({
    ...read,
    path: `${ROOT}/batchGetInfos`,
    input: message({ trace_ids: traceIds }),
    handler: async (ctx, input) =>
      JSON.stringify({ trace_infos: (await readTraces(ctx, input.trace_ids)).map(traceInfoJson) }),
  }),
  rpc({
    method: 'POST',
    path: `${ROOT}/search`,
    since: '3.0',
    permission: 'model.read',
    input: message({
      locations: list(location, 1_000),
      filter: text(),
      max_results: int64(),
      order_by: list(text(1_000), 20),
      page_token: text(),
    }),
    handler: async (ctx, input) => {
      const experimentIds = input.locations.map((one) => one.mlflow_experiment.experiment_id);
      const { traces, token } = await tracePage(ctx, { ...input, experimentIds });
      return JSON.stringify({ traces: traces.map(traceInfoJson), next_page_token: token });
    },
  }),
];

/** Ids become parts of addresses and of folders. */
function checkedId(id: string): string {
  if (/^[\w-][\w.-]*$/.test(id)) return id;
  throw invalid(
    `Invalid value ${JSON.stringify(id)} for parameter 'trace.trace_info.trace_id' supplied: ` +
      "it must consist of letters, digits, '_', '-' and '.'.",
  );
}

async function withSpans(ctx: MlflowContext, traces: readonly Trace[]): Promise<readonly object[]> {
  const spans = await readSpans(
    ctx.db,
    traces.map(({ id }) => id),
  );
  return traces.map((trace) => ({
    trace_info: traceInfoJson(trace),
    spans: (spans.get(trace.id) ?? []).map(spanJson),
  }));
}
