import type { Database } from '../../store/database.ts';
import { parseJsonText } from '../../store/json-text.ts';

/**
 * The approval under which a candidate of an unchanged document may be promoted: the newest one that was
 * given for a release of that very document (`specHash`). Undefined where there is none, so that somebody
 * has to be asked.
 */
export async function standingApproval(
  db: Database,
  project: string,
  specHash: string,
): Promise<string | undefined> {
  const rows = await db.query
    .selectFrom('approval')
    .innerJoin('release', 'release.hash', 'approval.subject')
    .select(['approval.id', 'release.manifest'])
    .where('approval.project', '=', project)
    .where('approval.gate', '=', 'production')
    .where('approval.state', '=', 'approved')
    .orderBy('approval.decided_at', 'desc')
    .execute();
  const under = rows.find(
    ({ manifest }) => (parseJsonText(manifest) as { readonly specHash?: string }).specHash === specHash,
  );
  return under?.id;
}
