import type { ReceiverReport } from '../../../engine/webhook/webhook-context.ts';
import type { LifecycleContext } from '../../stage-scope.ts';
import { incidentClock } from './incident-clock.ts';
import { settleFindings } from './settle-findings.ts';

/**
 * Opens one incident for a receiver whose deliveries were given up, and closes it when it takes one again.
 * For a webhook of every project the ledger of the server alone says so: there is no project to own it.
 */
export async function webhookIncident(
  ctx: Pick<LifecycleContext, 'db' | 'clock' | 'random'>,
  { webhook, project, origin, answers, reason }: ReceiverReport,
): Promise<void> {
  if (project === null) return;
  const row = await ctx.db.query
    .selectFrom('project')
    .select('owner')
    .where('name', '=', project)
    .executeTakeFirst();
  if (row === undefined) return;
  const finding = {
    project,
    cause: `webhook:${webhook}`,
    holds: answers,
    at: await incidentClock(ctx, project),
    severity: 'warning' as const,
    title: answers
      ? `The receiver at ${origin} takes deliveries again`
      : `The receiver at ${origin} was given up after a day: ${reason}`,
    whatToDo:
      `Repair the receiver, then \`tend webhooks test ${webhook}\`; ` +
      `\`tend webhooks deliveries ${webhook}\` lists what it missed.`,
    evidence: [],
    release: null,
  };
  await settleFindings(ctx, { name: project, owner: row.owner }, [finding]);
}
