import { TendError } from '../kernel/error.ts';
import type { Database } from '../store/database.ts';
import { parseJsonText } from '../store/json-text.ts';
import { APPLY, type ApplyInput } from './apply-input.ts';

/**
 * The source that a project was carried out from last: tend.yaml, the files that it names and their folder.
 * @throws CONFLICT where it never was.
 */
export async function appliedSource(db: Database, project: string): Promise<ApplyInput> {
  const row = await db.query
    .selectFrom('execution')
    .select('input')
    .where('workflow', '=', APPLY)
    .where('project', '=', project)
    .where('state', '=', 'done')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  if (row === undefined) throw new TendError('CONFLICT', `${project} was never carried out to its end`);
  return parseJsonText(row.input) as unknown as ApplyInput;
}
