import type { Database } from '../../../store/database.ts';
import { readRows } from '../../../store/sql-text.ts';
import type { Fragment } from './comparison.ts';
import { ATTRIBUTE_COLUMNS, VALUE_TABLES } from './run-conditions.ts';
import type { KeyRow } from './run-keys.ts';
import type { RunCursor, RunOrder, RunSearch } from './run-search.ts';
import type { Shown } from './shown-experiments.ts';

/** By anything else: all that holds is sorted. Some 2 µs for each run of the experiments. */
export async function sortRuns(
  db: Database,
  { order, limit, after }: RunSearch,
  experiments: readonly Shown[],
  conditions: Fragment,
  narrow?: readonly string[],
): Promise<readonly RunCursor[]> {
  if (narrow?.length === 0) return [];
  const keys = order.map(({ by }, index) => keyColumn(by, index));
  // The plus keeps the database from walking the experiment where ids are known.
  const groups = experiments.map(({ deleted }) => `(+r.experiment_id = ? and ${deleted})`).join(' or ');
  const among = narrow === undefined ? '' : ` and r.id in (${narrow.map(() => '?').join(', ')})`;
  const columns = keys.map(({ sql }) => `, ${sql}`).join('');
  const inner =
    `select r.id, r.started_at${columns} from run r join experiment e on e.id = r.experiment_id ` +
    `where (${groups})${among}${conditions.sql}`;
  const from = after === undefined ? { sql: '', values: [] } : afterKeys(order, after);
  const by = order.map(
    ({ descending }, index) => `k${index} is null, k${index} ${descending ? 'desc' : 'asc'}, `,
  );
  const sql =
    `select * from (${inner}) as found where true${from.sql} ` +
    `order by ${by.join('')}started_at desc, id limit ?`;
  const rows = await readRows<KeyRow & Record<`k${number}`, string | number | null>>(db, sql, [
    ...keys.flatMap(({ values }) => values),
    ...experiments.map(({ id }) => id),
    ...(narrow ?? []),
    ...conditions.values,
    ...from.values,
    limit,
  ]);
  return rows.map((row) => ({
    keys: order.map((_, index) => row[`k${index}`] ?? null),
    startedAt: row.started_at,
    id: row.id,
  }));
}

function keyColumn(by: RunOrder['by'], index: number): Fragment {
  if (by.on === 'attribute') return { sql: `${ATTRIBUTE_COLUMNS[by.attribute]} as k${index}`, values: [] };
  const number = by.on === 'metric' ? ' and v.nan = 0' : '';
  return {
    sql:
      `(select v.value from ${VALUE_TABLES[by.on]} v where v.run_id = r.id and v.key = ?${number}) ` +
      `as k${index}`,
    values: [by.key],
  };
}

/** Rows after the cursor: later by the first key, or equal there and later by the rest. */
function afterKeys(order: readonly RunOrder[], after: RunCursor): Fragment {
  let rest: Fragment = {
    sql: '(started_at < ? or (started_at = ? and id > ?))',
    values: [after.startedAt, after.startedAt, after.id],
  };
  for (const [index, { descending }] of [...order.entries()].reverse()) {
    const value = after.keys[index] ?? null;
    const column = `k${index}`;
    rest =
      value === null
        ? { sql: `(${column} is null and ${rest.sql})`, values: rest.values }
        : {
            sql:
              `(${column} is null or ${column} ${descending ? '<' : '>'} ? ` +
              `or (${column} = ? and ${rest.sql}))`,
            values: [value, value, ...rest.values],
          };
  }
  return { sql: ` and ${rest.sql}`, values: rest.values };
}
