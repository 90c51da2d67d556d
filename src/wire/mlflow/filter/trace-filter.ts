import type { AssessmentKind } from '../../../lifecycle/monitoring/spans/assessment.ts';
import { NAME_TAG, PROMPTS_TAG } from '../../../lifecycle/monitoring/spans/trace.ts';
import type { TraceCondition, TraceOrder } from '../../../lifecycle/monitoring/spans/trace-search.ts';
import type { TextTest } from '../../../lifecycle/training/index.ts';
import { invalid } from '../mlflow-error.ts';
import { ATTRIBUTE_TEXT, LOGGED_TEXT, numberTest, textTest } from './comparison-tests.ts';
import { type Comparison, parseFilter } from './parse-filter.ts';
import { parseOrder } from './parse-order.ts';

const COLUMNS: Readonly<Record<string, TraceOrder['by']>> = {
  request_id: 'id',
  trace_id: 'id',
  status: 'state',
  state: 'state',
  client_request_id: 'client_request_id',
  timestamp: 'started_at',
  timestamp_ms: 'started_at',
  request_time: 'started_at',
  execution_time: 'duration',
  execution_time_ms: 'duration',
  execution_duration: 'duration',
  end_time: 'ended_at',
  end_time_ms: 'ended_at',
  experiment_id: 'experiment_id',
  name: 'name',
  run_id: 'run',
};

/** Operators on spans: what is not there is not found. */
const SPAN_TEXT = ATTRIBUTE_TEXT;

/** Conditions of a filter on traces. @throws INVALID_PARAMETER_VALUE */
export function traceConditions(filter: string | undefined): readonly TraceCondition[] {
  return parseFilter(filter).map(conditionOf);
}

/** An order of traces. @throws INVALID_PARAMETER_VALUE */
export function traceOrder(items: readonly string[]): readonly TraceOrder[] {
  return items.map((item) => {
    const { entity, key, descending } = parseOrder(item);
    const by = isAttribute(entity) && Object.hasOwn(COLUMNS, key) ? COLUMNS[key] : undefined;
    if (by === undefined) throw invalid(`Invalid order_by entity: ${item.slice(0, 200)}`);
    return { by, descending };
  });
}

function isAttribute(entity: string | undefined): boolean {
  return entity === undefined || /^(?:attributes?|attr|trace)$/.test(entity);
}

function conditionOf(comparison: Comparison): TraceCondition {
  const { entity, key } = comparison;
  if (isAttribute(entity)) return attributeCondition(comparison);
  switch (entity) {
    case 'tag':
    case 'tags':
      return { on: 'tag', key, test: textTest(comparison, 'tag', LOGGED_TEXT) };
    case 'metadata':
    case 'request_metadata':
    case 'trace_metadata':
      return { on: 'metadata', key, test: textTest(comparison, 'metadata', LOGGED_TEXT) };
    case 'span':
      return spanCondition(comparison);
    case 'feedback':
    case 'expectation':
    case 'issue':
      return assessmentCondition(comparison, entity);
    default:
      throw invalid(
        `Invalid entity type '${(entity ?? '').slice(0, 100)}'. Valid ones are attribute, tag, ` +
          'request_metadata, span, feedback, expectation, issue',
      );
  }
}

function attributeCondition(comparison: Comparison): TraceCondition {
  const { key } = comparison;
  if (key === 'text')
    return { on: 'span', column: 'content', test: textTest(comparison, key, ['LIKE', 'ILIKE']) };
  if (key === 'prompt') return { on: 'tag', key: PROMPTS_TAG, test: promptTest(comparison) };
  const column = Object.hasOwn(COLUMNS, key) ? COLUMNS[key] : undefined;
  switch (column) {
    case 'started_at':
    case 'ended_at':
    case 'duration':
      return { on: 'time', column, test: numberTest(comparison, key) };
    case 'id':
    case 'state':
    case 'client_request_id':
      return { on: 'text', column, test: textTest(comparison, key, ATTRIBUTE_TEXT) };
    case 'name':
      return { on: 'tag', key: NAME_TAG, test: textTest(comparison, key, ATTRIBUTE_TEXT) };
    case 'run':
      return { on: 'run', test: textTest(comparison, key, ATTRIBUTE_TEXT) };
    default:
      throw invalid(
        `Invalid attribute key '${key.slice(0, 100)}' specified. ` +
          `Valid keys are ${Object.keys(COLUMNS).join(', ')}, text, prompt`,
      );
  }
}

/** `prompt = 'name/version'`: one of those in the tag, which is a list in JSON. */
function promptTest(comparison: Comparison): TextTest {
  const { values } = textTest(comparison, 'prompt', ['=']);
  const match = /^([^/%_]+)\/(\d+)$/.exec(values[0] ?? '');
  if (match === null)
    throw invalid(`Invalid prompt filter '${(values[0] ?? '').slice(0, 100)}'. Expected name/version`);
  const [, name = '', version = ''] = match;
  return { operator: 'like', values: [`%"name": ${JSON.stringify(name)}, "version": "${version}"%`] };
}

const SPAN_COLUMNS = { name: 'name', type: 'type', status: 'state', content: 'content' } as const;

function spanCondition(comparison: Comparison): TraceCondition {
  const { key } = comparison;
  if (Object.hasOwn(SPAN_COLUMNS, key)) {
    const column = SPAN_COLUMNS[key as keyof typeof SPAN_COLUMNS];
    const operators = column === 'content' ? (['LIKE', 'ILIKE'] as const) : SPAN_TEXT;
    return { on: 'span', column, test: textTest(comparison, `span.${key}`, operators) };
  }
  const [, name] = /^attributes?\.([^"]{1,250})$/s.exec(key) ?? [];
  if (name === undefined)
    throw invalid(
      `Invalid span attribute '${key.slice(0, 100)}'. Valid ones are name, type, status, content, ` +
        'attributes.<name>',
    );
  return { on: 'span-attribute', key: name, test: textTest(comparison, `span.${key}`, SPAN_TEXT) };
}

function assessmentCondition(comparison: Comparison, kind: AssessmentKind): TraceCondition {
  const { key: name, value } = comparison;
  if (value.kind === 'number')
    return { on: 'assessment', kind, name, test: numberTest(comparison, `${kind}.${name}`) };
  return { on: 'assessment', kind, name, test: textTest(comparison, `${kind}.${name}`, LOGGED_TEXT) };
}
