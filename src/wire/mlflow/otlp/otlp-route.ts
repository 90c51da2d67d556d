import type { Route, RouteRequest, RouteResponse } from '../../../kernel/route.ts';
import { recordSpans } from '../../../lifecycle/monitoring/spans/record-spans.ts';
import { traceIdOf } from '../../../lifecycle/monitoring/spans/trace-id.ts';
import { linkTraces } from '../../../lifecycle/monitoring/spans/trace-tags.ts';
import { activeRunInfo } from '../../../lifecycle/training/index.ts';
import { missing } from '../codec/message.ts';
import type { MlflowPorts } from '../mlflow-context.ts';
import { invalid, mlflowRefusal } from '../mlflow-error.ts';
import { contextOf } from '../rpc.ts';
import { experimentId } from '../tracking/experiment-id.ts';
import { damaged } from './proto-fields.ts';
import { readJsonSpans } from './read-json-spans.ts';
import { readProtoSpans } from './read-proto-spans.ts';
import { spanProblem } from './span-problem.ts';

/** Largest request, unpacked: the listener unpacks no further. */
const BODY_BYTES_MAX = 16_000_000;

const EXPERIMENT_HEADER = 'x-mlflow-experiment-id';
const RUN_HEADER = 'x-mlflow-run-id';

/**
 * OTLP over HTTP (opentelemetry.io/docs/specs/otlp, 1.x), traces alone: where MLflow's clients and every
 * OpenTelemetry exporter send spans. The header names the experiment.
 */
export function otlpRoute(ports: MlflowPorts): Route {
  return {
    method: 'POST',
    path: '/v1/traces',
    permission: 'model.write',
    bodyBytesMax: BODY_BYTES_MAX,
    refuse: mlflowRefusal,
    handler: async (request) => {
      const type = mediaType(request);
      const experiment = experimentId().read(headerOf(request, EXPERIMENT_HEADER), EXPERIMENT_HEADER);
      const runId = request.headers[RUN_HEADER];
      const ctx = contextOf(ports, request);
      if (typeof runId === 'string') await activeRunInfo(ctx, runId);
      const read = type === 'application/json' ? readJsonSpans : readProtoSpans;
      const spans = read(request.body);
      if (spans.length === 0) throw damaged('no spans found');
      const problems = spans.map(spanProblem);
      const sound = spans.filter((_span, index) => problems[index] === undefined);
      const [problem] = problems.filter((one) => one !== undefined);
      if (sound.length === 0) throw damaged(`no span can be kept: ${problem ?? ''}`);
      await recordSpans(ctx, experiment, sound);
      if (typeof runId === 'string')
        await linkTraces(ctx, runId, [...new Set(sound.map(({ traceId }) => traceIdOf(traceId)))]);
      return answer(type, spans.length - sound.length, problem ?? '');
    },
  };
}

function headerOf(request: RouteRequest, name: string): string {
  const value = request.headers[name];
  if (typeof value !== 'string' || value === '') throw missing(name);
  return value;
}

type MediaType = 'application/x-protobuf' | 'application/json';

function mediaType({ headers }: RouteRequest): MediaType {
  const given = String(headers['content-type'] ?? '');
  const type = given.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf' || type === 'application/json') return type;
  throw invalid(
    `Invalid Content-Type: ${JSON.stringify(given.slice(0, 100))}. ` +
      'Expected: application/x-protobuf or application/json',
  );
}

/** An ExportTraceServiceResponse, in the format of the request: empty unless spans were left out. */
function answer(type: MediaType, rejected: number, problem: string): RouteResponse {
  const headers = { 'content-type': type, 'cache-control': 'no-store' };
  const errorMessage = `${rejected} spans left out, the first because ${problem}.`;
  if (type === 'application/json') {
    const partialSuccess = { rejectedSpans: String(rejected), errorMessage };
    return { status: 200, headers, body: JSON.stringify(rejected === 0 ? {} : { partialSuccess }) };
  }
  if (rejected === 0) return { status: 200, headers, body: new Uint8Array() };
  const text = Buffer.from(errorMessage);
  const partial = [0x08, ...varint(rejected), 0x12, ...varint(text.length), ...text];
  return { status: 200, headers, body: Uint8Array.from([0x0a, ...varint(partial.length), ...partial]) };
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
