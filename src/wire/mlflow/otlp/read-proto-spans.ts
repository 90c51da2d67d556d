import type { ReceivedSpan, SpanEvent, SpanLink } from '../../../lifecycle/monitoring/spans/received-span.ts';
import { bytesOf, damaged, intOf, type ProtoField, protoFields, textOf } from './proto-fields.ts';
import { addProtoPair } from './proto-value.ts';
import { SPANS_MAX } from './spans-max.ts';
import { type ValueBudget, valueBudget } from './value-budget.ts';

/**
 * The spans of an ExportTraceServiceRequest in protobuf, as they come: ids are not yet looked at.
 * @throws INVALID_PARAMETER_VALUE for what is no such message
 */
export function readProtoSpans(bytes: Uint8Array): readonly ReceivedSpan[] {
  const budget = valueBudget();
  const spans: ReceivedSpan[] = [];
  for (const resource of messagesIn(bytes, 1)) {
    const service = serviceOf(resource, budget);
    for (const scope of messagesIn(resource, 2)) {
      for (const span of messagesIn(scope, 2)) {
        if (spans.length === SPANS_MAX) throw damaged(`it holds more than ${SPANS_MAX} spans`);
        spans.push(spanOf(span, service, budget));
      }
    }
  }
  return spans;
}

function* messagesIn(bytes: Uint8Array, number: number): Generator<Uint8Array> {
  for (const field of protoFields(bytes)) if (field.number === number) yield bytesOf(field);
}

function serviceOf(resourceSpans: Uint8Array, budget: ValueBudget): string {
  const attributes = new Map<string, string>();
  for (const resource of messagesIn(resourceSpans, 1))
    for (const pair of messagesIn(resource, 1)) addProtoPair(attributes, pair, budget);
  const text = attributes.get('service.name') ?? '';
  return text.startsWith('"') ? (JSON.parse(text) as string).slice(0, 250).toWellFormed() : '';
}

type Part = Omit<{ -readonly [K in keyof ReceivedSpan]: ReceivedSpan[K] }, 'attributes'> & {
  attributes: Map<string, string>;
  events: SpanEvent[];
  links: SpanLink[];
};

function spanOf(bytes: Uint8Array, service: string, budget: ValueBudget): ReceivedSpan {
  budget.spend(0);
  const span: Part = {
    traceId: '',
    id: '',
    parentId: null,
    name: '',
    kind: 0,
    startNs: 0n,
    endNs: 0n,
    status: { code: 0, message: '' },
    attributes: new Map(),
    events: [],
    links: [],
    service,
  };
  for (const field of protoFields(bytes)) addToSpan(span, field, budget);
  return span;
}

function addToSpan(span: Part, field: ProtoField, budget: ValueBudget): void {
  switch (field.number) {
    case 1:
      span.traceId = hexOf(field);
      break;
    case 2:
      span.id = hexOf(field);
      break;
    case 4:
      span.parentId = hexOf(field) || null;
      break;
    case 5:
      span.name = textOf(field);
      break;
    case 6:
      span.kind = Number(BigInt.asIntN(32, intOf(field, 'varint')));
      break;
    case 7:
      span.startNs = intOf(field, 'fixed64');
      break;
    case 8:
      span.endNs = intOf(field, 'fixed64');
      break;
    case 9:
      addProtoPair(span.attributes, bytesOf(field), budget);
      break;
    case 11:
      span.events.push(eventOf(bytesOf(field), budget));
      break;
    case 13:
      span.links.push(linkOf(bytesOf(field), budget));
      break;
    case 15:
      span.status = statusOf(bytesOf(field));
      break;
  }
}

function hexOf(field: ProtoField): string {
  return Buffer.from(bytesOf(field)).toString('hex');
}

function eventOf(bytes: Uint8Array, budget: ValueBudget): SpanEvent {
  budget.spend(0);
  let name = '';
  let timeNs = 0n;
  const attributes = new Map<string, string>();
  for (const field of protoFields(bytes)) {
    if (field.number === 1) timeNs = intOf(field, 'fixed64');
    else if (field.number === 2) name = textOf(field);
    else if (field.number === 3) addProtoPair(attributes, bytesOf(field), budget);
  }
  return { name, timeNs, attributes };
}

function linkOf(bytes: Uint8Array, budget: ValueBudget): SpanLink {
  budget.spend(0);
  let traceId = '';
  let spanId = '';
  const attributes = new Map<string, string>();
  for (const field of protoFields(bytes)) {
    if (field.number === 1) traceId = hexOf(field);
    else if (field.number === 2) spanId = hexOf(field);
    else if (field.number === 4) addProtoPair(attributes, bytesOf(field), budget);
  }
  return { traceId, spanId, attributes };
}

function statusOf(bytes: Uint8Array): ReceivedSpan['status'] {
  let code = 0;
  let message = '';
  for (const field of protoFields(bytes)) {
    if (field.number === 2) message = textOf(field);
    else if (field.number === 3) code = Number(BigInt.asIntN(32, intOf(field, 'varint')));
  }
  return { code, message };
}
