import type { Database } from '../../../store/database.ts';
import type { Fragment } from './comparison.ts';
import { mergedKeys } from './run-keys.ts';
import type { RunCursor, RunSearch } from './run-search.ts';
import type { Shown } from './shown-experiments.ts';

/** Newest or oldest first: the index of the experiment, from the cursor on. */
export async function walkStarts(
  db: Database,
  { limit, after }: Pick<RunSearch, 'limit' | 'after'>,
  experiments: readonly Shown[],
  conditions: Fragment,
  descending: boolean,
): Promise<readonly RunCursor[]> {
  const from = afterStart(after, descending);
  const direction = descending ? 'desc' : 'asc';
  const parts = experiments.map(({ id, deleted }) => ({
    sql:
      'select r.id, r.started_at from run r join experiment e on e.id = r.experiment_id ' +
      `where r.experiment_id = ? and ${deleted}${from.sql}${conditions.sql} ` +
      `order by r.started_at ${direction}, r.id limit ?`,
    values: [id, ...from.values, ...conditions.values, limit],
  }));
  const rows = await mergedKeys(db, parts, `started_at ${direction}, id`, limit);
  return rows.map(({ id, started_at }) => ({ keys: [], startedAt: started_at, id }));
}

function afterStart(after: RunCursor | undefined, descending: boolean): Fragment {
  if (after === undefined) return { sql: '', values: [] };
  const sign = descending ? '<' : '>';
  return {
    sql: ` and r.started_at ${sign}= ? and (r.started_at ${sign} ? or r.id > ?)`,
    values: [after.startedAt, after.startedAt, after.id],
  };
}
