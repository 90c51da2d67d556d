import { newId } from '../../kernel/id.ts';
import { build } from '../../store/build.ts';
import { projectChain } from '../../store/ledger-entry.ts';
import type { StageScope } from '../stage-scope.ts';

/** Who has to agree, from the governance part of tend.yaml. */
export interface ApprovalRule {
  readonly by: string;
  readonly notAuthor: boolean;
}

/** An approval as the gate sees it. */
export interface RequestedApproval {
  readonly id: string;
  readonly state: 'waiting' | 'approved' | 'rejected';
  readonly comment: string | null;
}

/** Asks for an approval of a release, once for each execution; who asked is its author. */
export async function requestApproval(
  scope: StageScope,
  rule: ApprovalRule,
  subject: string,
  author: string,
): Promise<RequestedApproval> {
  const stored = await scope.workflow.step('deployment.approval', async () => {
    const id = newId('apr', scope.clock, scope.random);
    const row = {
      id,
      project: scope.project,
      gate: 'production',
      subject,
      by_role: rule.by,
      not_author: rule.notAuthor ? 1 : 0,
      author,
      state: 'waiting' as const,
      decided_by: null,
      comment: null,
      created_at: scope.clock.now(),
      decided_at: null,
      execution_id: scope.workflow.executionId,
    };
    return {
      result: { id },
      statements: [{ query: build.insertInto('approval').values(row), expect: 1 }],
      ledger: [
        {
          chain: projectChain(scope.project),
          action: 'approval.requested',
          actor: author,
          subject: id,
          body: { gate: 'production', subject, by: rule.by, not_author: rule.notAuthor },
        },
      ],
    };
  });
  const { id } = stored as { readonly id: string };
  const row = await scope.db.query
    .selectFrom('approval')
    .select(['state', 'comment'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return { id, state: row.state, comment: row.comment };
}
