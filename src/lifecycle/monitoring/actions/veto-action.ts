import { z } from 'zod';
import { TendError } from '../../../kernel/error.ts';
import { type Action, actionBody, actionOf } from './action.ts';
import { findAction } from './action-store.ts';
import type { IncidentContext } from '../incidents/decide-incident.ts';
import { incidentClock } from '../incidents/incident-clock.ts';
import { settleAction } from './settle-action.ts';

/** Which action, and why it shall not be done. */
export const actionVeto = z.object({
  id: z.string().max(100),
  reason: z
    .string()
    .min(3, 'expected why')
    .max(2_000)
    .default('not wanted')
    .describe('It stands in the evidence.'),
});

/**
 * Says no to an action that waits. @throws NOT_FOUND; CONFLICT when it is settled, or being done: what is to
 * be done at once, or what is due, is not waited with
 */
export async function vetoAction(ctx: IncidentContext, input: z.output<typeof actionVeto>): Promise<Action> {
  const row = await findAction(ctx.db, input.id);
  if (row.state !== 'waiting') {
    throw new TendError('CONFLICT', `action ${row.id} is ${row.state} already: ${actionBody(row).reason}`);
  }
  const now = await incidentClock(ctx, row.project);
  if (actionBody(row).veto === null || (row.due_at ?? 0) <= now) {
    throw new TendError('CONFLICT', `action ${row.id} is being done; its time for a veto has passed`);
  }
  const { principal } = ctx;
  const reason = `${principal.name}: ${input.reason}`;
  const { statements, ledger } = settleAction(
    ctx,
    row,
    { state: 'vetoed', reason, decidedBy: principal.id },
    false,
  );
  await ctx.db.commit({ statements, ledger });
  return actionOf(await findAction(ctx.db, row.id));
}
