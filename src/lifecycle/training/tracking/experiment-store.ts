import { TendError } from '../../../kernel/error.ts';
import type { Database, Statement } from '../../../store/database.ts';
import { readRows, sqlText } from '../../../store/sql-text.ts';
import type { ExperimentTable } from '../../../store/tables/tracking-tables.ts';
import type { Experiment } from './experiment.ts';
import { chainOf, type KeyValue, type TrackingContext } from './tracking-context.ts';

type Reader = Pick<TrackingContext, 'db'>;

/** The experiment with this id, deleted or not. @throws NOT_FOUND */
export async function readExperiment(ctx: Reader, id: number): Promise<Experiment> {
  const [found] = await readExperiments(ctx, [id]);
  if (found === undefined) throw new TendError('NOT_FOUND', `No Experiment with id=${id} exists`);
  return found;
}

/** Those of the experiments that exist, in the order of their ids, with their tags. */
export async function readExperiments(
  { db }: Reader,
  ids: readonly number[],
): Promise<readonly Experiment[]> {
  const marks = ids.map(() => '?').join(', ');
  if (ids.length === 0) return [];
  return withTags(
    db,
    await readRows<ExperimentTable>(db, `select * from experiment where id in (${marks}) order by id`, ids),
  );
}

/** The experiment of this name, deleted or not. @throws NOT_FOUND */
export async function experimentByName({ db }: Reader, name: string): Promise<Experiment> {
  const rows = await readRows<ExperimentTable>(db, 'select * from experiment where name = ?', [name]);
  const [found] = await withTags(db, rows);
  if (found === undefined) throw new TendError('NOT_FOUND', `Could not find experiment with name '${name}'`);
  return found;
}

/** Adds the tags to rows of experiments. */
export async function withTags(
  db: Database,
  rows: readonly ExperimentTable[],
): Promise<readonly Experiment[]> {
  if (rows.length === 0) return [];
  const marks = rows.map(() => '?').join(', ');
  const tags = await readRows<KeyValue & { readonly experiment_id: number }>(
    db,
    `select experiment_id, key, value from experiment_tag where experiment_id in (${marks}) order by key`,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    project: row.project,
    artifactLocation: row.artifact_location,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    deletedAt: row.deleted_at,
    tags: tags.filter((tag) => tag.experiment_id === row.id).map(({ key, value }) => ({ key, value })),
  }));
}

/** Makes an experiment; without a location its artifacts go where ours are. @throws CONFLICT */
export async function createExperiment(
  ctx: TrackingContext,
  input: { readonly name: string; readonly artifactLocation?: string; readonly tags: readonly KeyValue[] },
): Promise<number> {
  const { db, clock, actor } = ctx;
  const { name, artifactLocation, tags } = input;
  const now = clock.now();
  const next = '(select coalesce(max(id), 0) + 1 from experiment)';
  const location = artifactLocation === undefined ? `'mlflow-artifacts:/' || ${next}` : '?';
  const [taken] = await readRows<{ id: number }>(db, 'select id from experiment where name = ?', [name]);
  if (taken !== undefined) throw exists(name);
  const insert =
    'insert into experiment (id, name, artifact_location, created_at, updated_at) ' +
    `values (${next}, ?, ${location}, ?, ?)`;
  const values = [name, ...(artifactLocation === undefined ? [] : [artifactLocation]), now, now];
  const statements: Statement[] = [
    { query: sqlText(insert, values), expect: 1 },
    ...tags.map(({ key, value }) => ({
      query: sqlText(
        'insert into experiment_tag (experiment_id, key, value) ' +
          'select id, ?, ? from experiment where name = ?',
        [key, value, name],
      ),
      expect: 1,
    })),
  ];
  const entry = { chain: chainOf({ project: null }), action: 'experiment.created', actor, subject: name };
  try {
    await db.commit({ statements, ledger: [{ ...entry, body: { name } }] });
  } catch (error) {
    if (error instanceof TendError && error.code === 'CONFLICT') throw exists(name, error);
    throw error;
  }
  return (await experimentByName(ctx, name)).id;
}

function exists(name: string, cause?: unknown): TendError {
  return new TendError('CONFLICT', `Experiment(name=${name}) already exists.`, { cause });
}

