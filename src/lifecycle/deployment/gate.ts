import type { JudgedCriterion } from '../../kernel/figure.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { describeJudgement, judgementsJson } from '../problem/index.ts';

/** What a stage before the gate concluded. */
export interface GateInput {
  readonly stage: 'data' | 'training' | 'evaluation' | 'testing';
  readonly verdict: string;
  readonly reason: string;
}

/** What the gate decided: every stage before it passed and every criterion that can be judged by now held. */
export interface GateDecision {
  readonly open: boolean;
  readonly reason: string;
  readonly body: JsonObject;
}

/** Decides whether a version may go to production, as far as criteria say. Approvals come after. */
export function decideGate(stages: readonly GateInput[], criteria: readonly JudgedCriterion[]): GateDecision {
  const failedStages = stages.filter((stage) => stage.verdict !== 'pass');
  const failedCriteria = criteria.filter((criterion) => criterion.verdict !== 'pass');
  const open = failedStages.length === 0 && failedCriteria.length === 0;
  const reasons = [
    ...failedCriteria.map((criterion) => `${criterion.id}: ${describeJudgement(criterion)}`),
    // A stage that failed by its criteria is named by them already.
    ...failedStages
      .filter((stage) => failedCriteria.length === 0 || stage.verdict !== 'fail' || stage.stage === 'testing')
      .map((stage) => `${stage.stage} is ${stage.verdict}: ${stage.reason}`),
  ];
  return {
    open,
    reason: open ? `${criteria.length} criteria held` : reasons.join('; '),
    body: {
      gate: 'production',
      criteria: judgementsJson(criteria),
      stages: stages.map((stage) => ({ ...stage })),
    },
  };
}
