import type { Database } from '../store/database.ts';
import type { ProjectDocument } from './document/project-document.ts';

/**
 * The project clock, milliseconds UTC: how far a replay has come, else where it starts. Undefined where the
 * document declares none: the project then lives on wall time and everything has arrived.
 */
export async function projectClock(db: Database, document: ProjectDocument): Promise<number | undefined> {
  if (document.clock === undefined) return undefined;
  const row = await db.query
    .selectFrom('project_clock')
    .select('at')
    .where('project', '=', document.name)
    .executeTakeFirst();
  return row?.at ?? Date.parse(`${document.clock.starts}T00:00:00Z`);
}
