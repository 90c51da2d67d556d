import type { Database } from '../../../store/database.ts';
import type { ApprovalFact } from './card-facts.ts';

/** Approvals of a release: those asked for it, and the one given before (`under`) under which it went. */
export async function readApprovals(
  db: Database,
  project: string,
  of: { readonly release: string | null; readonly under: string | undefined },
): Promise<ApprovalFact[]> {
  const rows = await db.query
    .selectFrom('approval')
    .leftJoin('account as decider', 'decider.id', 'approval.decided_by')
    .leftJoin('account as asker', 'asker.id', 'approval.author')
    .selectAll('approval')
    .select(['decider.name as decider_name', 'asker.name as author_name'])
    .where('approval.project', '=', project)
    .where((where) =>
      where.or([where('approval.subject', '=', of.release ?? ''), where('approval.id', '=', of.under ?? '')]),
    )
    .orderBy('approval.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    gate: row.gate,
    by: row.by_role,
    author: row.author_name ?? row.author,
    state: row.state,
    decidedBy: row.decider_name ?? row.decided_by,
    comment: row.comment,
    decidedAt: row.decided_at,
    own: row.subject === of.release,
  }));
}