/** Renames an experiment that is not deleted. @throws NOT_FOUND, INVALID_INPUT, CONFLICT (name taken) */
export async function renameExperiment(ctx: TrackingContext, id: number, name: string): Promise<void> {
  const experiment = await activeExperiment(ctx, id);
  if (experiment.name === name) return;
  const [taken] = await readRows<{ id: number }>(ctx.db, 'select id from experiment where name = ?', [name]);
  if (taken !== undefined) throw exists(name);
  const query = sqlText('update experiment set name = ?, updated_at = ? where id = ?', [
    name,
    ctx.clock.now(),
    id,
  ]);
  await commitChange(ctx, experiment, 'experiment.renamed', [{ query, expect: 1 }], { name });
}

/**
 * Deletes an experiment with its runs, until it is restored; one that is deleted stays so.
 * @throws NOT_FOUND
 */
export async function deleteExperiment(ctx: TrackingContext, id: number): Promise<void> {
  const experiment = await readExperiment(ctx, id);
  if (experiment.deletedAt !== null) return;
  const now = ctx.clock.now();
  const query = sqlText('update experiment set deleted_at = ?, updated_at = ? where id = ?', [now, now, id]);
  await commitChange(ctx, experiment, 'experiment.deleted', [{ query, expect: 1 }]);
}

/** Brings a deleted experiment and its runs back as they were. @throws NOT_FOUND */
export async function restoreExperiment(ctx: TrackingContext, id: number): Promise<void> {
  const experiment = await readExperiment(ctx, id);
  if (experiment.deletedAt === null) return;
  const query = sqlText('update experiment set deleted_at = null, updated_at = ? where id = ?', [
    ctx.clock.now(),
    id,
  ]);
  await commitChange(ctx, experiment, 'experiment.restored', [{ query, expect: 1 }]);
}

async function commitChange(
  { db, actor }: TrackingContext,
  experiment: Experiment,
  action: string,
  statements: readonly Statement[],
  body: { readonly name?: string } = {},
): Promise<void> {
  const entry = { chain: chainOf(experiment), action, actor, subject: String(experiment.id) };
  await db.commit({ statements, ledger: [{ ...entry, body: { name: experiment.name, ...body } }] });
}

/** Sets a tag of an experiment. @throws NOT_FOUND; INVALID_INPUT when it is deleted */
export async function setExperimentTag(ctx: TrackingContext, id: number, tag: KeyValue): Promise<void> {
  await activeExperiment(ctx, id);
  const sql =
    'insert into experiment_tag (experiment_id, key, value) values (?, ?, ?) ' +
    'on conflict (experiment_id, key) do update set value = excluded.value';
  await ctx.db.commit({ statements: [{ query: sqlText(sql, [id, tag.key, tag.value]) }] });
}

/** Removes a tag. @throws NOT_FOUND for an experiment or a tag that is not there */
export async function deleteExperimentTag(ctx: TrackingContext, id: number, key: string): Promise<void> {
  const { tags } = await activeExperiment(ctx, id);
  if (!tags.some((tag) => tag.key === key))
    throw new TendError('NOT_FOUND', `No tag with name: ${key} in experiment with id ${id}`);
  const query = sqlText('delete from experiment_tag where experiment_id = ? and key = ?', [id, key]);
  await ctx.db.commit({ statements: [{ query }] });
}

/** An experiment that may be written to. @throws NOT_FOUND; INVALID_INPUT when it is deleted */
export async function activeExperiment(ctx: Reader, id: number): Promise<Experiment> {
  const experiment = await readExperiment(ctx, id);
  if (experiment.deletedAt === null) return experiment;
  throw deleted(id);
}

/** The same without its tags, for each run that begins. @throws NOT_FOUND; INVALID_INPUT */
export async function activeExperimentRow({ db }: Reader, id: number): Promise<ExperimentTable> {
  const [row] = await readRows<ExperimentTable>(db, 'select * from experiment where id = ?', [id]);
  if (row === undefined) throw new TendError('NOT_FOUND', `No Experiment with id=${id} exists`);
  if (row.deleted_at === null) return row;
  throw deleted(id);
}

function deleted(id: number): TendError {
  return new TendError(
    'INVALID_INPUT',
    `The experiment ${id} must be in the 'active' state. Current state is deleted.`,
  );
}
