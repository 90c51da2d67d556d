import type { Database } from '../../../store/database.ts';
import type { Fragment } from './comparison.ts';
import { mergedKeys } from './run-keys.ts';
import type { RunCursor, RunSearch } from './run-search.ts';
import type { Shown } from './shown-experiments.ts';
import { walkStarts } from './walk-starts.ts';

/** By the end: first the runs that have one, along its index, then those that go on, newest first. */
export async function walkEnds(
  db: Database,
  { limit, after }: RunSearch,
  experiments: readonly Shown[],
  conditions: Fragment,
  descending: boolean,
): Promise<readonly RunCursor[]> {
  const inFirst = after === undefined || after.keys[0] !== null;
  const found = inFirst ? await withEnd(db, { limit, after }, experiments, conditions, descending) : [];
  if (found.length >= limit) return found;
  const without = { ...conditions, sql: ` and r.ended_at is null${conditions.sql}` };
  const ask = { limit: limit - found.length, ...(inFirst ? {} : { after }) };
  const rest = await walkStarts(db, ask, experiments, without, true);
  return [...found, ...rest.map((cursor) => ({ ...cursor, keys: [null] }))];
}

async function withEnd(
  db: Database,
  { limit, after }: { readonly limit: number; readonly after: RunCursor | undefined },
  experiments: readonly Shown[],
  conditions: Fragment,
  descending: boolean,
): Promise<readonly RunCursor[]> {
  const direction = descending ? 'desc' : 'asc';
  const sign = descending ? '<' : '>';
  const value = after?.keys[0];
  const from: Fragment =
    after === undefined
      ? { sql: '', values: [] }
      : {
          sql:
            ` and r.ended_at ${sign}= ? and (r.ended_at ${sign} ? or ` +
            '(r.started_at < ? or (r.started_at = ? and r.id > ?)))',
          values: [value, value, after.startedAt, after.startedAt, after.id],
        };
  const parts = experiments.map(({ id, deleted }) => ({
    sql:
      'select r.id, r.started_at, r.ended_at as key from run r join experiment e on e.id = r.experiment_id ' +
      `where r.experiment_id = ? and r.ended_at is not null and ${deleted}${from.sql}${conditions.sql} ` +
      `order by r.ended_at ${direction}, r.started_at desc, r.id limit ?`,
    values: [id, ...from.values, ...conditions.values, limit],
  }));
  const rows = await mergedKeys(db, parts, `key ${direction}, started_at desc, id`, limit);
  return rows.map((row) => ({ keys: [row.key ?? null], startedAt: row.started_at, id: row.id }));
}
