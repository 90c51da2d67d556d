import { hashJson } from '../../kernel/hash.ts';
import { evidencedStep, type KeyScope, type StageResult, type StageScope } from '../stage-scope.ts';
import { judgedBy } from './criterion.ts';
import type { ProblemSpec } from './spec.ts';

/** The parts of tend.yaml that state the problem. */
export interface ProblemInputs {
  readonly problem: ProblemSpec;
  readonly owner: string;
  readonly kind: 'classification' | 'regression';
}

/** Hash of the declared problem: a changed criterion is another problem. */
export function problemKey(scope: KeyScope, inputs: ProblemInputs): string {
  return hashJson({ stage: 'problem', ...inputs, version: scope.version });
}

/** Records the problem as it was stated, before any data is seen. */
export async function runProblem(scope: StageScope, inputs: ProblemInputs): Promise<StageResult> {
  const { problem, owner, kind } = inputs;
  const subject = hashJson(inputs);
  const recorded = await evidencedStep(scope, 'problem', 'statement', async () => ({
    result: {},
    evidence: [
      {
        kind: 'problem-statement',
        subject,
        verdict: 'info' as const,
        title: problem.statement,
        body: {
          owner,
          kind,
          statement: problem.statement,
          objective: problem.objective,
          stakeholders: problem.stakeholders,
          risk: problem.risk,
          baseline: problem.baseline,
          requires: problem.requires ?? {},
          promises: problem.criteria.map((criterion) => ({ ...criterion, judged_by: judgedBy(criterion) })),
        },
      },
    ],
  }));
  const count = problem.criteria.length;
  return {
    verdict: 'pass',
    reason: `${count} measurable ${count === 1 ? 'criterion' : 'criteria'}, risk ${problem.risk.level}`,
    evidence: recorded.evidence,
    outputs: { subject },
  };
}
