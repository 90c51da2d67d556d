import type { Json, JsonObject } from '../../../kernel/json.ts';
import type { AssessmentKind } from '../../../lifecycle/monitoring/spans/assessment.ts';
import type { NewAssessment } from '../../../lifecycle/monitoring/spans/assessment-store.ts';
import { flag, oneOf, text } from '../codec/field.ts';
import { message } from '../codec/message.ts';
import { anyJson, textMap, timestamp } from '../codec/well-known.ts';
import { invalid } from '../mlflow-error.ts';

/** Longest name of an assessment, as that of a tag. */
const NAME_CHARS_MAX = 250;
/** Longest value, as JSON. */
const VALUE_CHARS_MAX = 100_000;

const SOURCES = { SOURCE_TYPE_UNSPECIFIED: 0, HUMAN: 1, LLM_JUDGE: 2, CODE: 3, AI_JUDGE: 2 };

/** What a client sends of an assessment; everything may be missing, as in a change. */
export const assessmentFields = message({
  assessment_id: text(100),
  assessment_name: text(NAME_CHARS_MAX),
  trace_id: text(100),
  span_id: text(100),
  source: message({ source_type: oneOf(SOURCES), source_id: text(1_000) }),
  create_time: timestamp(),
  last_update_time: timestamp(),
  feedback: message({
    value: anyJson(),
    error: message({ error_code: text(1_000), error_message: text(), stack_trace: text() }),
  }),
  expectation: message({
    value: anyJson(),
    serialized_value: message({ serialization_format: text(100), value: text(VALUE_CHARS_MAX) }),
  }),
  issue: message({ issue_name: text(NAME_CHARS_MAX) }),
  rationale: text(VALUE_CHARS_MAX),
  metadata: textMap(100, 8_000),
  overrides: text(100),
  valid: flag(),
});

export type SentAssessment = ReturnType<typeof assessmentFields.read>;

/** What is to be kept of it. @throws INVALID_PARAMETER_VALUE without a name, or with none or two values */
export function newAssessment(sent: SentAssessment): NewAssessment {
  const name = sent.assessment_name;
  if (name === undefined || name === '')
    throw invalid("Missing value for required parameter 'assessment.assessment_name'.");
  const value = sentValue(sent);
  if (value === undefined)
    throw invalid("An assessment must have one of 'feedback', 'expectation' and 'issue'.");
  return {
    id: sent.assessment_id || undefined,
    name,
    kind: value.kind,
    value: value.value,
    overrides: sent.overrides || null,
    createdAt: sent.create_time,
    body: { ...value.body, ...restOf(sent) },
  };
}

/** The value with its kind; undefined where none came. @throws INVALID_PARAMETER_VALUE for two */
export function sentValue(
  sent: SentAssessment,
):
  | { readonly kind: AssessmentKind; readonly value: Json | undefined; readonly body: JsonObject }
  | undefined {
  const { feedback, expectation, issue } = sent;
  if ([feedback, expectation, issue].filter((one) => one !== undefined).length > 1)
    throw invalid("An assessment must have only one of 'feedback', 'expectation' and 'issue'.");
  if (feedback !== undefined) {
    const body = { feedback: compact(feedback) };
    return { kind: 'feedback', value: short(feedback.value), body };
  }
  if (expectation !== undefined) {
    const body = { expectation: compact(expectation) };
    const value = expectation.serialized_value?.value ?? expectation.value;
    return { kind: 'expectation', value: short(value), body };
  }
  if (issue === undefined) return undefined;
  return { kind: 'issue', value: issue.issue_name, body: { issue: compact(issue) } };
}

/** The members beside the value that came. */
export function restOf(sent: SentAssessment): JsonObject {
  const { source, rationale, span_id } = sent;
  const metadata = Object.fromEntries(sent.metadata.map(({ key, value }) => [key, value]));
  return compact({ source, rationale, span_id, ...(sent.metadata.length > 0 ? { metadata } : {}) });
}

function short(value: Json | undefined): Json | undefined {
  if (value !== undefined && JSON.stringify(value).length > VALUE_CHARS_MAX)
    throw invalid(`The value of an assessment must have at most ${VALUE_CHARS_MAX} characters as JSON.`);
  return value;
}

/** Without members that did not come. */
function compact(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
