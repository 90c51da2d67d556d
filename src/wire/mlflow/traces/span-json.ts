import { parsePlainJson, type Plain } from '../../../lifecycle/monitoring/spans/parse-plain-json.ts';
import { otelIdOf } from '../../../lifecycle/monitoring/spans/trace-id.ts';
import type { SpanTable } from '../../../store/tables/trace-tables.ts';
import { anyValueJson } from './any-value-json.ts';

interface SpanBody {
  readonly kind: number;
  readonly startNs: string;
  readonly endNs: string;
  readonly code: number;
  readonly message: string;
  readonly events: readonly { readonly name: string; readonly timeNs: string; readonly attributes: Plain }[];
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes: Plain;
  }[];
}

const STATUS_CODES = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

/** A span (opentelemetry/proto/trace/v1) in protobuf's own JSON, in which ids are bytes and so base64. */
export function spanJson(span: SpanTable): object {
  const body = parsePlainJson(span.body) as unknown as SpanBody;
  return {
    trace_id: idJson(otelIdOf(span.trace_id)),
    span_id: idJson(span.id),
    parent_span_id: span.parent_id === null ? undefined : idJson(span.parent_id),
    name: span.name,
    kind: body.kind,
    start_time_unix_nano: body.startNs,
    end_time_unix_nano: body.endNs,
    attributes: attributesJson(parsePlainJson(span.attributes)),
    events: body.events.map(({ name, timeNs, attributes }) => ({
      name,
      time_unix_nano: timeNs,
      attributes: attributesJson(attributes),
    })),
    links: body.links.map(({ traceId, spanId, attributes }) => ({
      trace_id: idJson(traceId),
      span_id: idJson(spanId),
      attributes: attributesJson(attributes),
    })),
    status: { code: STATUS_CODES[body.code] ?? body.code, message: body.message },
  };
}

function attributesJson(attributes: Plain): object[] {
  return Object.entries(attributes as { readonly [name: string]: Plain }).map(([key, value]) => ({
    key,
    value: anyValueJson(value),
  }));
}

function idJson(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}
