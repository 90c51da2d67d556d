import type { Database } from '../store/database.ts';
import type { ProjectDocument } from './document/project-document.ts';
import { clockStart } from './stage-inputs.ts';

/**
 * The project clock, milliseconds UTC: how far a replay has come, else where it starts. Undefined where the
 * document declares none: the project then lives on wall time and everything has arrived.
 */
export async function projectClock(db: Database, document: ProjectDocument): Promise<number | undefined> {
  const starts = clockStart(document.clock);
  if (starts === null) return undefined;
  const row = await db.query
    .selectFrom('project_clock')
    .select('at')
    .where('project', '=', document.name)
    .executeTakeFirst();
  return row?.at ?? starts;
}

/**
 * The project clock that applying a document works with: that of its first application, so that the same
 * document leads to the same model however far the clock has come since; the present one for a document that
 * is new.
 */
export async function appliedClock(
  db: Database,
  document: ProjectDocument,
  hash: string,
): Promise<number | undefined> {
  if (document.clock === undefined) return undefined;
  const row = await db.query
    .selectFrom('project_revision')
    .select('clock')
    .where('project', '=', document.name)
    .where('hash', '=', hash)
    .executeTakeFirst();
  return row?.clock ?? (await projectClock(db, document));
}
