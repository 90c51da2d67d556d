import type { StageScope } from '../stage-scope.ts';
import { abandonCandidates, changeRetraining, findRetraining } from './retraining-store.ts';
import { retrainingStep } from './retraining-step.ts';

/** Ends a retraining that an operating error broke off; one that has ended already stays as it is. */
export async function failRetraining(
  scope: StageScope,
  id: string,
  reason: string,
  actor: string,
): Promise<void> {
  await retrainingStep(scope, 'end', actor, async () => {
    const found = await findRetraining(scope.db, id);
    if (found?.state !== 'running') return { result: {}, statements: () => [] };
    const now = scope.clock.now();
    return {
      result: {},
      statements: () => [
        changeRetraining(id, 'running', { state: 'failed', reason }, now),
        abandonCandidates(id, reason, now),
      ],
      ledger: [{ action: 'retraining.failed', subject: id, body: { reason } }],
    };
  });
}
