import type { Database } from '../../../store/database.ts';
import { readRows } from '../../../store/sql-text.ts';
import type { ExperimentTable } from '../../../store/tables/tracking-tables.ts';
import type { Fragment } from './comparison.ts';
import { narrowRuns } from './narrow-runs.ts';
import type { Run } from './run.ts';
import { ATTRIBUTE_COLUMNS, conditionFragment, VALUE_TABLES } from './run-conditions.ts';
import type { RunCursor, RunOrder, RunSearch } from './run-search.ts';
import { readTrackedRuns } from './run-store.ts';
import type { TrackingContext } from './tracking-context.ts';

/** A page of runs, and where the next one begins. */
export interface RunPage {
  readonly runs: readonly Run[];
  readonly next?: RunCursor;
}

/**
 * Finds runs page by page: one statement that walks an index in the order that is asked for and looks each
 * condition up in another, then those that read what the runs of the page hold.
 */
export async function searchRuns(ctx: Pick<TrackingContext, 'db'>, search: RunSearch): Promise<RunPage> {
  const { db } = ctx;
  const wanted = { ...search, limit: search.limit + 1 };
  const experiments = await shownExperiments(db, search);
  if (experiments.length === 0) return { runs: [] };
  const found = await findKeys(db, wanted, experiments);
  const page = found.slice(0, search.limit);
  const runs = await readTrackedRuns(
    ctx,
    page.map(({ id }) => id),
  );
  const last = page.at(-1);
  return found.length > page.length && last !== undefined ? { runs, next: last } : { runs };
}

interface Shown {
  readonly id: number;
  /** Condition on a run of the experiment, from what is to be shown. */
  readonly deleted: 'r.deleted_at is null' | 'r.deleted_at is not null' | 'true';
}

/** All runs of a deleted experiment count as deleted. */
async function shownExperiments(db: Database, { experimentIds, show }: RunSearch): Promise<readonly Shown[]> {
  if (experimentIds.length === 0) return [];
  const ids = [...new Set(experimentIds)];
  const rows = await readRows<Pick<ExperimentTable, 'id' | 'deleted_at'>>(
    db,
    `select id, deleted_at from experiment where id in (${ids.map(() => '?').join(', ')})`,
    ids,
  );
  return rows.flatMap(({ id, deleted_at }): Shown[] => {
    if (show === 'all') return [{ id, deleted: 'true' }];
    if (show === 'active') return deleted_at === null ? [{ id, deleted: 'r.deleted_at is null' }] : [];
    return [{ id, deleted: deleted_at === null ? 'r.deleted_at is not null' : 'true' }];
  });
}

/** Up to here a statement has one part for each experiment, which walks its own stretch of the index. */
const WALKED_MAX = 20;

async function findKeys(
  db: Database,
  search: RunSearch,
  experiments: readonly Shown[],
): Promise<readonly RunCursor[]> {
  const conditions = join(search.conditions.map((one) => conditionFragment(one, db.dialect)));
  const narrow = await narrowRuns(
    db,
    search.conditions,
    experiments.map(({ id }) => id),
  );
  if (narrow !== undefined) return sortAll(db, search, experiments, conditions, narrow);
  const [first, ...rest] = search.order;
  const walkable = rest.length === 0 && experiments.length <= WALKED_MAX;
  if (walkable && (first === undefined || isStart(first)))
    return walkStarts(db, search, experiments, conditions, first?.descending ?? true);
  if (walkable && first !== undefined && first.by.on !== 'attribute')
    return walkValues(db, search, experiments, conditions);
  return sortAll(db, search, experiments, conditions);
}

function isStart({ by }: RunOrder): boolean {
  return by.on === 'attribute' && by.attribute === 'started';
}

function join(fragments: readonly Fragment[]): Fragment {
  return {
    sql: fragments.map(({ sql }) => ` and ${sql}`).join(''),
    values: fragments.flatMap(({ values }) => values),
  };
}

interface KeyRow {
  readonly id: string;
  readonly started_at: number;
  readonly key?: string | number | null;
}

/** Newest or oldest first: the index of the experiment, from the cursor on. */
async function walkStarts(
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
  const rows = await union(db, parts, `started_at ${direction}, id`, limit);
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

/**
 * By one metric, parameter or tag: first the runs that have it, along the index of values, then those that
 * have none, newest first.
 */
async function walkValues(
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
  const rows = await union(db, parts, `key ${direction}, started_at desc, id`, limit);
  return rows.map((row) => ({ keys: [row.key ?? null], startedAt: row.started_at, id: row.id }));
}

/** The parts, one after the other or merged in their common order. */
function union(
  db: Database,
  parts: readonly Fragment[],
  order: string,
  limit: number,
): Promise<readonly KeyRow[]> {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return readRows<KeyRow>(db, only.sql, only.values);
  const sql = parts.map((part, index) => `select * from (${part.sql}) as part${index}`).join(' union all ');
  return readRows<KeyRow>(db, `select * from (${sql}) as parts order by ${order} limit ?`, [
    ...parts.flatMap(({ values }) => values),
    limit,
  ]);
}

/** By anything else: all that holds is sorted. Some 2 µs for each run of the experiments. */
async function sortAll(
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
