import { TendError } from '../../../kernel/error.ts';
import type { Database, LedgerDraft, Statement } from '../../../store/database.ts';
import { insertRows, readRows, sqlText } from '../../../store/sql-text.ts';
import type { LoggedModelMetricTable, LoggedModelTable } from '../../../store/tables/tracking-tables.ts';
import { activeExperiment, readExperiment } from './experiment-store.ts';
import type { LoggedModel, LoggedModelState } from './logged-model.ts';
import { inventRunName } from './run-name.ts';
import { chainOf, hexId, type KeyValue, type TrackingContext } from './tracking-context.ts';

type Reader = Pick<TrackingContext, 'db'>;

/** What a client says of a model when it begins to log it; without a name it gets one. */
export interface NewLoggedModel {
  readonly experimentId: number;
  readonly name: string;
  readonly modelType: string | null;
  readonly sourceRunId: string | null;
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
}

/** Begins a logged model. @throws NOT_FOUND; INVALID_INPUT for a deleted experiment */
export async function createLoggedModel(ctx: TrackingContext, input: NewLoggedModel): Promise<LoggedModel> {
  const { clock, random } = ctx;
  await activeExperiment(ctx, input.experimentId);
  const id = `m-${hexId(clock, random)}`;
  const now = clock.now();
  const name = input.name || inventRunName(random);
  const sql =
    'insert into logged_model (id, experiment_id, name, model_type, source_run_id, state, created_at, ' +
    "updated_at) values (?, ?, ?, ?, ?, 'pending', ?, ?)";
  const values = [id, input.experimentId, name, input.modelType, input.sourceRunId, now, now];
  await commit(ctx, { id, experimentId: input.experimentId }, 'logged-model.created', [
    { query: sqlText(sql, values), expect: 1 },
    ...valueStatements('logged_model_param', id, input.params),
    ...valueStatements('logged_model_tag', id, input.tags),
  ]);
  return readLoggedModel(ctx, id);
}

function valueStatements(
  table: 'logged_model_param' | 'logged_model_tag',
  id: string,
  items: readonly KeyValue[],
): Statement[] {
  const rows = items.map(({ key, value }) => [id, key, value]);
  return insertRows(
    rows,
    (values) =>
      `insert into ${table} (model_id, key, value) values ${values} ` +
      'on conflict (model_id, key) do update set value = excluded.value',
  ).map(({ query }) => ({ query }));
}

async function commit(
  ctx: TrackingContext,
  model: Pick<LoggedModel, 'id' | 'experimentId'>,
  action: string,
  statements: readonly Statement[],
): Promise<void> {
  const experiment = await readExperiment(ctx, model.experimentId);
  const entry: LedgerDraft = {
    chain: chainOf(experiment),
    action,
    actor: ctx.actor,
    subject: model.id,
    body: { experiment: experiment.id },
  };
  await ctx.db.commit({ statements, ledger: [entry] });
}

/** A logged model that is not deleted. @throws NOT_FOUND */
export async function readLoggedModel(ctx: Reader, id: string): Promise<LoggedModel> {
  const [model] = await readLoggedModels(ctx, [id]);
  if (model === undefined) throw new TendError('NOT_FOUND', `Logged model with ID '${id}' not found.`);
  return model;
}

/** Says that the upload has ended. @throws NOT_FOUND */
export async function finalizeLoggedModel(
  ctx: TrackingContext,
  id: string,
  state: LoggedModelState,
): Promise<LoggedModel> {
  const before = await readLoggedModel(ctx, id);
  const query = sqlText('update logged_model set state = ?, updated_at = ? where id = ?', [
    state,
    ctx.clock.now(),
    id,
  ]);
  await commit(ctx, before, `logged-model.${state}`, [{ query, expect: 1 }]);
  return readLoggedModel(ctx, id);
}

/** Deletes a logged model; one that is deleted stays so, as clients ask again. @throws NOT_FOUND */
export async function deleteLoggedModel(ctx: TrackingContext, id: string): Promise<void> {
  const gone = 'select id from logged_model where id = ? and deleted_at is not null';
  if ((await readRows(ctx.db, gone, [id])).length > 0) return;
  const before = await readLoggedModel(ctx, id);
  const query = sqlText('update logged_model set deleted_at = ? where id = ?', [ctx.clock.now(), id]);
  await commit(ctx, before, 'logged-model.deleted', [{ query, expect: 1 }]);
}

