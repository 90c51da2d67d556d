import { readRows } from '../../../store/sql-text.ts';
import type { EvaluationDatasetTable } from '../../../store/tables/genai-tables.ts';
import {
  type Fragment,
  integerFragment,
  type NumberTest,
  type TextTest,
  textFragment,
} from '../tracking/comparison.ts';
import type { TrackingContext } from '../tracking/tracking-context.ts';
import { withParts } from './dataset-store.ts';
import type { EvaluationDataset } from './evaluation-dataset.ts';

/** Datasets whose tags are read at once. */
const AT_ONCE = 500;

/** One condition on a dataset. */
export type DatasetCondition =
  | { readonly on: 'text'; readonly column: 'name' | 'created_by' | 'updated_by'; readonly test: TextTest }
  | { readonly on: 'time'; readonly column: 'created_at' | 'updated_at'; readonly test: NumberTest }
  | { readonly on: 'tag'; readonly key: string; readonly test: TextTest };

/** What datasets are ordered by. */
export type DatasetColumn = 'name' | 'created_at' | 'updated_at';

/** Which datasets, in which order; no experiments: those of any, or of none. */
export interface DatasetSearch {
  readonly experimentIds: readonly number[];
  readonly conditions: readonly DatasetCondition[];
  readonly order: readonly { readonly column: DatasetColumn; readonly descending: boolean }[];
  readonly limit: number;
  readonly offset: number;
}

/** Datasets that hold, newest first unless asked otherwise; `next` is the offset of the next page. */
export async function searchDatasets(
  { db }: Pick<TrackingContext, 'db'>,
  search: DatasetSearch,
): Promise<{ readonly datasets: readonly EvaluationDataset[]; readonly next?: number }> {
  const { experimentIds, limit, offset } = search;
  const conditions = search.conditions.map((one) => conditionOf(one, db.dialect));
  const order = search.order.map(({ column, descending }) => `x.${column} ${descending ? 'desc' : 'asc'}, `);
  const usual = search.order.length === 0 ? 'x.created_at desc, ' : '';
  const within =
    experimentIds.length === 0
      ? ''
      : ' and x.id in (select dataset_id from evaluation_dataset_experiment where experiment_id in ' +
        `(${experimentIds.map(() => '?').join(', ')}))`;
  const sql =
    `select * from evaluation_dataset x where true${within}` +
    `${conditions.map((one) => ` and ${one.sql}`).join('')} ` +
    `order by ${order.join('')}${usual}x.id desc limit ? offset ?`;
  const values = [...experimentIds, ...conditions.flatMap((one) => one.values), limit + 1, offset];
  const rows = await readRows<EvaluationDatasetTable>(db, sql, values);
  const datasets: EvaluationDataset[] = [];
  for (let first = 0; first < Math.min(limit, rows.length); first += AT_ONCE)
    datasets.push(...(await withParts(db, rows.slice(first, Math.min(limit, first + AT_ONCE)))));
  return rows.length > limit ? { datasets, next: offset + limit } : { datasets };
}

function conditionOf(condition: DatasetCondition, dialect: 'sqlite' | 'postgres'): Fragment {
  if (condition.on === 'time') return integerFragment(`x.${condition.column}`, condition.test);
  if (condition.on === 'text') return textFragment(`x.${condition.column}`, condition.test, dialect);
  const test = textFragment('t.value', condition.test, dialect);
  return {
    sql:
      'exists (select 1 from evaluation_dataset_tag t where t.dataset_id = x.id and t.key = ? ' +
      `and ${test.sql})`,
    values: [condition.key, ...test.values],
  };
}
