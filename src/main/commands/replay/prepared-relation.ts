import { TendError } from '../../../kernel/error.ts';
import { readDocument } from '../../../project/document/read-document.ts';
import type { ProjectSource } from '../../../project/project-files.ts';
import { sqlName } from '../../../table/sql-name.ts';
import { aliasOf, selectList, type SqlNode, sqlOfTree, sqlTree } from '../../../table/sql-statement.ts';
import type { TableSession } from '../../../table/tables.ts';
import type { ReplayColumns, ReplayPlan } from './replay-plan.ts';

/** When a row happened, and when its outcome was known, as columns of the prepared relation. */
export const HAPPENED = 'tend_happened';
export const KNOWN = 'tend_known_at';

/** The source's rows with when they happened and when their outcome was known, by the project's own SQL. */
export async function preparedRelation(
  session: TableSession,
  source: ProjectSource,
  plan: ReplayPlan,
  { source: { relation }, features }: ReplayColumns,
): Promise<string> {
  const spec = readDocument(source.yaml).document.data.features;
  const timed = await withColumn(session, {
    source: plan.dataset,
    rows: relation,
    sql: source.files[spec.request] ?? '',
    column: features.time ?? '',
    as: HAPPENED,
  });
  const known = features.available;
  if (known === null) return `(SELECT *, ${HAPPENED} AS ${KNOWN} FROM ${timed})`;
  return withColumn(session, {
    source: plan.dataset,
    rows: timed,
    sql: source.files[spec.outcome] ?? '',
    column: known,
    as: KNOWN,
  });
}

/** Adds one column of a declared projection to rows, under another name. */
async function withColumn(
  session: TableSession,
  input: {
    readonly source: string;
    readonly rows: string;
    readonly sql: string;
    readonly column: string;
    readonly as: string;
  },
): Promise<string> {
  const tree = await sqlTree(session, input.sql);
  const list = selectList(tree);
  const wanted = list.find((item) => nameOf(item).toLowerCase() === input.column.toLowerCase());
  if (wanted === undefined) throw new TendError('SPEC_INVALID', `no column is called ${input.column}`);
  const all = selectList(await sqlTree(session, 'SELECT * FROM x'));
  list.splice(0, list.length, ...all, { ...wanted, alias: input.as });
  const select = await sqlOfTree(session, tree);
  return `(WITH ${sqlName(input.source)} AS (SELECT * FROM ${input.rows}) ${select})`;
}

function nameOf(item: SqlNode): string {
  return (
    aliasOf(item) || (item.class === 'COLUMN_REF' ? String((item.column_names as unknown[]).at(-1)) : '')
  );
}