/** Sets tags. @throws NOT_FOUND */
export async function setLoggedModelTags(
  ctx: TrackingContext,
  id: string,
  tags: readonly KeyValue[],
): Promise<LoggedModel> {
  await readLoggedModel(ctx, id);
  await ctx.db.commit({ statements: valueStatements('logged_model_tag', id, tags) });
  return readLoggedModel(ctx, id);
}

/** Removes a tag. @throws NOT_FOUND for a model or a tag that is not there */
export async function deleteLoggedModelTag(ctx: TrackingContext, id: string, key: string): Promise<void> {
  const { tags } = await readLoggedModel(ctx, id);
  if (!tags.some((tag) => tag.key === key))
    throw new TendError('NOT_FOUND', `No tag with key ${JSON.stringify(key)} found for model with ID ${id}.`);
  const query = sqlText('delete from logged_model_tag where model_id = ? and key = ?', [id, key]);
  await ctx.db.commit({ statements: [{ query }] });
}

/** Adds parameters. @throws NOT_FOUND; INVALID_INPUT for one that has another value already */
export async function logLoggedModelParams(
  ctx: TrackingContext,
  id: string,
  params: readonly KeyValue[],
): Promise<void> {
  const { params: before } = await readLoggedModel(ctx, id);
  for (const { key, value } of params) {
    const known = before.find((param) => param.key === key)?.value;
    if (known !== undefined && known !== value)
      throw new TendError('INVALID_INPUT', `Changing param values is not allowed: ${key} of model ${id}.`);
  }
  await ctx.db.commit({ statements: valueStatements('logged_model_param', id, params) });
}

type Row = LoggedModelTable & { readonly artifact_location: string };

/** Logged models that are not deleted, in the order of `ids`, as far as they exist. */
export async function readLoggedModels(
  { db }: Reader,
  ids: readonly string[],
): Promise<readonly LoggedModel[]> {
  if (ids.length === 0) return [];
  const marks = ids.map(() => '?').join(', ');
  const rows = await readRows<Row>(
    db,
    'select m.*, e.artifact_location from logged_model m join experiment e on e.id = m.experiment_id ' +
      `where m.deleted_at is null and m.id in (${marks})`,
    ids,
  );
  const params = await valuesOf(db, 'logged_model_param', ids);
  const tags = await valuesOf(db, 'logged_model_tag', ids);
  const metrics = await readRows<LoggedModelMetricTable>(
    db,
    `select * from logged_model_metric where model_id in (${marks}) order by model_id, key, step, at`,
    ids,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id): LoggedModel[] => {
    const row = byId.get(id);
    if (row === undefined) return [];
    return [
      {
        ...fieldsOf(row),
        params: params.filter((one) => one.model_id === id).map(({ key, value }) => ({ key, value })),
        tags: tags.filter((one) => one.model_id === id).map(({ key, value }) => ({ key, value })),
        metrics: metrics.filter((one) => one.model_id === id).map(metricOf),
      },
    ];
  });
}

function fieldsOf(row: Row): Omit<LoggedModel, 'params' | 'tags' | 'metrics'> {
  return {
    id: row.id,
    experimentId: row.experiment_id,
    name: row.name,
    modelType: row.model_type,
    sourceRunId: row.source_run_id,
    state: row.state,
    message: row.message,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    artifactUri: `${row.artifact_location}/models/${row.id}/artifacts`,
  };
}

function metricOf(row: LoggedModelMetricTable): LoggedModel['metrics'][number] {
  return {
    key: row.key,
    value: row.nan === 1 ? Number.NaN : row.value,
    at: row.at,
    step: row.step,
    runId: row.run_id,
    datasetName: row.dataset_name,
    datasetDigest: row.dataset_digest,
  };
}

function valuesOf(
  db: Database,
  table: string,
  ids: readonly string[],
): Promise<readonly (KeyValue & { readonly model_id: string })[]> {
  return readRows(
    db,
    `select * from ${table} where model_id in (${ids.map(() => '?').join(', ')}) order by key`,
    ids,
  );
}
