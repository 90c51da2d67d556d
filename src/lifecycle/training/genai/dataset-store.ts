import { TendError } from '../../../kernel/error.ts';
import { sha256 } from '../../../kernel/hash.ts';
import type { Database, LedgerDraft, Statement } from '../../../store/database.ts';
import { SERVER_CHAIN } from '../../../store/ledger-entry.ts';
import { readRows, sqlText } from '../../../store/sql-text.ts';
import type { EvaluationDatasetTable } from '../../../store/tables/genai-tables.ts';
import { hexId, type KeyValue, type TrackingContext } from '../tracking/tracking-context.ts';
import type { EvaluationDataset } from './evaluation-dataset.ts';

type Reader = Pick<TrackingContext, 'db'>;

/** The tag by which clients say who they are. */
export const USER_TAG = 'mlflow.user';

/** The dataset with this id. @throws NOT_FOUND */
export async function readDataset(ctx: Reader, id: string): Promise<EvaluationDataset> {
  const [found] = await withParts(ctx.db, [await readDatasetRow(ctx, id)]);
  if (found === undefined) throw unknown(id);
  return found;
}

/** The row of a dataset. @throws NOT_FOUND */
export async function readDatasetRow({ db }: Reader, id: string): Promise<EvaluationDatasetTable> {
  const sql = 'select * from evaluation_dataset where id = ?';
  const [row] = await readRows<EvaluationDatasetTable>(db, sql, [id]);
  if (row === undefined) throw unknown(id);
  return row;
}

/** Adds tags, experiments and counts to rows of datasets. */
export async function withParts(
  db: Database,
  rows: readonly EvaluationDatasetTable[],
): Promise<readonly EvaluationDataset[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const of = `where dataset_id in (${ids.map(() => '?').join(', ')})`;
  const tags = await readRows<KeyValue & { readonly dataset_id: string }>(
    db,
    `select dataset_id, key, value from evaluation_dataset_tag ${of} order by key`,
    ids,
  );
  const experiments = await readRows<{ readonly dataset_id: string; readonly experiment_id: number }>(
    db,
    `select dataset_id, experiment_id from evaluation_dataset_experiment ${of} order by experiment_id`,
    ids,
  );
  const counts = await readRows<{ readonly dataset_id: string; readonly count: number }>(
    db,
    `select dataset_id, count(*) as count from evaluation_record ${of} group by dataset_id`,
    ids,
  );
  const tagsOf = Map.groupBy(tags, (tag) => tag.dataset_id);
  const experimentsOf = Map.groupBy(experiments, (one) => one.dataset_id);
  const countOf = new Map(counts.map((one) => [one.dataset_id, one.count]));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    digest: sha256(`${row.id}:${row.revision}`).slice(0, 8),
    schema: row.schema,
    recordCount: countOf.get(row.id) ?? 0,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    createdBy: row.created_by,
    updatedBy: row.updated_by,
    tags: (tagsOf.get(row.id) ?? []).map(({ key, value }) => ({ key, value })),
    experimentIds: (experimentsOf.get(row.id) ?? []).map((one) => one.experiment_id),
  }));
}

/** Makes a dataset without records. Names need not be unique. @throws NOT_FOUND for an experiment */
export async function createDataset(
  ctx: TrackingContext,
  input: {
    readonly name: string;
    readonly tags: readonly KeyValue[];
    readonly experimentIds: readonly number[];
  },
): Promise<EvaluationDataset> {
  const { db, clock, random } = ctx;
  await assertExperiments(ctx, input.experimentIds);
  const id = `d-${hexId(clock, random)}`;
  const now = clock.now();
  const user = input.tags.find(({ key }) => key === USER_TAG)?.value ?? null;
  const insert =
    'insert into evaluation_dataset (id, name, revision, created_at, updated_at, created_by, updated_by) ' +
    'values (?, ?, 0, ?, ?, ?, ?)';
  await db.commit({
    statements: [
      { query: sqlText(insert, [id, input.name, now, now, user, user]), expect: 1 },
      ...input.tags.map((tag) => setTag(id, tag)),
      ...input.experimentIds.map((experimentId) => link(id, experimentId)),
    ],
    ledger: [datasetEntry(ctx, 'created', id, { name: input.name })],
  });
  return readDataset(ctx, id);
}

