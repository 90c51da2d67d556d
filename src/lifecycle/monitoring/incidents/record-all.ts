import type { LedgerDraft, Statement } from '../../../store/database.ts';
import { evidenceRecord } from '../../../store/evidence.ts';
import type { LifecycleContext, StageEvidence } from '../../stage-scope.ts';

/** Evidence of monitoring, and what a unit must hold to record it. */
export function recordAll(
  ctx: Pick<LifecycleContext, 'clock' | 'random'>,
  project: string,
  drafts: readonly StageEvidence[],
  actor: string,
): {
  readonly ids: readonly string[];
  readonly statements: readonly Statement[];
  readonly ledger: readonly LedgerDraft[];
} {
  const records = drafts.map((draft) =>
    evidenceRecord({ actor, ...draft, project, stage: 'monitoring' }, ctx),
  );
  return {
    ids: records.map(({ evidence }) => evidence.id),
    statements: records.flatMap(({ statements }) => statements),
    ledger: records.flatMap(({ ledger }) => ledger),
  };
}
