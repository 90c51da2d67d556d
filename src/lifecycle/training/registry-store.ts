import { newId } from '../../kernel/id.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { build } from '../../store/build.ts';
import type { Database, Statement } from '../../store/database.ts';
import { jsonText } from '../../store/json-text.ts';
import type { StageScope } from '../stage-scope.ts';

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

/** Rows of one statement; SQLite takes at most 32,766 parameters in one. */
const METRIC_ROWS_MAX = 2_000;

/** A finished run with its metrics. */
export function runStatements(scope: StageScope, run: RunRecord): Statement[] {
  const endedAt = scope.clock.now();
  const row = {
    id: run.id,
    project: scope.project,
    name: run.name,
    state: 'finished',
    started_at: run.startedAt,
    ended_at: endedAt,
    params: jsonText(run.params),
    tags: jsonText(run.tags),
    inputs: jsonText(run.inputs),
    outputs: jsonText(run.outputs),
    digest: run.digest,
  };
  const statements: Statement[] = [{ query: build.insertInto('run').values(row), expect: 1 }];
  for (let first = 0; first < run.metrics.length; first += METRIC_ROWS_MAX) {
    const rows = run.metrics
      .slice(first, first + METRIC_ROWS_MAX)
      .map((metric) => ({ run_id: run.id, ...metric, at: endedAt }));
    statements.push({ query: build.insertInto('run_metric').values(rows) });
  }
  return statements;
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
      query: build
        .insertInto('model')
        .values({ name: version.model, project: scope.project })
        .onConflict((conflict) => conflict.doNothing()),
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
