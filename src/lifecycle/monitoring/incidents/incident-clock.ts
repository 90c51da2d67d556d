import type { Clock } from '../../../kernel/clock.ts';
import type { Database } from '../../../store/database.ts';
import { parseJsonText } from '../../../store/json-text.ts';

/**
 * The project clock now, milliseconds UTC: how far a replay has come or where it starts; wall time in a
 * project without one.
 */
export async function incidentClock(
  ctx: { readonly db: Database; readonly clock: Clock },
  project: string,
): Promise<number> {
  const moved = await ctx.db.query
    .selectFrom('project_clock')
    .select('at')
    .where('project', '=', project)
    .executeTakeFirst();
  if (moved !== undefined) return moved.at;
  const row = await ctx.db.query
    .selectFrom('project')
    .select('document')
    .where('name', '=', project)
    .executeTakeFirst();
  const { clock } = (row === undefined ? {} : parseJsonText(row.document)) as {
    readonly clock?: { readonly starts: string };
  };
  return clock === undefined ? ctx.clock.now() : Date.parse(`${clock.starts}T00:00:00Z`);
}
