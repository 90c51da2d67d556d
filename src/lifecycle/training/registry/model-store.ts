import { TendError } from '../../../kernel/error.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import type { LedgerDraft, Statement } from '../../../store/database.ts';
import { insertRows, readRows, sqlText } from '../../../store/sql-text.ts';
import { chainOf, type KeyValue, type TrackingContext } from '../tracking/tracking-context.ts';
import { readModel } from './read-registry.ts';
import { isPrompt, type RegisteredModel } from './registered-model.ts';
import { registryEvent, tagObject } from './registry-event.ts';

/** Makes a model that stands alone. @throws CONFLICT for a name that is taken */
export async function createModel(
  ctx: TrackingContext,
  input: { readonly name: string; readonly description: string | null; readonly tags: readonly KeyValue[] },
): Promise<RegisteredModel> {
  const { name, description, tags } = input;
  await assertFree(ctx, name);
  const now = ctx.clock.now();
  const insert = 'insert into model (name, description, created_at, updated_at) values (?, ?, ?, ?)';
  const of = { project: null, isPrompt: isPrompt(input) };
  const body = { name, tags: tagObject(tags), description };
  await orTaken(
    name,
    ctx.db.commit({
      statements: [
        { query: sqlText(insert, [name, description, now, now]), expect: 1 },
        ...tagStatements(name, tags),
        registryEvent(ctx, of, 'created', body),
      ],
      ledger: [entry(ctx, { name, project: null }, 'model.created', { prompt: of.isPrompt })],
    }),
  );
  return readModel(ctx, name);
}

async function assertFree({ db }: TrackingContext, name: string): Promise<void> {
  const [taken] = await readRows<{ name: string }>(db, 'select name from model where name = ?', [name]);
  if (taken !== undefined) throw exists(name);
}

function exists(name: string, cause?: unknown): TendError {
  return new TendError('CONFLICT', `Registered Model (name=${name}) already exists.`, { cause });
}

async function orTaken(name: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof TendError && error.code === 'CONFLICT') throw exists(name, error);
    throw error;
  }
}

function tagStatements(model: string, tags: readonly KeyValue[]): Statement[] {
  const rows = tags.map(({ key, value }) => [model, key, value]);
  return insertRows(
    rows,
    (values) =>
      `insert into model_tag (model, key, value) values ${values} ` +
      'on conflict (model, key) do update set value = excluded.value',
  ).map(({ query }) => ({ query }));
}

/** The ledger entry of a change of a model: in the chain of its project, or of the server. */
export function entry(
  { actor }: Pick<TrackingContext, 'actor'>,
  model: Pick<RegisteredModel, 'name' | 'project'>,
  action: string,
  body: JsonObject = {},
): LedgerDraft {
  return { chain: chainOf(model), action, actor, subject: model.name, body };
}

/** Marks a model as changed now. */
export function touched(ctx: Pick<TrackingContext, 'clock'>, model: string): Statement {
  const query = sqlText('update model set updated_at = ? where name = ?', [ctx.clock.now(), model]);
  return { query, expect: 1 };
}

/** Says what a model is. @throws NOT_FOUND */
export async function describeModel(
  ctx: TrackingContext,
  name: string,
  description: string,
): Promise<RegisteredModel> {
  const model = await readModel(ctx, name);
  const query = sqlText('update model set description = ? where name = ?', [description, name]);
  await ctx.db.commit({
    statements: [{ query, expect: 1 }, touched(ctx, name)],
    ledger: [entry(ctx, model, 'model.described')],
  });
  return readModel(ctx, name);
}

const TABLES = ['model_version', 'model_alias', 'model_tag', 'model_version_tag'] as const;

/** Gives a model another name. @throws NOT_FOUND; CONFLICT for a project's model or a name that is taken */
export async function renameModel(
  ctx: TrackingContext,
  name: string,
  newName: string,
): Promise<RegisteredModel> {
  const model = await readModel(ctx, name);
  if (name === newName) return model;
  assertAlone(model, 'renamed', 'Its name is that of the project.');
  await assertFree(ctx, newName);
  const rename = (table: string, column: string): Statement => ({
    query: sqlText(`update ${table} set ${column} = ? where ${column} = ?`, [newName, name]),
  });
  const query = sqlText('update model set name = ?, updated_at = ? where name = ? and project is null', [
    newName,
    ctx.clock.now(),
    name,
  ]);
  await orTaken(
    newName,
    ctx.db.commit({
      statements: [{ query, expect: 1 }, ...TABLES.map((table) => rename(table, 'model'))],
      ledger: [entry(ctx, model, 'model.renamed', { name: newName })],
    }),
  );
  return readModel(ctx, newName);
}

/** Forgets a model with all its versions. @throws NOT_FOUND; CONFLICT for a project's model */
export async function deleteModel(ctx: TrackingContext, name: string): Promise<void> {
  const model = await readModel(ctx, name);
  assertAlone(model, 'deleted', 'Its versions are put away by `tend retire`.');
  const query = sqlText('delete from model where name = ? and project is null', [name]);
  await ctx.db.commit({
    statements: [
      { query, expect: 1 },
      ...TABLES.map((table) => ({ query: sqlText(`delete from ${table} where model = ?`, [name]) })),
    ],
    ledger: [entry(ctx, model, 'model.deleted', { versions: model.latest.at(-1)?.version ?? 0 })],
  });
}

/** @throws CONFLICT for a model of a project */
export function assertAlone(
  { name, project }: Pick<RegisteredModel, 'name' | 'project'>,
  what: string,
  why: string,
): void {
  if (project === null) return;
  throw new TendError(
    'CONFLICT',
    `${name} is the model of the project ${project} and cannot be ${what}. ${why}`,
  );
}

/** Sets a tag. @throws NOT_FOUND */
export async function setModelTag(ctx: TrackingContext, name: string, tag: KeyValue): Promise<void> {
  const model = await readModel(ctx, name);
  const of = { project: model.project, isPrompt: isPrompt(model) };
  await ctx.db.commit({
    statements: [
      ...tagStatements(name, [tag]),
      touched(ctx, name),
      registryEvent(ctx, of, 'tag.set', { name, ...tag }),
    ],
    ledger: [entry(ctx, model, 'model.tagged', { key: tag.key })],
  });
}

/** Removes a tag; one that is not there is no error. @throws NOT_FOUND */
export async function deleteModelTag(ctx: TrackingContext, name: string, key: string): Promise<void> {
  const model = await readModel(ctx, name);
  if (!model.tags.some((tag) => tag.key === key)) return;
  const of = { project: model.project, isPrompt: isPrompt(model) };
  const query = sqlText('delete from model_tag where model = ? and key = ?', [name, key]);
  await ctx.db.commit({
    statements: [{ query }, touched(ctx, name), registryEvent(ctx, of, 'tag.deleted', { name, key })],
    ledger: [entry(ctx, model, 'model.untagged', { key })],
  });
}
