import type { KeyValue } from '../../../lifecycle/training/index.ts';
import type { Trace } from '../../../lifecycle/monitoring/spans/trace.ts';
import { durationText, timestampText } from '../codec/well-known.ts';
import { assessmentJson } from './assessment-json.ts';

/** A trace as clients of version 3 read it (TraceInfoV3). */
export function traceInfoJson(trace: Trace): object {
  return {
    trace_id: trace.id,
    client_request_id: trace.clientRequestId ?? undefined,
    trace_location: {
      type: 'MLFLOW_EXPERIMENT',
      mlflow_experiment: { experiment_id: String(trace.experimentId) },
    },
    request_preview: trace.requestPreview ?? undefined,
    response_preview: trace.responsePreview ?? undefined,
    request_time: timestampText(trace.startedAt),
    execution_duration: trace.endedAt === null ? undefined : durationText(trace.endedAt - trace.startedAt),
    state: trace.state,
    trace_metadata: mapJson(trace.metadata),
    tags: mapJson(trace.tags),
    assessments: trace.assessments.map(assessmentJson),
  };
}

function mapJson(entries: readonly KeyValue[]): object {
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

/** The same in version 2 (TraceInfo). */
export function oldTraceInfoJson(trace: Trace): object {
  return {
    request_id: trace.id,
    experiment_id: String(trace.experimentId),
    timestamp_ms: trace.startedAt,
    execution_time_ms: trace.endedAt === null ? undefined : trace.endedAt - trace.startedAt,
    status: trace.state === 'STATE_UNSPECIFIED' ? 'TRACE_STATUS_UNSPECIFIED' : trace.state,
    request_metadata: trace.metadata,
    tags: trace.tags,
  };
}
