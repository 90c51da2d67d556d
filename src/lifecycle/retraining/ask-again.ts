import { listRetrainings } from './retraining-store.ts';
import {
  declaredRetraining,
  startRetraining,
  type StartContext,
  type StartedRetraining,
} from './start-retraining.ts';
import { triggerRefusal } from './trigger-refusal.ts';

/**
 * Begins the retraining that an incident asked for when cool-down or limit held it back, once they no longer
 * do and the incident is still open. Null where nothing waits, or where it still may not. Called when a day
 * closes.
 */
export async function askAgain(
  ctx: StartContext,
  project: string,
  at: number,
): Promise<StartedRetraining | null> {
  const held = await ctx.db.query
    .selectFrom('action')
    .innerJoin('incident', 'incident.id', 'action.incident_id')
    .select(['incident.id', 'incident.cause'])
    .where('action.project', '=', project)
    .where('action.kind', '=', 'retrain')
    .where('action.state', 'in', ['limited', 'done'])
    .where('incident.state', '!=', 'resolved')
    .orderBy('incident.opened_at')
    .executeTakeFirst();
  if (held === undefined) return null;
  const spec = await declaredRetraining(ctx.db, project);
  const earlier = (await listRetrainings(ctx.db, project)).map((one) => ({
    at: one.at,
    unfinished: one.state === 'running',
  }));
  if (spec === undefined || triggerRefusal(spec, earlier, at) !== null) return null;
  const trigger = held.cause.replace(/^criterion:/, '');
  return startRetraining(ctx, { project, trigger, incidentId: held.id, actor: 'system', at });
}
