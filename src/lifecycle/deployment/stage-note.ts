import { build } from '../../store/build.ts';
import type { Database, Statement } from '../../store/database.ts';
import { jsonText, parseJsonText } from '../../store/json-text.ts';

/**
 * Lets the deployment stage say what was done to its endpoint after it was carried out: the reason is the new
 * one, and the evidence joins what there is. Nothing where the stage has not run.
 */
export async function noteOnStage(
  db: Database,
  project: string,
  note: { readonly reason: string; readonly evidence: string; readonly now: number },
): Promise<Statement[]> {
  const row = await db.query
    .selectFrom('stage_result')
    .select('evidence')
    .where('project', '=', project)
    .where('stage', '=', 'deployment')
    .executeTakeFirst();
  if (row === undefined) return [];
  const evidence = [...(parseJsonText(row.evidence) as readonly string[]), note.evidence];
  const query = build
    .updateTable('stage_result')
    .set({ reason: note.reason, evidence: jsonText(evidence), updated_at: note.now })
    .where('project', '=', project)
    .where('stage', '=', 'deployment')
    .where('evidence', '=', row.evidence);
  return [{ query, expect: 1 }];
}
