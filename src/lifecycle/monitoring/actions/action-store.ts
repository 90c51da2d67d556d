import { TendError } from '../../../kernel/error.ts';
import type { Database } from '../../../store/database.ts';
import type { ActionTable } from '../../../store/tables/loop-tables.ts';

/** The row of an id. @throws NOT_FOUND */
export async function findAction(db: Database, id: string): Promise<ActionTable> {
  const row = await db.query.selectFrom('action').selectAll().where('id', '=', id).executeTakeFirst();
  if (row !== undefined) return row;
  throw new TendError('NOT_FOUND', `there is no action ${id}`, {
    hint: 'See `tend incidents show INCIDENT`.',
  });
}

/** The actions of an incident, in the order in which they were declared. */
export function actionsOfIncident(db: Database, incident: string): Promise<ActionTable[]> {
  return db.query
    .selectFrom('action')
    .selectAll()
    .where('incident_id', '=', incident)
    .orderBy('id')
    .execute();
}

/** Actions of a kind in a project since a moment of its clock (exclusive). */
export function actionsSince(
  db: Database,
  {
    project,
    kind,
    after,
  }: { readonly project: string; readonly kind: ActionTable['kind']; readonly after: number },
): Promise<ActionTable[]> {
  return db.query
    .selectFrom('action')
    .selectAll()
    .where('project', '=', project)
    .where('kind', '=', kind)
    .where('at', '>', after)
    .execute();
}

/** Waiting actions of a project that are due at a moment of its clock, or whose incident is over. */
export async function actionsToSettle(db: Database, project: string, at: number): Promise<ActionTable[]> {
  return db.query
    .selectFrom('action')
    .innerJoin('incident', 'incident.id', 'action.incident_id')
    .selectAll('action')
    .where('action.project', '=', project)
    .where('action.state', '=', 'waiting')
    .where((eb) => eb.or([eb('action.due_at', '<=', at), eb('incident.state', '=', 'resolved')]))
    .orderBy('action.due_at')
    .orderBy('action.id')
    .execute();
}
