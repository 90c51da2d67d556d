import { TendError } from '../kernel/error.ts';
import type { ExitRequest } from '../lifecycle/decommissioning/index.ts';
import type { Database } from '../store/database.ts';
import type { ProjectDocument } from './document/project-document.ts';
import { projectClock } from './project-clock.ts';
import { storedDocument } from './stored-document.ts';

/** The project that something to be retired belongs to, as it is declared now. @throws NOT_FOUND. */
export async function findExitProject(
  db: Database,
  { kind, name }: Pick<ExitRequest, 'kind' | 'name'>,
): Promise<{
  readonly project: string;
  readonly document: ProjectDocument;
  /** Milliseconds UTC; undefined where the project lives on wall time. */
  readonly clock: number | undefined;
}> {
  const project = await ownerOf(db, kind, name);
  const document = project === undefined ? undefined : await storedDocument(db, project);
  if (project === undefined || document === undefined) {
    throw new TendError('NOT_FOUND', `there is no ${kind} ${name}`);
  }
  return { project, document, clock: await projectClock(db, document) };
}

async function ownerOf(db: Database, kind: ExitRequest['kind'], name: string): Promise<string | undefined> {
  if (kind === 'project') return name;
  const row =
    kind === 'endpoint'
      ? await db.query.selectFrom('endpoint').select('project').where('name', '=', name).executeTakeFirst()
      : await db.query
          .selectFrom('model')
          .select('project')
          .where('name', '=', name.split('@')[0] ?? '')
          .executeTakeFirst();
  return row?.project ?? undefined;
}
