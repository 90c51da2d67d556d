import type { Statement } from '../../../store/database.ts';
import { readRows, sqlText } from '../../../store/sql-text.ts';
import { activeExperimentRow, chainOf, type TrackingContext } from '../../training/index.ts';

/** Which traces of an experiment: these, or the oldest up to a time (milliseconds) and a number. */
export type DeletedTraces =
  | { readonly ids: readonly string[] }
  | { readonly until: number; readonly max: number | undefined };

/** Ids in one statement. */
const IDS_AT_ONCE = 500;

/** Deletes traces with all that belongs to them and returns how many. @throws NOT_FOUND */
export async function deleteTraces(
  ctx: TrackingContext,
  experimentId: number,
  which: DeletedTraces,
): Promise<number> {
  const experiment = await activeExperimentRow(ctx, experimentId);
  const ids = await chosenIds(ctx, experimentId, which);
  if (ids.length === 0) return 0;
  const statements: Statement[] = [];
  for (let first = 0; first < ids.length; first += IDS_AT_ONCE) {
    const some = ids.slice(first, first + IDS_AT_ONCE);
    const marks = some.map(() => '?').join(', ');
    for (const table of ['span', 'assessment', 'trace_tag', 'trace_metadata', 'trace_run'])
      statements.push({ query: sqlText(`delete from ${table} where trace_id in (${marks})`, some) });
    // One that somebody else deleted meanwhile makes the unit fail as a whole, so that the count is right.
    const query = sqlText(`delete from trace where id in (${marks})`, some);
    statements.push({ query, expect: some.length });
  }
  const entry = {
    chain: chainOf(experiment),
    action: 'traces.deleted',
    actor: ctx.actor,
    subject: String(experimentId),
    body: { count: ids.length },
  };
  await ctx.db.commit({ statements, ledger: [entry] });
  return ids.length;
}

async function chosenIds(
  { db }: TrackingContext,
  experimentId: number,
  which: DeletedTraces,
): Promise<readonly string[]> {
  if ('until' in which) {
    const limit = which.max === undefined ? '' : ' limit ?';
    const rows = await readRows<{ id: string }>(
      db,
      `select id from trace where experiment_id = ? and started_at <= ? order by started_at, id${limit}`,
      [experimentId, which.until, ...(which.max === undefined ? [] : [which.max])],
    );
    return rows.map(({ id }) => id);
  }
  const ids = [...new Set(which.ids)];
  if (ids.length === 0) return [];
  const marks = ids.map(() => '?').join(', ');
  const sql = `select id from trace where experiment_id = ? and id in (${marks}) order by id`;
  return (await readRows<{ id: string }>(db, sql, [experimentId, ...ids])).map(({ id }) => id);
}
