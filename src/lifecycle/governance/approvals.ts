import { z } from 'zod';
import { outboxEntry } from '../../engine/outbox-entry.ts';
import { TendError } from '../../kernel/error.ts';
import { decodeCursor, encodeCursor } from '../../kernel/page.ts';
import { ROLES } from '../../kernel/permission.ts';
import type { Principal } from '../../kernel/policy.ts';
import type { Database, Statement } from '../../store/database.ts';
import { evidenceRecord } from '../../store/evidence.ts';
import { projectChain } from '../../store/ledger-entry.ts';
import type { ApprovalTable } from '../../store/tables/project-tables.ts';
import type { GovernanceContext } from './governance-context.ts';
import { findAccount, findApproval, listApprovalRows } from './governance-store.ts';

/** An approval is decided once and stays so. */
export const APPROVAL_STATES = ['waiting', 'approved', 'rejected'] as const;

/** An approval as others see it. `subject` is the content hash of what is approved. */
export const approvalView = z
  .object({
    id: z.string(),
    project: z.string(),
    gate: z.string(),
    subject: z.string(),
    /** Role or account name that has to decide. */
    by: z.string(),
    notAuthor: z.boolean(),
    author: z.string(),
    state: z.enum(APPROVAL_STATES),
    decidedBy: z.string().exactOptional(),
    comment: z.string().exactOptional(),
    createdAt: z.int(),
    decidedAt: z.int().exactOptional(),
    executionId: z.string().exactOptional(),
  })
  .meta({ id: 'Approval' });

export type ApprovalView = z.output<typeof approvalView>;

/** Which approval, and why it is decided so. */
export const approvalDecision = z.object({
  id: z.string().max(100),
  comment: z.string().max(2_000).exactOptional(),
});

type Decision = z.output<typeof approvalDecision>;
type Context = Pick<GovernanceContext, 'db' | 'clock' | 'random' | 'principal'>;

/** Written to the outbox with every decision; what waits for it wakes by it. */
export const APPROVAL_DECIDED = 'governance.approval.decided';

/**
 * Says yes. @throws NOT_FOUND, NOT_ALLOWED (not the one who has to, or the author), CONFLICT (decided before)
 */
export function approve(ctx: Context, input: Decision): Promise<{ id: string; state: 'approved' }> {
  return decide(ctx, input, 'approved');
}

/** Says no; under the same conditions. */
export function reject(ctx: Context, input: Decision): Promise<{ id: string; state: 'rejected' }> {
  return decide(ctx, input, 'rejected');
}

async function decide<S extends 'approved' | 'rejected'>(
  ctx: Context,
  input: Decision,
  state: S,
): Promise<{ id: string; state: S }> {
  const { db, clock, principal } = ctx;
  const row = await findApproval(db, input.id);
  if (row === undefined) {
    throw new TendError('NOT_FOUND', `there is no approval ${input.id}`, {
      hint: 'See `tend approvals list`.',
    });
  }
  assertMayDecide(row, principal);
  if (row.state !== 'waiting') {
    const who = await nameOf(db, row.decided_by ?? '');
    throw new TendError('CONFLICT', `approval ${row.id} was ${row.state} by ${who} already`);
  }
  const { statements, ledger } = evidenceOf(ctx, row, input, state);
  const decision: Statement = {
    query: db.query
      .updateTable('approval')
      .set({ state, decided_by: principal.id, comment: input.comment ?? null, decided_at: clock.now() })
      .where('id', '=', row.id)
      .where('state', '=', 'waiting'),
    expect: 1,
  };
  const body = { approval: row.id, state, subject: row.subject, executionId: row.execution_id };
  const event = outboxEntry({ type: APPROVAL_DECIDED, project: row.project, body }, ctx);
  const entry = {
    chain: projectChain(row.project),
    action: `approval.${state}`,
    actor: principal.id,
    subject: row.id,
    body: { gate: row.gate, subject: row.subject, comment: input.comment ?? null },
  };
  await db.commit({
    statements: [decision, ...statements, event],
    ledger: [...ledger, entry],
  });
  return { id: row.id, state };
}

function evidenceOf(
  ctx: Context,
  row: ApprovalTable,
  input: Decision,
  state: 'approved' | 'rejected',
): ReturnType<typeof evidenceRecord> {
  const { principal } = ctx;
  return evidenceRecord(
    {
      project: row.project,
      stage: 'governance',
      kind: 'approval',
      subject: row.subject,
      verdict: state === 'approved' ? 'pass' : 'fail',
      title: `${row.gate} ${state} by ${principal.name}`,
      body: {
        approval: row.id,
        gate: row.gate,
        state,
        by: row.by_role,
        decidedBy: { id: principal.id, name: principal.name },
        author: row.author,
        notAuthor: row.not_author === 1,
        comment: input.comment ?? null,
      },
      ...(row.execution_id === null ? {} : { executionId: row.execution_id }),
      actor: principal.id,
    },
    ctx,
  );
}

/**
 * Duties apart: the named role or person decides, and where the file says so never whoever asked, by whatever
 * token or role. A role is no account that is called like it, and Tend itself decides nothing.
 */
function assertMayDecide(row: ApprovalTable, principal: Principal): void {
  const byRole = ROLES.some((role) => role === row.by_role);
  const named =
    principal.kind !== 'system' &&
    (byRole ? principal.roles.some((role) => role === row.by_role) : principal.name === row.by_role);
  const author = row.not_author === 1 && (row.author === principal.id || row.author === principal.name);
  if (named && !author) return;
  const exception = row.not_author === 1 ? `, but not its author (${row.author})` : '';
  throw new TendError(
    'NOT_ALLOWED',
    `approval ${row.id} is decided by ${row.by_role}${exception}; you are ${principal.name}`,
    { hint: `Ask whoever is ${row.by_role}: \`tend approve ${row.id}\` with TEND_TOKEN set.` },
  );
}

async function nameOf(db: Database, id: string): Promise<string> {
  return (await findAccount(db, { id }))?.name ?? id;
}

/** Approvals, the newest first. */
export async function listApprovals(
  ctx: Pick<GovernanceContext, 'db'>,
  input: {
    readonly limit: number;
    readonly cursor?: string;
    readonly project?: string;
    readonly state?: ApprovalTable['state'];
  },
): Promise<{ items: ApprovalView[]; next?: string }> {
  const before = input.cursor === undefined ? undefined : decodeCursor(input.cursor);
  const rows = await listApprovalRows(ctx.db, { limit: input.limit + 1, before }, input);
  const items = rows.slice(0, input.limit).map(viewOf);
  const last = items.at(-1);
  return rows.length > input.limit && last !== undefined ? { items, next: encodeCursor(last.id) } : { items };
}

function viewOf(row: ApprovalTable): ApprovalView {
  const { id, project, gate, subject, author, state } = row;
  return {
    id,
    project,
    gate,
    subject,
    by: row.by_role,
    notAuthor: row.not_author === 1,
    author,
    state,
    ...(row.decided_by === null ? {} : { decidedBy: row.decided_by }),
    ...(row.comment === null ? {} : { comment: row.comment }),
    createdAt: row.created_at,
    ...(row.decided_at === null ? {} : { decidedAt: row.decided_at }),
    ...(row.execution_id === null ? {} : { executionId: row.execution_id }),
  };
}
