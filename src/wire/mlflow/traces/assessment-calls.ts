import {
  createAssessment,
  deleteAssessment,
  readAssessment,
  updateAssessment,
} from '../../../lifecycle/monitoring/spans/assessment-store.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import { text } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import { invalid } from '../mlflow-error.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import {
  assessmentFields,
  newAssessment,
  restOf,
  type SentAssessment,
  sentValue,
} from './assessment-fields.ts';
import { assessmentJson } from './assessment-json.ts';

const ROOT = '/mlflow/traces/{trace_id}/assessments';
const ids = { trace_id: required(text(100)), assessment_id: required(text(100)) };
const write = { since: '3.0', permission: 'model.write', bodyBytesMax: 4_000_000 } as const;

/** What people, judges and programs say of traces. */
export const assessmentCalls: readonly AnyRpc[] = [
  rpc({
    ...write,
    method: 'POST',
    path: ROOT,
    input: message({ trace_id: ids.trace_id, assessment: required(assessmentFields) }),
    handler: async (ctx, input) => {
      const made = await createAssessment(ctx, input.trace_id, newAssessment(input.assessment));
      return JSON.stringify({ assessment: assessmentJson(made) });
    },
  }),
  rpc({
    method: 'GET',
    since: '3.0',
    permission: 'model.read',
    path: `${ROOT}/{assessment_id}`,
    input: message(ids),
    handler: async (ctx, input) => {
      const found = await readAssessment(ctx, input.trace_id, input.assessment_id);
      return JSON.stringify({ assessment: assessmentJson(found) });
    },
  }),
  rpc({
    ...write,
    method: 'PATCH',
    path: `${ROOT}/{assessment_id}`,
    input: message({ ...ids, assessment: required(assessmentFields), update_mask: text(1_000) }),
    handler: async (ctx, input) => {
      const changes = changesOf(input.assessment, input.update_mask);
      const made = await updateAssessment(ctx, input.trace_id, input.assessment_id, changes);
      return JSON.stringify({ assessment: assessmentJson(made) });
    },
  }),
  rpc({
    ...write,
    method: 'DELETE',
    path: `${ROOT}/{assessment_id}`,
    input: message(ids),
    handler: async (ctx, input) => {
      await deleteAssessment(ctx, input.trace_id, input.assessment_id);
      return undefined;
    },
  }),
];

const CHANGEABLE = ['assessment_name', 'feedback', 'expectation', 'rationale', 'metadata'] as const;

/** The members that a mask (google.protobuf.FieldMask) names in either spelling; without one, all. */
function changesOf(sent: SentAssessment, mask: string | undefined): Parameters<typeof updateAssessment>[3] {
  const paths = (mask ?? '').split(',').map((path) => path.trim().replaceAll(/[A-Z]/g, '_$&').toLowerCase());
  const named = paths.filter((path) => path !== '');
  const unknown = named.find((path) => !CHANGEABLE.some((one) => one === path));
  if (unknown !== undefined)
    throw invalid(
      `Invalid value for parameter 'update_mask' supplied: '${unknown}' is none of ${CHANGEABLE.join(', ')}.`,
    );
  const takes = (name: (typeof CHANGEABLE)[number]): boolean => named.length === 0 || named.includes(name);
  const value = takes('feedback') || takes('expectation') ? sentValue(sent) : undefined;
  const body: Record<string, JsonObject[string]> = { ...value?.body };
  for (const [name, one] of Object.entries(restOf(sent)))
    if ((name === 'rationale' || name === 'metadata') && takes(name)) body[name] = one;
  const name = takes('assessment_name') ? sent.assessment_name : undefined;
  if (name === '') throw invalid("Invalid value for parameter 'assessment.assessment_name' supplied.");
  return {
    ...(name === undefined ? {} : { name }),
    ...(value === undefined ? {} : { kind: value.kind, value: value.value }),
    body,
  };
}
