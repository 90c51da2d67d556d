import type { Database } from '../../../store/database.ts';
import { readRows } from '../../../store/sql-text.ts';
import type { ModelTable } from '../../../store/tables/model-tables.ts';
import {
  type Fragment,
  integerFragment,
  type NumberTest,
  type TextTest,
  textFragment,
} from '../tracking/comparison.ts';
import { modelsOf, VERSION_ROWS, type VersionRow, versionsOf } from './read-registry.ts';
import { PROMPT_TAG, type RegisteredModel, type RegisteredVersion } from './registered-model.ts';

/** One condition on a model or a version. */
export type RegistryCondition =
  | { readonly on: 'text'; readonly column: 'name' | 'run_id' | 'source'; readonly test: TextTest }
  | {
      readonly on: 'number';
      readonly column: 'version' | 'created_at' | 'updated_at';
      readonly test: NumberTest;
    }
  | { readonly on: 'tag'; readonly key: string; readonly test: TextTest };

/** Which, in which order; there are few, so pages are counted off. `prompts`: those alone, or the others. */
export interface RegistrySearch {
  readonly conditions: readonly RegistryCondition[];
  readonly prompts: boolean;
  readonly order: readonly {
    readonly column: 'name' | 'version' | 'created_at' | 'updated_at';
    readonly descending: boolean;
  }[];
  readonly limit: number;
  readonly offset: number;
}

type Reader = { readonly db: Database };

/** What is called otherwise in the table. */
const MODEL_COLUMNS = {
  name: 'm.name',
  run_id: 'null',
  source: 'null',
  version: 'null',
  created_at: 'm.created_at',
  updated_at: 'm.updated_at',
};
const VERSION_COLUMNS = {
  name: 'v.model',
  run_id: 'v.run_id',
  source: 'v.source',
  version: 'v.version',
  created_at: 'v.created_at',
  updated_at: 'coalesce(v.updated_at, v.created_at)',
};

/** Models that hold, by name unless asked otherwise; `next` is the offset of the next page. */
export async function searchModels(
  ctx: Reader,
  search: RegistrySearch,
): Promise<{ readonly models: readonly RegisteredModel[]; readonly next?: number }> {
  const where = whereOf(ctx.db, search, MODEL_COLUMNS, 'model_tag t where t.model = m.name');
  const order = orderOf(search, MODEL_COLUMNS, 'm.name asc');
  const sql = `select m.* from model m where true${where.sql} order by ${order} limit ? offset ?`;
  const { limit, offset } = search;
  const rows = await readRows<ModelTable>(ctx.db, sql, [...where.values, limit + 1, offset]);
  const models = await modelsOf(ctx, rows.slice(0, limit));
  return rows.length > limit ? { models, next: offset + limit } : { models };
}

/** Versions that hold, the last changed first unless asked otherwise. */
export async function searchVersions(
  ctx: Reader,
  search: RegistrySearch,
): Promise<{ readonly versions: readonly RegisteredVersion[]; readonly next?: number }> {
  const tags = 'model_version_tag t where t.model = v.model and t.version = v.version';
  const where = whereOf(ctx.db, search, VERSION_COLUMNS, tags);
  const usual = search.order.length === 0 ? `${VERSION_COLUMNS.updated_at} desc, ` : '';
  const order = orderOf(search, VERSION_COLUMNS, `${usual}v.model asc, v.version desc`);
  const sql = `${VERSION_ROWS}${where.sql} order by ${order} limit ? offset ?`;
  const { limit, offset } = search;
  const rows = await readRows<VersionRow>(ctx.db, sql, [...where.values, limit + 1, offset]);
  const versions = await versionsOf(ctx, rows.slice(0, limit));
  return rows.length > limit ? { versions, next: offset + limit } : { versions };
}

type Columns = Readonly<Record<keyof typeof MODEL_COLUMNS, string>>;

function orderOf({ order }: RegistrySearch, columns: Columns, usual: string): string {
  return [
    ...order.map(({ column, descending }) => `${columns[column]} ${descending ? 'desc' : 'asc'}`),
    usual,
  ].join(', ');
}

function whereOf(db: Database, search: RegistrySearch, columns: Columns, tags: string): Fragment {
  const isPrompt = `exists (select 1 from model_tag p where p.model = ${columns.name} and p.key = ?
    and lower(p.value) = 'true')`;
  const parts: Fragment[] = [
    { sql: search.prompts ? isPrompt : `not ${isPrompt}`, values: [PROMPT_TAG] },
    ...search.conditions.map((one): Fragment => {
      if (one.on === 'text') return textFragment(columns[one.column], one.test, db.dialect);
      if (one.on === 'number') return integerFragment(columns[one.column], one.test);
      const start = `exists (select 1 from ${tags} and t.key = ?`;
      if (one.test.operator === 'absent') return { sql: `not ${start})`, values: [one.key] };
      const test = textFragment('t.value', one.test, db.dialect);
      return { sql: `${start} and ${test.sql})`, values: [one.key, ...test.values] };
    }),
  ];
  return {
    sql: parts.map(({ sql }) => ` and ${sql}`).join(''),
    values: parts.flatMap(({ values }) => values),
  };
}
