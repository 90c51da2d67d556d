import type { Database } from '../../../store/database.ts';
import type { Fragment } from './comparison.ts';
import { VALUE_TABLES } from './run-conditions.ts';
import { mergedKeys } from './run-keys.ts';
import type { RunCursor, RunOrder, RunSearch } from './run-search.ts';
import type { Shown } from './shown-experiments.ts';
import { walkStarts } from './walk-starts.ts';

/**
 * By one metric, parameter or tag: first the runs that have it, along the index of values, then those that
 * have none, newest first.
 */
export async function walkValues(
  db: Database,
  search: RunSearch,
  experiments: readonly Shown[],
  conditions: Fragment,
): Promise<readonly RunCursor[]> {
  const { limit, after } = search;
  const order = search.order[0] as RunOrder & { by: { on: keyof typeof VALUE_TABLES; key: string } };
  const { on, key } = order.by;
  const inFirst = after === undefined || after.keys[0] !== null;
  const found = inFirst ? await withValue(db, search, order, experiments, conditions) : [];
  if (found.length >= limit) return found;
  const number = on === 'metric' ? ' and v.nan = 0' : '';
  const without = {
    sql:
      ` and not exists (select 1 from ${VALUE_TABLES[on]} v where v.run_id = r.id and v.key = ?${number})` +
      conditions.sql,
    values: [key, ...conditions.values],
  };
  const rest = await walkStarts(
    db,
    { limit: limit - found.length, ...(inFirst ? {} : { after }) },
    experiments,
    without,
    true,
  );
  return [...found, ...rest.map((cursor) => ({ ...cursor, keys: [null] }))];
}

async function withValue(
  db: Database,
  { limit, after }: RunSearch,
  { by, descending }: RunOrder & { by: { on: keyof typeof VALUE_TABLES; key: string } },
  experiments: readonly Shown[],
  conditions: Fragment,
): Promise<readonly RunCursor[]> {
  const { on, key } = by;
  const direction = descending ? 'desc' : 'asc';
  const sign = descending ? '<' : '>';
  const value = after?.keys[0];
  const start = on === 'metric' ? '' : `substr(v.value, 1, 200) ${direction}, `;
  const near = on === 'metric' ? `v.value ${sign}= ?` : `substr(v.value, 1, 200) ${sign}= substr(?, 1, 200)`;
  const from: Fragment =
    after === undefined
      ? { sql: '', values: [] }
      : {
          sql:
            ` and ${near} and (v.value ${sign} ? or (v.value = ? and ` +
            '(r.started_at < ? or (r.started_at = ? and r.id > ?))))',
          values: [value, value, value, after.startedAt, after.startedAt, after.id],
        };
  const parts = experiments.map(({ id, deleted }) => ({
    sql:
      `select r.id, r.started_at, v.value as key from ${VALUE_TABLES[on]} v ` +
      `${db.dialect === 'sqlite' ? 'cross ' : ''}join run r ` +
      `${db.dialect === 'sqlite' ? '' : 'on r.id = v.run_id '}join experiment e on e.id = r.experiment_id ` +
      `where ${db.dialect === 'sqlite' ? 'r.id = v.run_id and ' : ''}v.experiment_id = ? and v.key = ?` +
      `${on === 'metric' ? ' and v.nan = 0' : ''} and ${deleted}${from.sql}${conditions.sql} ` +
      `order by ${start}v.value ${direction}, r.started_at desc, r.id limit ?`,
    values: [id, key, ...from.values, ...conditions.values, limit],
  }));
  const rows = await mergedKeys(db, parts, `key ${direction}, started_at desc, id`, limit);
  return rows.map((row) => ({ keys: [row.key ?? null], startedAt: row.started_at, id: row.id }));
}
