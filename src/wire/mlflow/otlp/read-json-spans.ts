import { isDeeperThan, JSON_DEPTH_MAX } from '../../../kernel/json-depth.ts';
import type { ReceivedSpan, SpanEvent, SpanLink } from '../../../lifecycle/monitoring/spans/received-span.ts';
import { jsonPairs } from './json-pairs.ts';
import { listIn, type Loose, looseObject, textIn } from './loose-object.ts';
import { damaged } from './proto-fields.ts';
import { SPANS_MAX } from './spans-max.ts';
import { type ValueBudget, valueBudget } from './value-budget.ts';

/**
 * The spans of an ExportTraceServiceRequest in OTLP's JSON: ids in hexadecimal digits, 64-bit integers as
 * texts or numbers, enumerations as numbers. @throws INVALID_PARAMETER_VALUE for what is no such message
 */
export function readJsonSpans(bytes: Uint8Array): readonly ReceivedSpan[] {
  if (isDeeperThan(JSON_DEPTH_MAX, bytes))
    throw damaged(`the JSON is nested more than ${JSON_DEPTH_MAX} levels deep`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged('the body is not valid JSON');
  }
  const budget = valueBudget();
  const spans: ReceivedSpan[] = [];
  for (const resource of listIn(looseObject(value, 'the body'), 'resourceSpans')) {
    const service = serviceOf(resource, budget);
    for (const scope of listIn(resource, 'scopeSpans')) {
      for (const span of listIn(scope, 'spans')) {
        if (spans.length === SPANS_MAX) throw damaged(`it holds more than ${SPANS_MAX} spans`);
        spans.push(spanOf(span, service, budget));
      }
    }
  }
  return spans;
}

function serviceOf(resourceSpans: Loose, budget: ValueBudget): string {
  const { resource } = resourceSpans;
  if (resource === undefined || resource === null) return '';
  const pairs = jsonPairs(looseObject(resource, 'resource')['attributes'], budget, 0);
  const text = pairs.get('service.name') ?? '';
  return text.startsWith('"') ? (JSON.parse(text) as string).slice(0, 250).toWellFormed() : '';
}

function spanOf(span: Loose, service: string, budget: ValueBudget): ReceivedSpan {
  budget.spend(0);
  const status = looseObject(span['status'] ?? {}, 'status');
  return {
    traceId: textIn(span, 'traceId').toLowerCase(),
    id: textIn(span, 'spanId').toLowerCase(),
    parentId: textIn(span, 'parentSpanId').toLowerCase() || null,
    name: textIn(span, 'name'),
    kind: smallInt(span['kind'], 'kind'),
    startNs: nanoseconds(span['startTimeUnixNano'], 'startTimeUnixNano'),
    endNs: nanoseconds(span['endTimeUnixNano'], 'endTimeUnixNano'),
    status: { code: smallInt(status['code'], 'code'), message: textIn(status, 'message') },
    attributes: jsonPairs(span['attributes'], budget, 0),
    events: listIn(span, 'events').map((event) => eventOf(event, budget)),
    links: listIn(span, 'links').map((link) => linkOf(link, budget)),
    service,
  };
}

function eventOf(event: Loose, budget: ValueBudget): SpanEvent {
  budget.spend(0);
  return {
    name: textIn(event, 'name'),
    timeNs: nanoseconds(event['timeUnixNano'], 'timeUnixNano'),
    attributes: jsonPairs(event['attributes'], budget, 0),
  };
}

function linkOf(link: Loose, budget: ValueBudget): SpanLink {
  budget.spend(0);
  return {
    traceId: textIn(link, 'traceId').toLowerCase(),
    spanId: textIn(link, 'spanId').toLowerCase(),
    attributes: jsonPairs(link['attributes'], budget, 0),
  };
}

function smallInt(value: unknown, name: string): number {
  if (value === undefined || value === null) return 0;
  if (Number.isInteger(value) && Math.abs(value as number) < 2 ** 31) return value as number;
  throw damaged(`${name} is no enumeration`);
}

function nanoseconds(value: unknown, name: string): bigint {
  if (value === undefined || value === null) return 0n;
  const text = typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : value;
  if (typeof text === 'string' && /^\d{1,20}$/.test(text)) {
    const ns = BigInt(text);
    if (ns <= 0xffff_ffff_ffff_ffffn) return ns;
  }
  throw damaged(`${name} is no time in nanoseconds`);
}
