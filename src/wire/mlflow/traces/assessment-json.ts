import type { Assessment } from '../../../lifecycle/monitoring/spans/assessment.ts';
import { timestampText } from '../codec/well-known.ts';

/** An assessment as clients read it. */
export function assessmentJson(assessment: Assessment): object {
  return {
    ...assessment.body,
    assessment_id: assessment.id,
    assessment_name: assessment.name,
    trace_id: assessment.traceId,
    create_time: timestampText(assessment.createdAt),
    last_update_time: timestampText(assessment.updatedAt),
    overrides: assessment.overrides ?? undefined,
    valid: assessment.valid,
  };
}
