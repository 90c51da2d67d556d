import { newId } from '../../kernel/id.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { build } from '../../store/build.ts';
import type { Database, Statement } from '../../store/database.ts';
import { jsonText } from '../../store/json-text.ts';
import { sqlText } from '../../store/sql-text.ts';
import type { StageScope } from '../stage-scope.ts';
import { RUN_NAME_TAG } from './tracking/log-batch.ts';
import { measurementsOf, PROJECT_TAG, projectExperiment } from './tracking/project-experiment.ts';

/** A registered version of a model: immutable, found by model and number. */
export interface ModelVersion {
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly runId: string | null;
  readonly modelBlob: string | null;
  readonly manifestHash: string | null;
}

/** The number that the next version of a model gets. */
export async function nextVersion(db: Database, model: string): Promise<number> {
  const row = await db.query
    .selectFrom('model_version')
    .select((select) => select.fn.max('version').as('last'))
    .where('model', '=', model)
    .executeTakeFirst();
  return (row?.last ?? 0) + 1;
}

/** The version that an alias names, or undefined. */
export async function aliasedVersion(
  db: Database,
  model: string,
  alias: string,
): Promise<ModelVersion | undefined> {
  const row = await db.query
    .selectFrom('model_alias')
    .innerJoin('model_version', (join) =>
      join
        .onRef('model_version.model', '=', 'model_alias.model')
        .onRef('model_version.version', '=', 'model_alias.version'),
    )
    .selectAll('model_version')
    .where('model_alias.model', '=', model)
    .where('model_alias.alias', '=', alias)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    model: row.model,
    version: row.version,
    runId: row.run_id,
    modelBlob: row.blob_hash,
    manifestHash: row.manifest_hash,
  };
}

/** Versions of a model, newest first. */
export function listVersions(db: Database, model: string) {
  return db.query
    .selectFrom('model_version')
    .selectAll()
    .where('model', '=', model)
    .where('state', '<>', 'deleted')
    .orderBy('version', 'desc')
    .execute();
}

/** What a finished run leaves behind. */
export interface RunRecord {
  readonly id: string;
  readonly name: string;
  readonly startedAt: number;
  readonly params: JsonObject;
  readonly tags: JsonObject;
  readonly inputs: Json;
  readonly outputs: Json;
  /** Points of each metric by step. */
  readonly metrics: readonly { readonly key: string; readonly step: number; readonly value: number }[];
  readonly digest: string;
}

/** Text of a typed value, as a client would log it. */
function paramText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A finished run with its metrics, in the experiment of its project, which is made with its first run. */
export function runStatements(scope: StageScope, run: RunRecord): Statement[] {
  const endedAt = scope.clock.now();
  const { project } = scope;
  const own = '(select id from experiment where project = ?)';
  const row = [
    run.id,
    project,
    project,
    run.name,
    run.startedAt,
    endedAt,
    ...[run.params, run.tags, run.inputs, run.outputs].map(jsonText),
    run.digest,
  ];
  const insert =
    'insert into run (id, experiment_id, project, name, state, started_at, ended_at, user_name, params, ' +
    `tags, inputs, outputs, digest) values (?, ${own}, ?, ?, 'finished', ?, ?, '', ?, ?, ?, ?, ?)`;
  const params = Object.entries(run.params).map(([key, value]) => ({ key, value: paramText(value) }));
  const tags = [
    { key: RUN_NAME_TAG, value: run.name },
    { key: PROJECT_TAG, value: project },
  ];
  const points = run.metrics.map((metric) => ({ ...metric, at: endedAt }));
  return [
    ...projectExperiment(project, scope.clock.now()),
    { query: sqlText(insert, row), expect: 1 },
    ...measurementsOf(run.id, project, { metrics: points, params, tags }),
  ];
}

/** A new version of a model; the model itself is made with its first. */
export function versionRow(
  scope: StageScope,
  version: {
    readonly model: string;
    readonly version: number;
    readonly runId: string;
    readonly modelBlob: string;
    readonly manifestHash: string;
  },
): Statement[] {
  const row = {
    id: newId('mdv', scope.clock, scope.random),
    model: version.model,
    version: version.version,
    run_id: version.runId,
    blob_hash: version.modelBlob,
    manifest_hash: version.manifestHash,
    state: 'registered',
    created_at: scope.clock.now(),
  };
  return [
    {
      // A model that a client registered before becomes the project's: a champion that no gate saw is none.
      query: build
        .deleteFrom('model_alias')
        .where('model', '=', version.model)
        .where('alias', '=', 'champion')
        .where('model', 'in', build.selectFrom('model').select('name').where('project', 'is', null)),
    },
    {
      query: build
        .insertInto('model')
        .values({
          name: version.model,
          project: scope.project,
          description: null,
          created_at: scope.clock.now(),
          updated_at: scope.clock.now(),
        })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet({ project: scope.project }).where('model.project', 'is', null),
        ),
    },
    { query: build.insertInto('model_version').values(row), expect: 1 },
  ];
}

/** Points an alias at a version. Deployment alone calls this, after a gate. */
export function moveAlias(model: string, alias: string, version: number): Statement {
  return {
    query: build
      .insertInto('model_alias')
      .values({ model, alias, version })
      .onConflict((conflict) => conflict.columns(['model', 'alias']).doUpdateSet({ version })),
    expect: 1,
  };
}
