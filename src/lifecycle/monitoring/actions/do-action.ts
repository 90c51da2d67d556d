import { SYSTEM } from '../../../kernel/policy.ts';
import type { Database } from '../../../store/database.ts';
import { projectChain } from '../../../store/ledger-entry.ts';
import type { ActionTable, IncidentTable } from '../../../store/tables/loop-tables.ts';
import { listRoutes } from '../../deployment/index.ts';
import { actionBody } from './action.ts';
import type { ActingContext, ActionPorts } from './action-ports.ts';
import { actionsSince } from './action-store.ts';
import { causeName } from './actions-for.ts';
import type { ActionEnd } from './settle-action.ts';

/**
 * Does what a waiting action says, unless it was done before: the deed's own ledger entry, which names the
 * action and is a part of the deed's commit, tells so after a kill. Errors are those of the deed.
 */
export async function doAction(
  ctx: ActingContext,
  ports: ActionPorts,
  row: ActionTable,
  incident: IncidentTable,
): Promise<ActionEnd> {
  if (row.kind === 'alert') return { state: 'done', reason: `${incident.owner} is told: ${incident.title}` };
  if (row.kind === 'retrain') return await retrain(ctx, ports, row, incident);
  const { endpoint, to } = actionBody(row);
  const reason = `${incident.title} (incident ${incident.id}, action ${row.id})`;
  const order = { endpoint, reason, principal: SYSTEM, incident: incident.id };
  if (await wasDone(ctx.db, row)) return { state: 'done', reason: 'done before Tend was interrupted' };
  switch (row.kind) {
    case 'roll_back': {
      const hindrance = (await movedOn(ctx.db, row)) ?? (await noWayBack(ctx.db, row));
      if (hindrance !== undefined) return { state: 'limited', reason: hindrance };
      await ports.rollBack(ctx, order);
      return { state: 'done', reason: `the release before answers at ${endpoint} again` };
    }
    case 'fall_back': {
      const hindrance = await movedOn(ctx.db, row);
      if (hindrance !== undefined) return { state: 'limited', reason: hindrance };
      await ports.fallBack(ctx, { ...order, to: to ?? 'baseline' });
      return { state: 'done', reason: `${to ?? 'baseline'} answers at ${endpoint}` };
    }
    case 'throttle':
      await ports.throttle(ctx, { ...order, perSecond: Number.parseFloat(to ?? '') });
      return { state: 'done', reason: `${endpoint} answers ${to ?? ''} at most` };
    case 'stop':
      await ports.stopEndpoint(ctx, order);
      return { state: 'done', reason: `${endpoint} answers nothing until somebody lets it` };
  }
}

async function retrain(
  { db }: ActingContext,
  ports: ActionPorts,
  row: ActionTable,
  { id: incidentId, cause }: IncidentTable,
): Promise<ActionEnd> {
  const begun = await db.query
    .selectFrom('retraining')
    .select('id')
    .where('incident_id', '=', incidentId)
    .executeTakeFirst();
  if (begun !== undefined) return { state: 'done', reason: `retraining ${begun.id} began` };
  const { project, at, due_at: dueAt } = row;
  const order = { project, trigger: causeName(cause), incidentId, actor: 'system', at: dueAt ?? at };
  const started = await ports.startRetraining(order);
  return started.kind === 'started'
    ? { state: 'done', reason: `retraining ${started.retraining} began` }
    : { state: 'limited', reason: started.reason };
}

/** Whether the deed of an action is in the ledger: its entry names the action. */
export async function wasDone(db: Database, row: ActionTable): Promise<boolean> {
  const entry = await db.query
    .selectFrom('ledger')
    .select('seq')
    .where('chain', '=', projectChain(row.project))
    .where('at', '>=', row.created_at)
    .where('subject', '<>', row.id)
    .where('action', 'like', 'endpoint.%')
    .where('body', 'like', `%${row.id}%`)
    .limit(1)
    .executeTakeFirst();
  return entry !== undefined;
}

/** A release that took over since is not the one that the incident is about. */
async function movedOn(db: Database, row: ActionTable): Promise<string | undefined> {
  const { endpoint, release } = actionBody(row);
  if (release === null) return undefined;
  const routes = await listRoutes(db, endpoint);
  const answers = routes.some(({ releaseHash, role }) => releaseHash === release && role !== 'warm');
  return answers ? undefined : `release ${release.slice(0, 12)} does not answer at ${endpoint} any more`;
}

/** What an action took away is nothing to go back to: two bad releases would take turns. */
async function noWayBack(db: Database, row: ActionTable): Promise<string | undefined> {
  const { endpoint } = actionBody(row);
  const routes = await listRoutes(db, endpoint);
  const isCanary = routes.some(({ role }) => role === 'candidate');
  const back = routes.find(({ role }) => role === (isCanary ? 'stable' : 'warm'));
  const { project } = row;
  const earlier = [
    ...(await actionsSince(db, { project, kind: 'roll_back', after: 0 })),
    ...(await actionsSince(db, { project, kind: 'fall_back', after: 0 })),
  ];
  const taken = earlier.some(
    (one) => one.state === 'done' && back !== undefined && actionBody(one).release === back.releaseHash,
  );
  return taken
    ? `version ${back?.version ?? ''} was itself taken away by an action, so it is no way back`
    : undefined;
}
