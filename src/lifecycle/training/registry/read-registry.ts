import { TendError } from '../../../kernel/error.ts';
import type { Database } from '../../../store/database.ts';
import { readRows } from '../../../store/sql-text.ts';
import type {
  ModelAliasTable,
  ModelTable,
  ModelTagTable,
  ModelVersionTable,
  ModelVersionTagTable,
} from '../../../store/tables/model-tables.ts';
import { OWN_VERSIONS } from '../tracking/artifact-path.ts';
import {
  CHAMPION,
  type RegisteredModel,
  type RegisteredVersion,
  VERSION_STAGES,
  type VersionStage,
} from './registered-model.ts';

type Reader = { readonly db: Database };

/** A row of a version with the project of its model. */
export type VersionRow = ModelVersionTable & { readonly project: string | null };

/** Columns of a version that is not deleted, as every reading takes them. */
export const VERSION_ROWS =
  'select v.*, m.project from model_version v join model m on m.name = v.model ' +
  "where v.state in ('registered', 'retired')";

/** A registered model. @throws NOT_FOUND */
export async function readModel(ctx: Reader, name: string): Promise<RegisteredModel> {
  const rows = await readRows<ModelTable>(ctx.db, 'select * from model where name = ?', [name]);
  const [model] = await modelsOf(ctx, rows);
  if (model === undefined) throw new TendError('NOT_FOUND', `Registered Model with name=${name} not found`);
  return model;
}

/** A version that is not deleted. @throws NOT_FOUND */
export async function readVersion(ctx: Reader, model: string, version: number): Promise<RegisteredVersion> {
  const rows = await readRows<VersionRow>(ctx.db, `${VERSION_ROWS} and v.model = ? and v.version = ?`, [
    model,
    version,
  ]);
  const [found] = await versionsOf(ctx, rows);
  if (found !== undefined) return found;
  await readModel(ctx, model);
  throw new TendError('NOT_FOUND', `Model Version (name=${model}, version=${version}) not found`);
}

/** The version that an alias points at, or undefined. @throws NOT_FOUND for an unknown model */
export async function readAlias(
  ctx: Reader,
  name: string,
  alias: string,
): Promise<RegisteredVersion | undefined> {
  const model = await readModel(ctx, name);
  const found = model.aliases.find((one) => one.alias === alias);
  return found === undefined ? undefined : readVersion(ctx, name, found.version);
}

/** The newest version of a model, or undefined. */
export async function newestVersion(ctx: Reader, name: string): Promise<RegisteredVersion | undefined> {
  const sql = `${VERSION_ROWS} and v.model = ? order by v.version desc limit 1`;
  return (await versionsOf(ctx, await readRows<VersionRow>(ctx.db, sql, [name])))[0];
}

const marks = (items: readonly unknown[]): string => items.map(() => '?').join(', ');

/** Rows of models with their tags, aliases and newest versions. */
export async function modelsOf(
  ctx: Reader,
  rows: readonly ModelTable[],
): Promise<readonly RegisteredModel[]> {
  if (rows.length === 0) return [];
  const { db } = ctx;
  const names = rows.map((row) => row.name);
  const within = `(${marks(names)})`;
  const tags = await readRows<ModelTagTable>(
    db,
    `select * from model_tag where model in ${within} order by key`,
    names,
  );
  const aliases = await aliasesOf(ctx, names);
  const champion = `exists (select 1 from model_alias a where a.model = v.model and a.alias = '${CHAMPION}'
    and a.version = v.version)`;
  // The newest of each stage, where the champion of a project's model is its production.
  const newest = await readRows<VersionRow>(
    db,
    `select * from (select w.*,
      row_number() over (partition by w.model, w.shown order by w.version desc) as place
      from (select v.*, m.project, case when m.project is not null and ${champion} then 'Production'
        else coalesce(v.stage, 'None') end as shown
        from model_version v join model m on m.name = v.model
        where v.state in ('registered', 'retired') and v.model in ${within}) w) x
      where place = 1 order by version`,
    names,
  );
  const latest = await versionsOf(ctx, newest);
  return rows.map((row) => ({
    name: row.name,
    project: row.project,
    description: row.description,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    tags: tags.filter((tag) => tag.model === row.name).map(({ key, value }) => ({ key, value })),
    aliases: aliases
      .filter((one) => one.model === row.name)
      .map(({ alias, version }) => ({ alias, version })),
    latest: latest.filter((one) => one.model === row.name),
  }));
}

function aliasesOf({ db }: Reader, names: readonly string[]): Promise<readonly ModelAliasTable[]> {
  const sql = `select * from model_alias where model in (${marks(names)}) order by alias`;
  return readRows(db, sql, names);
}

/** Rows of versions with their tags and aliases, in their order. */
export async function versionsOf(
  ctx: Reader,
  rows: readonly VersionRow[],
): Promise<readonly RegisteredVersion[]> {
  if (rows.length === 0) return [];
  const names = [...new Set(rows.map((row) => row.model))];
  const ids = rows.map((row) => row.id);
  const aliases = await aliasesOf(ctx, names);
  const tags = await readRows<ModelVersionTagTable>(
    ctx.db,
    'select t.* from model_version_tag t join model_version v on v.model = t.model ' +
      `and v.version = t.version where v.id in (${marks(ids)}) order by t.key`,
    ids,
  );
  return rows.map((row) => {
    const mine = (one: { readonly model: string; readonly version: number }): boolean =>
      one.model === row.model && one.version === row.version;
    return versionOf(row, {
      tags: tags.filter(mine).map(({ key, value }) => ({ key, value })),
      aliases: aliases.filter(mine).map(({ alias }) => alias),
    });
  });
}

function versionOf(
  row: VersionRow,
  { tags, aliases }: Pick<RegisteredVersion, 'tags' | 'aliases'>,
): RegisteredVersion {
  const own = `mlflow-artifacts:/${OWN_VERSIONS}/${row.model}/${row.version}`;
  const stage = VERSION_STAGES.find((one) => one === row.stage) ?? 'None';
  return {
    id: row.id,
    model: row.model,
    project: row.project,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at ?? row.created_at,
    state: row.state === 'retired' ? 'retired' : 'registered',
    stage: shownStage(row, stage, aliases),
    source: row.source ?? own,
    location: row.location ?? own,
    description: row.description,
    userName: row.user_name,
    runId: row.run_id,
    runLink: row.run_link,
    loggedModelId: row.logged_model_id,
    manifestHash: row.manifest_hash,
    tags,
    aliases,
  };
}

/** The champion of a project's model is what answers, and so its production: one truth, two names. */
function shownStage(
  { project }: Pick<VersionRow, 'project'>,
  stage: VersionStage,
  aliases: readonly string[],
): VersionStage {
  if (project === null) return stage;
  if (aliases.includes(CHAMPION)) return 'Production';
  return stage === 'Production' ? 'None' : stage;
}
