import { readRows } from '../../../store/sql-text.ts';
import type { ExperimentTable } from '../../../store/tables/tracking-tables.ts';
import {
  type Fragment,
  integerFragment,
  type NumberTest,
  type TextTest,
  textFragment,
} from './comparison.ts';
import type { Experiment } from './experiment.ts';
import { withTags } from './experiment-store.ts';
import type { TrackingContext } from './tracking-context.ts';

/** Columns of an experiment by which it is found and ordered. */
export type ExperimentColumn = 'id' | 'name' | 'created_at' | 'updated_at';

/** One condition on an experiment. */
export type ExperimentCondition =
  | { readonly on: 'name'; readonly test: TextTest }
  | { readonly on: 'time'; readonly column: 'created_at' | 'updated_at'; readonly test: NumberTest }
  | { readonly on: 'tag'; readonly key: string; readonly test: TextTest };

/** Which experiments, in which order. There are few: pages are counted off. */
export interface ExperimentSearch {
  readonly show: 'active' | 'deleted' | 'all';
  readonly conditions: readonly ExperimentCondition[];
  readonly order: readonly { readonly column: ExperimentColumn; readonly descending: boolean }[];
  readonly limit: number;
  readonly offset: number;
}

const SHOWN = { active: 'x.deleted_at is null', deleted: 'x.deleted_at is not null', all: 'true' };

/** Experiments that hold, newest first unless asked otherwise; `next` is the offset of the next page. */
export async function searchExperiments(
  { db }: Pick<TrackingContext, 'db'>,
  search: ExperimentSearch,
): Promise<{ readonly experiments: readonly Experiment[]; readonly next?: number }> {
  const { limit, offset } = search;
  const conditions = search.conditions.map((one) => conditionOf(one, db.dialect));
  const order = search.order.map(({ column, descending }) => `x.${column} ${descending ? 'desc' : 'asc'}, `);
  const usual = search.order.length === 0 ? 'x.created_at desc, x.id desc' : 'x.id asc';
  const sql =
    `select * from experiment x where ${SHOWN[search.show]}` +
    `${conditions.map((one) => ` and ${one.sql}`).join('')} ` +
    `order by ${order.join('')}${usual} limit ? offset ?`;
  const values = [...conditions.flatMap((one) => one.values), limit + 1, offset];
  const rows = await readRows<ExperimentTable>(db, sql, values);
  const experiments = await withTags(db, rows.slice(0, limit));
  return rows.length > limit ? { experiments, next: offset + limit } : { experiments };
}

function conditionOf(condition: ExperimentCondition, dialect: 'sqlite' | 'postgres'): Fragment {
  if (condition.on === 'name') return textFragment('x.name', condition.test, dialect);
  if (condition.on === 'time') return integerFragment(`x.${condition.column}`, condition.test);
  const { operator } = condition.test;
  const tag = 'exists (select 1 from experiment_tag t where t.experiment_id = x.id and t.key = ?';
  if (operator === 'absent') return { sql: `not ${tag})`, values: [condition.key] };
  const test = textFragment('t.value', condition.test, dialect);
  return { sql: `${tag} and ${test.sql})`, values: [condition.key, ...test.values] };
}
