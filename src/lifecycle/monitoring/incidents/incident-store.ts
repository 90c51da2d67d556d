import { TendError } from '../../../kernel/error.ts';
import { decodeCursor, encodeCursor } from '../../../kernel/page.ts';
import type { Database } from '../../../store/database.ts';
import type { IncidentTable } from '../../../store/tables/loop-tables.ts';
import { type Incident, incidentOf } from './incident.ts';

/** The incident of a cause that opened last, resolved or not. */
export async function newestOfCause(
  db: Database,
  project: string,
  cause: string,
): Promise<IncidentTable | undefined> {
  return db.query
    .selectFrom('incident')
    .selectAll()
    .where('project', '=', project)
    .where('cause', '=', cause)
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Incidents of a project that are not resolved, the oldest first. */
export async function openIncidents(db: Database, project: string): Promise<Incident[]> {
  const rows = await db.query
    .selectFrom('incident')
    .selectAll()
    .where('project', '=', project)
    .where('state', '<>', 'resolved')
    .orderBy('opened_at')
    .orderBy('id')
    .execute();
  return rows.map(incidentOf);
}

/** The row of an id. @throws NOT_FOUND */
export async function findIncident(db: Database, id: string): Promise<IncidentTable> {
  const row = await db.query.selectFrom('incident').selectAll().where('id', '=', id).executeTakeFirst();
  if (row !== undefined) return row;
  throw new TendError('NOT_FOUND', `there is no incident ${id}`, { hint: 'See `tend incidents list`.' });
}

/** Incidents, the newest first. */
export async function listIncidents(
  db: Database,
  input: {
    readonly limit: number;
    readonly cursor?: string;
    readonly project?: string;
    readonly state?: Incident['state'];
  },
): Promise<{ items: Incident[]; next?: string }> {
  let query = db.query.selectFrom('incident').selectAll();
  if (input.cursor !== undefined) query = query.where('id', '<', decodeCursor(input.cursor));
  if (input.project !== undefined) query = query.where('project', '=', input.project);
  if (input.state !== undefined) query = query.where('state', '=', input.state);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
    .execute();
  const items = rows.slice(0, input.limit).map(incidentOf);
  const last = items.at(-1);
  return rows.length > input.limit && last !== undefined ? { items, next: encodeCursor(last.id) } : { items };
}
