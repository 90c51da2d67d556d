import { asTendError } from '../../../kernel/error.ts';
import type { Database } from '../../../store/database.ts';
import type { ActionTable } from '../../../store/tables/loop-tables.ts';
import { incidentOf } from '../incidents/incident.ts';
import { findIncident } from '../incidents/incident-store.ts';
import { actionBody } from './action.ts';
import type { ActingContext, ActionPorts } from './action-ports.ts';
import { actionsOfIncident, actionsToSettle, findAction } from './action-store.ts';
import { actingDocument } from './actions-for.ts';
import { doAction, wasDone } from './do-action.ts';
import { planActions } from './plan-actions.ts';
import { type ActionEnd, settleAction } from './settle-action.ts';

/**
 * Carries out what an incident sets off: called when it has opened, with its id. It may be called any number
 * of times. What is to be done is written down once, by the incident's id; each deed is known by the ledger
 * entry of its own commit, so a kill between deed and record repeats the record and not the deed. An action
 * that fails is recorded with its error, and the others go on. Errors are those of the database alone.
 */
export function carryOutActions(ctx: ActingContext, ports: ActionPorts, incidentId: string): Promise<void> {
  return inTurn(ctx.db, async () => {
    const incident = incidentOf(await findIncident(ctx.db, incidentId));
    const document = await actingDocument(ctx.db, incident.project);
    if (document === undefined) return;
    await planActions(ctx, incident, document);
    for (const row of await actionsOfIncident(ctx.db, incidentId)) {
      if (row.state === 'waiting' && actionBody(row).veto === null) await carryOut(ctx, ports, row.id);
    }
  });
}

/**
 * Settles the waiting actions of a project whose veto time has passed by `at`, a moment of its clock, and
 * those whose incident closed meanwhile; called at every move of the clock. Answers how many.
 */
export function carryOutDue(
  ctx: ActingContext,
  ports: ActionPorts,
  project: string,
  at: number,
): Promise<number> {
  return inTurn(ctx.db, async () => {
    const due = await actionsToSettle(ctx.db, project, at);
    for (const row of due) await carryOut(ctx, ports, row.id);
    return due.length;
  });
}

async function carryOut(ctx: ActingContext, ports: ActionPorts, id: string): Promise<void> {
  const row = await findAction(ctx.db, id);
  if (row.state !== 'waiting') return;
  const { statements, ledger } = settleAction(ctx, row, await endOf(ctx, ports, row), false);
  await ctx.db.commit({ statements, ledger });
}

async function endOf(ctx: ActingContext, ports: ActionPorts, row: ActionTable): Promise<ActionEnd> {
  const incident = await findIncident(ctx.db, row.incident_id);
  if (incident.state === 'resolved') {
    return { state: 'vetoed', reason: 'the incident closed before it was done', decidedBy: 'system' };
  }
  try {
    return await doAction(ctx, ports, row, incident);
  } catch (error) {
    const { code, message } = asTendError(error);
    // As when the change is committed and its file cannot be written: what holds is the record.
    return (await wasDone(ctx.db, row))
      ? { state: 'done', reason: `done, with ${code}: ${message}` }
      : { state: 'failed', reason: `${code}: ${message}` };
  }
}

/** Of a database, one after another: an event and a move of the clock may both find the same action. */
const turns = new WeakMap<Database, Promise<unknown>>();

function inTurn<T>(db: Database, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(db) ?? Promise.resolve()).then(work);
  turns.set(
    db,
    turn.catch(() => undefined),
  );
  return turn;
}
