import type { Database } from '../store/database.ts';
import { parseJsonText } from '../store/json-text.ts';
import type { ProjectDocument } from './document/project-document.ts';

/** The document that was applied last, as it was checked then; undefined for a project that is not there. */
export async function storedDocument(db: Database, name: string): Promise<ProjectDocument | undefined> {
  const row = await db.query
    .selectFrom('project')
    .select('document')
    .where('name', '=', name)
    .executeTakeFirst();
  return row === undefined ? undefined : (parseJsonText(row.document) as unknown as ProjectDocument);
}