/** Deletes a dataset with its records; one that is not there is no error. */
export async function deleteDataset(ctx: TrackingContext, id: string): Promise<void> {
  const sql = 'select * from evaluation_dataset where id = ?';
  const [row] = await readRows<EvaluationDatasetTable>(ctx.db, sql, [id]);
  if (row === undefined) return;
  const parts = ['evaluation_record', 'evaluation_dataset_tag', 'evaluation_dataset_experiment'];
  await ctx.db.commit({
    statements: [
      { query: sqlText('delete from evaluation_dataset where id = ?', [id]) },
      ...parts.map((table) => ({ query: sqlText(`delete from ${table} where dataset_id = ?`, [id]) })),
    ],
    ledger: [datasetEntry(ctx, 'deleted', id, { name: row.name })],
  });
}

/** Sets tags; others stay. @throws NOT_FOUND */
export async function setDatasetTags(
  ctx: TrackingContext,
  id: string,
  tags: readonly KeyValue[],
): Promise<void> {
  await readDatasetRow(ctx, id);
  await ctx.db.commit({ statements: [stillThere(id), ...tags.map((tag) => setTag(id, tag))] });
}

/** Removes a tag; one that is not there is no error. */
export async function deleteDatasetTag({ db }: TrackingContext, id: string, key: string): Promise<void> {
  const sql = 'delete from evaluation_dataset_tag where dataset_id = ? and key = ?';
  await db.commit({ statements: [{ query: sqlText(sql, [id, key]) }] });
}

/** Says for which experiments a dataset is; a second time is no error. @throws NOT_FOUND */
export async function addDatasetExperiments(
  ctx: TrackingContext,
  id: string,
  experimentIds: readonly number[],
): Promise<EvaluationDataset> {
  await readDatasetRow(ctx, id);
  await assertExperiments(ctx, experimentIds);
  const links = experimentIds.map((experimentId) => link(id, experimentId));
  await ctx.db.commit({ statements: [stillThere(id), ...links, touch(id, ctx.clock.now())] });
  return readDataset(ctx, id);
}

/** Takes experiments off a dataset; one that it is not for is no error. @throws NOT_FOUND */
export async function removeDatasetExperiments(
  ctx: TrackingContext,
  id: string,
  experimentIds: readonly number[],
): Promise<EvaluationDataset> {
  await readDatasetRow(ctx, id);
  const sql = 'delete from evaluation_dataset_experiment where dataset_id = ? and experiment_id = ?';
  const statements = experimentIds.map((experimentId) => ({ query: sqlText(sql, [id, experimentId]) }));
  await ctx.db.commit({ statements: [...statements, touch(id, ctx.clock.now())] });
  return readDataset(ctx, id);
}

/** An entry of the ledger about a dataset: `created`, `changed` or `deleted`. */
export function datasetEntry(
  { actor }: Pick<TrackingContext, 'actor'>,
  what: 'created' | 'changed' | 'deleted',
  subject: string,
  body: LedgerDraft['body'],
): LedgerDraft {
  return { chain: SERVER_CHAIN, action: `evaluation-dataset.${what}`, actor, subject, body };
}

function setTag(id: string, { key, value }: KeyValue): Statement {
  const sql =
    'insert into evaluation_dataset_tag (dataset_id, key, value) values (?, ?, ?) ' +
    'on conflict (dataset_id, key) do update set value = excluded.value';
  return { query: sqlText(sql, [id, key, value]) };
}

function link(id: string, experimentId: number): Statement {
  const sql =
    'insert into evaluation_dataset_experiment (dataset_id, experiment_id) values (?, ?) ' +
    'on conflict do nothing';
  return { query: sqlText(sql, [id, experimentId]) };
}

function touch(id: string, now: number): Statement {
  return { query: sqlText('update evaluation_dataset set updated_at = ? where id = ?', [now, id]) };
}

/** Refuses the unit where the dataset was deleted meanwhile: nothing is to hang on what is gone. */
function stillThere(id: string): Statement {
  return { query: sqlText('select 1 as found from evaluation_dataset where id = ?', [id]), expect: 1 };
}

async function assertExperiments({ db }: Reader, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const marks = ids.map(() => '?').join(', ');
  const sql = `select id from experiment where id in (${marks})`;
  const known = new Set((await readRows<{ readonly id: number }>(db, sql, ids)).map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) throw new TendError('NOT_FOUND', `No Experiment with id=${missing} exists`);
}

function unknown(id: string): TendError {
  return new TendError('NOT_FOUND', `Evaluation dataset with id '${id}' not found`);
}
