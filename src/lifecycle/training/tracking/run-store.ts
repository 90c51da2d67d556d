import { TendError } from '../../../kernel/error.ts';
import type { Database } from '../../../store/database.ts';
import { readRows } from '../../../store/sql-text.ts';
import type { Run, RunDataset, RunInfo } from './run.ts';
import type { KeyValue, TrackingContext } from './tracking-context.ts';

type Reader = Pick<TrackingContext, 'db'>;

interface InfoRow {
  readonly id: string;
  readonly experiment_id: number;
  readonly project: string | null;
  readonly name: string;
  readonly state: string;
  readonly user_name: string;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly deleted_at: number | null;
  readonly artifact_location: string;
  readonly experiment_deleted_at: number | null;
}

/** Columns of `RunInfo`, of `run r join experiment e`. */
const INFO =
  'r.id, r.experiment_id, r.project, r.name, r.state, r.user_name, r.started_at, r.ended_at, r.deleted_at, ' +
  'e.artifact_location, e.deleted_at as experiment_deleted_at';

function infoOf(row: InfoRow): RunInfo {
  return {
    id: row.id,
    experimentId: row.experiment_id,
    project: row.project,
    name: row.name,
    state: row.state,
    userName: row.user_name,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    deleted: row.deleted_at !== null || row.experiment_deleted_at !== null,
    artifactUri: `${row.artifact_location}/${row.id}/artifacts`,
  };
}

/** A run without its measurements, deleted or not. @throws NOT_FOUND */
export async function readRunInfo({ db }: Reader, id: string): Promise<RunInfo> {
  const [row] = await infoRows(db, [id]);
  if (row === undefined) throw new TendError('NOT_FOUND', `Run with id=${id} not found`);
  return infoOf(row);
}

/** A run that may be written to. @throws NOT_FOUND; INVALID_INPUT when it or its experiment is deleted */
export async function activeRunInfo(ctx: Reader, id: string): Promise<RunInfo> {
  const run = await readRunInfo(ctx, id);
  if (!run.deleted) return run;
  throw new TendError(
    'INVALID_INPUT',
    `The run ${id} must be in the 'active' state. Current state is deleted.`,
  );
}

/** A run with what was logged to it. @throws NOT_FOUND */
export async function readTrackedRun(ctx: Reader, id: string): Promise<Run> {
  const [run] = await readTrackedRuns(ctx, [id]);
  if (run === undefined) throw new TendError('NOT_FOUND', `Run with id=${id} not found`);
  return run;
}

function infoRows(db: Database, ids: readonly string[]): Promise<readonly InfoRow[]> {
  const sql =
    `select ${INFO} from run r join experiment e on e.id = r.experiment_id ` +
    `where r.id in (${marks(ids)})`;
  return readRows<InfoRow>(db, sql, ids);
}

function marks(ids: readonly unknown[]): string {
  return ids.map(() => '?').join(', ');
}

/** Ids in one `in (…)`: SQLite takes 32,766 parameters. */
const IDS_AT_ONCE = 10_000;

/**
 * Runs in the order of `ids`, as far as they exist: six statements for each ten thousand, none for each run.
 */
export async function readTrackedRuns(ctx: Reader, ids: readonly string[]): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (let first = 0; first < ids.length; first += IDS_AT_ONCE)
    runs.push(...(await readSome(ctx.db, ids.slice(first, first + IDS_AT_ONCE))));
  return runs;
}

async function readSome(db: Database, ids: readonly string[]): Promise<readonly Run[]> {
  const infos = new Map((await infoRows(db, ids)).map((row) => [row.id, infoOf(row)]));
  const metrics = await byRun<{
    run_id: string;
    key: string;
    value: number;
    nan: number;
    at: number;
    step: number;
  }>(db, `select run_id, key, value, nan, at, step from run_latest where run_id in (${marks(ids)})`, ids);
  const params = await byRun<KeyValue & { run_id: string }>(
    db,
    `select run_id, key, value from run_param where run_id in (${marks(ids)})`,
    ids,
  );
  const tags = await byRun<KeyValue & { run_id: string }>(
    db,
    `select run_id, key, value from run_tag where run_id in (${marks(ids)})`,
    ids,
  );
  const datasets = await readDatasets(db, ids);
  const models = await byRun<{ run_id: string; role: string; model_id: string; step: number }>(
    db,
    'select run_id, role, model_id, step from run_model ' +
      `where run_id in (${marks(ids)}) order by created_at`,
    ids,
  );
  return ids.flatMap((id): Run[] => {
    const info = infos.get(id);
    if (info === undefined) return [];
    const withRole = (role: string) =>
      (models.get(id) ?? [])
        .filter((model) => model.role === role)
        .map(({ model_id, step }) => ({ modelId: model_id, step }));
    return [
      {
        ...info,
        metrics: (metrics.get(id) ?? []).map(({ key, value, nan, at, step }) => ({
          key,
          value: nan === 1 ? Number.NaN : value,
          at,
          step,
        })),
        params: params.get(id) ?? [],
        tags: tags.get(id) ?? [],
        datasets: datasets.get(id) ?? [],
        modelInputs: withRole('input'),
        modelOutputs: withRole('output'),
      },
    ];
  });
}

async function byRun<R extends { readonly run_id: string }>(
  db: Database,
  sql: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, R[]>> {
  const groups = new Map<string, R[]>();
  for (const row of await readRows<R>(db, sql, ids)) {
    const group = groups.get(row.run_id);
    if (group === undefined) groups.set(row.run_id, [row]);
    else group.push(row);
  }
  return groups;
}

interface DatasetRow {
  readonly run_id: string;
  readonly name: string;
  readonly digest: string;
  readonly source_type: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
  readonly tags: string;
}

async function readDatasets(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly RunDataset[]>> {
  const rows = await byRun<DatasetRow>(
    db,
    'select i.run_id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile, i.tags ' +
      `from run_input i join logged_dataset d on d.id = i.dataset_id where i.run_id in (${marks(ids)}) ` +
      'order by i.created_at, d.name, d.digest',
    ids,
  );
  return new Map(
    [...rows].map(([id, some]) => [
      id,
      some.map(({ name, digest, source_type, source, schema, profile, tags }) => ({
        dataset: { name, digest, sourceType: source_type, source, schema, profile },
        tags: JSON.parse(tags) as KeyValue[],
      })),
    ]),
  );
}
