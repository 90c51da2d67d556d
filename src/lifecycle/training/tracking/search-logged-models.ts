import type { Database } from '../../../store/database.ts';
import { readRows } from '../../../store/sql-text.ts';
import {
  type Fragment,
  integerFragment,
  numberFragment,
  type NumberTest,
  type TextTest,
  textFragment,
} from './comparison.ts';
import type { LoggedModel } from './logged-model.ts';
import { readLoggedModels } from './logged-model-store.ts';
import type { TrackingContext } from './tracking-context.ts';

/** Columns of a logged model by which it is found and ordered. */
export type LoggedModelColumn =
  | 'name'
  | 'id'
  | 'model_type'
  | 'state'
  | 'source_run_id'
  | 'created_at'
  | 'updated_at';

/** A dataset on which metrics were measured; a digest narrows it to one state of it. */
export interface MeasuredOn {
  readonly name: string;
  readonly digest: string | undefined;
}

/** One condition on a logged model. */
export type LoggedModelCondition =
  | { readonly on: 'text'; readonly column: LoggedModelColumn; readonly test: TextTest }
  | { readonly on: 'time'; readonly column: 'created_at' | 'updated_at'; readonly test: NumberTest }
  | { readonly on: 'param' | 'tag'; readonly key: string; readonly test: TextTest }
  | { readonly on: 'metric'; readonly key: string; readonly test: NumberTest };

/** What logged models are ordered by; those without the value come last. */
export type LoggedModelOrder = { readonly descending: boolean } & (
  | { readonly column: LoggedModelColumn }
  | { readonly metric: string; readonly measuredOn: MeasuredOn | undefined }
);

/** Which logged models, in which order; `datasets`: what conditions on metrics are held to, any without. */
export interface LoggedModelSearch {
  readonly experimentIds: readonly number[];
  readonly conditions: readonly LoggedModelCondition[];
  readonly datasets: readonly MeasuredOn[];
  readonly order: readonly LoggedModelOrder[];
  readonly limit: number;
  readonly offset: number;
}

/** Logged models that hold, newest first unless asked otherwise; `next` is the offset of the next page. */
export async function searchLoggedModels(
  ctx: Pick<TrackingContext, 'db'>,
  search: LoggedModelSearch,
): Promise<{ readonly models: readonly LoggedModel[]; readonly next?: number }> {
  const { experimentIds, limit, offset, datasets } = search;
  if (experimentIds.length === 0) return { models: [] };
  const { db } = ctx;
  const conditions = search.conditions.map((one) => conditionOf(one, datasets, db.dialect));
  const order = search.order.map(orderOf);
  const sql =
    `select m.id from logged_model m where m.experiment_id in (${experimentIds.map(() => '?').join(', ')}) ` +
    `and m.deleted_at is null${conditions.map((one) => ` and ${one.sql}`).join('')} ` +
    `order by ${order.map((one) => `${one.sql}, `).join('')}m.created_at desc, m.id desc limit ? offset ?`;
  const rows = await readRows<{ id: string }>(db, sql, [
    ...experimentIds,
    ...conditions.flatMap((one) => one.values),
    ...order.flatMap((one) => one.values),
    limit + 1,
    offset,
  ]);
  const models = await readLoggedModels(
    ctx,
    rows.slice(0, limit).map(({ id }) => id),
  );
  return rows.length > limit ? { models, next: offset + limit } : { models };
}

function conditionOf(
  condition: LoggedModelCondition,
  datasets: readonly MeasuredOn[],
  dialect: Database['dialect'],
): Fragment {
  if (condition.on === 'text') return textFragment(`m.${condition.column}`, condition.test, dialect);
  if (condition.on === 'time') return integerFragment(`m.${condition.column}`, condition.test);
  if (condition.on === 'metric') {
    const test = numberFragment('v.value', condition.test);
    const on = measuredFragment(datasets);
    return {
      sql:
        'exists (select 1 from logged_model_metric v where v.model_id = m.id and v.key = ? and v.nan = 0 ' +
        `and ${test.sql}${on.sql})`,
      values: [condition.key, ...test.values, ...on.values],
    };
  }
  const table = `logged_model_${condition.on}`;
  const start = `exists (select 1 from ${table} v where v.model_id = m.id and v.key = ?`;
  if (condition.test.operator === 'absent') return { sql: `not ${start})`, values: [condition.key] };
  const test = textFragment('v.value', condition.test, dialect);
  return { sql: `${start} and ${test.sql})`, values: [condition.key, ...test.values] };
}

function measuredFragment(datasets: readonly MeasuredOn[]): Fragment {
  if (datasets.length === 0) return { sql: '', values: [] };
  const each = datasets.map(
    ({ digest }) => `(v.dataset_name = ?${digest === undefined ? '' : ' and v.dataset_digest = ?'})`,
  );
  return {
    sql: ` and (${each.join(' or ')})`,
    values: datasets.flatMap(({ name, digest }) => (digest === undefined ? [name] : [name, digest])),
  };
}

/** SQLite and PostgreSQL disagree on where nulls go: both are told. */
function orderOf(order: LoggedModelOrder): Fragment {
  const direction = order.descending ? 'desc' : 'asc';
  if ('column' in order)
    return { sql: `m.${order.column} is null, m.${order.column} ${direction}`, values: [] };
  const on = measuredFragment(order.measuredOn === undefined ? [] : [order.measuredOn]);
  const newest =
    '(select v.value from logged_model_metric v where v.model_id = m.id and v.key = ? and v.nan = 0' +
    `${on.sql} order by v.step desc, v.at desc, v.value desc limit 1)`;
  const values = [order.metric, ...on.values];
  return { sql: `${newest} is null, ${newest} ${direction}`, values: [...values, ...values] };
}
