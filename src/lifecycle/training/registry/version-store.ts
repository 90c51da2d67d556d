import { TendError } from '../../../kernel/error.ts';
import { newId } from '../../../kernel/id.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import type { LedgerDraft, Statement } from '../../../store/database.ts';
import { lineageEdge } from '../../../store/lineage.ts';
import { readRows, sqlText } from '../../../store/sql-text.ts';
import { chainOf, type KeyValue, type TrackingContext } from '../tracking/tracking-context.ts';
import { touched } from './model-store.ts';
import { readModel, readVersion } from './read-registry.ts';
import {
  CHAMPION,
  isPrompt,
  PROMPT_TAG,
  type RegisteredModel,
  type RegisteredVersion,
  type VersionStage,
} from './registered-model.ts';
import { registryEvent, tagObject } from './registry-event.ts';
import { resolveSource } from './version-source.ts';

/** What a client says of a new version. */
export interface NewVersion {
  readonly model: string;
  readonly source: string;
  readonly runId: string | null;
  readonly runLink: string | null;
  readonly loggedModelId: string | null;
  readonly description: string | null;
  readonly userName: string;
  readonly tags: readonly KeyValue[];
}

/** Attempts to get a number when others register versions of the same model. */
const ATTEMPTS_MAX = 20;

/** Registers the next version of a model. @throws NOT_FOUND, INVALID_INPUT (source) */
export async function createVersion(ctx: TrackingContext, input: NewVersion): Promise<RegisteredVersion> {
  const model = await readModel(ctx, input.model);
  const prompt = isPrompt(model);
  if (isPrompt(input) !== prompt)
    throw new TendError(
      'INVALID_INPUT',
      `${model.name} is ${prompt ? 'a prompt' : 'no prompt'}, and its versions are alike.`,
    );
  const resolved = await resolveSource(ctx, { ...input, isPrompt: prompt });
  const id = newId('mdv', ctx.clock, ctx.random);
  for (let attempt = 1; ; attempt++) {
    const version = (await lastNumber(ctx, model.name)) + 1;
    const row = { ...input, ...resolved, id, version };
    try {
      await ctx.db.commit(creation(ctx, model, row));
      return await readVersion(ctx, model.name, version);
    } catch (error) {
      if (!(error instanceof TendError) || error.code !== 'CONFLICT' || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

async function lastNumber({ db }: TrackingContext, model: string): Promise<number> {
  const sql = 'select coalesce(max(version), 0) as last from model_version where model = ?';
  const [row] = await readRows<{ last: number }>(db, sql, [model]);
  return row?.last ?? 0;
}

function creation(
  ctx: TrackingContext,
  model: RegisteredModel,
  row: NewVersion & { readonly id: string; readonly version: number; readonly location: string },
): { readonly statements: Statement[]; readonly ledger: LedgerDraft[] } {
  const now = ctx.clock.now();
  const { id, version, source, runId, loggedModelId, description, tags } = row;
  const insert =
    'insert into model_version (id, model, version, run_id, state, created_at, updated_at, source, ' +
    'location, description, user_name, run_link, logged_model_id) ' +
    "values (?, ?, ?, ?, 'registered', ?, ?, ?, ?, ?, ?, ?, ?)";
  const values = [id, model.name, version, runId, now, now, source, row.location, description];
  const origins = [runId, loggedModelId].filter((one) => one !== null);
  const said = { name: model.name, version: String(version), description };
  const { [PROMPT_TAG]: _prompt, 'mlflow.prompt.text': template = null, ...others } = tagObject(tags);
  const body: JsonObject = isPrompt(model)
    ? { ...said, template, tags: others }
    : { ...said, source, run_id: runId, tags: tagObject(tags) };
  return {
    statements: [
      touched(ctx, model.name),
      { query: sqlText(insert, [...values, row.userName, row.runLink, loggedModelId]), expect: 1 },
      ...tags.map((tag) => tagStatement(model.name, version, tag)),
      ...origins.map((from) => lineageEdge({ from, to: id, kind: 'registered-as' }, ctx.clock)),
      registryEvent(ctx, kindOf(model), 'version.created', body),
    ],
    ledger: [
      versionEntry(ctx, { model: model.name, project: model.project, version }, 'registered', { source }),
    ],
  };
}

function kindOf(model: Pick<RegisteredModel, 'project' | 'tags'>) {
  return { project: model.project, isPrompt: isPrompt(model) };
}

/** The ledger entry of a change of a version. */
export function versionEntry(
  { actor }: Pick<TrackingContext, 'actor'>,
  of: Pick<RegisteredVersion, 'model' | 'version' | 'project'>,
  action: string,
  body: JsonObject = {},
): LedgerDraft {
  return {
    chain: chainOf(of),
    action: `model-version.${action}`,
    actor,
    subject: `${of.model}@${of.version}`,
    body,
  };
}

function tagStatement(model: string, version: number, { key, value }: KeyValue): Statement {
  const sql =
    'insert into model_version_tag (model, version, key, value) values (?, ?, ?, ?) ' +
    'on conflict (model, version, key) do update set value = excluded.value';
  return { query: sqlText(sql, [model, version, key, value]) };
}

function changed(ctx: TrackingContext, id: string, set: string, values: readonly unknown[]): Statement {
  const sql = `update model_version set ${set}, updated_at = ? where id = ? and state = 'registered'`;
  return { query: sqlText(sql, [...values, ctx.clock.now(), id]), expect: 1 };
}

/** Says what a version is. @throws NOT_FOUND; CONFLICT for a retired one */
export async function describeVersion(
  ctx: TrackingContext,
  name: string,
  number: number,
  description: string,
): Promise<RegisteredVersion> {
  const version = await readVersion(ctx, name, number);
  await ctx.db.commit({
    statements: [changed(ctx, version.id, 'description = ?', [description])],
    ledger: [versionEntry(ctx, version, 'described')],
  });
  return readVersion(ctx, name, number);
}

/**
 * Moves a version to a stage, and on demand those that are there to Archived. Production of a project's model
 * is not among them: deployment alone moves that. @throws NOT_FOUND; CONFLICT
 */
export async function moveStage(
  ctx: TrackingContext,
  version: RegisteredVersion,
  stage: VersionStage,
  archiveOthers: boolean,
): Promise<void> {
  assertNotChampion(version, `moved to ${stage}`);
  if (version.project !== null && stage === 'Production')
    throw new TendError('CONFLICT', `${version.model} moves to Production by its gate alone.`);
  const now = ctx.clock.now();
  const archive = sqlText(
    "update model_version set stage = 'Archived', updated_at = ? where model = ? and stage = ? and id <> ? " +
      "and state = 'registered'",
    [now, version.model, stage, version.id],
  );
  await ctx.db.commit({
    statements: [
      ...(archiveOthers ? [{ query: archive }] : []),
      changed(ctx, version.id, 'stage = ?', [stage]),
      touched(ctx, version.model),
    ],
    ledger: [versionEntry(ctx, version, 'stage-moved', { from: version.stage, to: stage, archiveOthers })],
  });
}

/** Forgets a version that a client registered; its number is not given again. @throws NOT_FOUND; CONFLICT */
export async function deleteVersion(ctx: TrackingContext, name: string, number: number): Promise<void> {
  const version = await readVersion(ctx, name, number);
  assertNotChampion(version, 'deleted');
  if (version.manifestHash !== null)
    throw new TendError(
      'CONFLICT',
      `Version ${number} of ${name} was trained by its project: ` +
        `\`tend retire ${name}@${number}\` puts it away.`,
    );
  const gone = 'source = null, location = null, description = null, run_link = null, user_name = null';
  await ctx.db.commit({
    statements: [
      changed(ctx, version.id, `state = 'deleted', stage = null, ${gone}`, []),
      { query: sqlText('delete from model_alias where model = ? and version = ?', [name, number]) },
      { query: sqlText('delete from model_version_tag where model = ? and version = ?', [name, number]) },
      touched(ctx, name),
    ],
    ledger: [versionEntry(ctx, version, 'deleted')],
  });
}

function assertNotChampion({ model, version, project, aliases }: RegisteredVersion, what: string): void {
  if (project === null || !aliases.includes(CHAMPION)) return;
  throw new TendError(
    'CONFLICT',
    `Version ${version} answers for the project ${project} and cannot be ${what}: ` +
      `move ${CHAMPION} of ${model} first.`,
  );
}

/** Sets a tag. @throws NOT_FOUND */
export async function setVersionTag(
  ctx: TrackingContext,
  name: string,
  number: number,
  tag: KeyValue,
): Promise<void> {
  const version = await readVersion(ctx, name, number);
  const body = { name, version: String(number), ...tag };
  await ctx.db.commit({
    statements: [
      tagStatement(name, number, tag),
      touchedVersion(ctx, version.id),
      registryEvent(ctx, kindOf(version), 'version-tag.set', body),
    ],
    ledger: [versionEntry(ctx, version, 'tagged', { key: tag.key })],
  });
}

/** Tags stand also at a retired version. */
function touchedVersion(ctx: TrackingContext, id: string): Statement {
  return { query: sqlText('update model_version set updated_at = ? where id = ?', [ctx.clock.now(), id]) };
}

/** Removes a tag; one that is not there is no error. @throws NOT_FOUND */
export async function deleteVersionTag(
  ctx: TrackingContext,
  name: string,
  number: number,
  key: string,
): Promise<void> {
  const version = await readVersion(ctx, name, number);
  if (!version.tags.some((tag) => tag.key === key)) return;
  const sql = 'delete from model_version_tag where model = ? and version = ? and key = ?';
  const body = { name, version: String(number), key };
  await ctx.db.commit({
    statements: [
      { query: sqlText(sql, [name, number, key]) },
      touchedVersion(ctx, version.id),
      registryEvent(ctx, kindOf(version), 'version-tag.deleted', body),
    ],
    ledger: [versionEntry(ctx, version, 'untagged', { key })],
  });
}
