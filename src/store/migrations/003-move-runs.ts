import { type Kysely, sql } from 'kysely';

interface OldRun {
  readonly id: string;
  readonly project: string;
  readonly params: string;
}

/** Takes the runs that training made over into the new tables, which then take the names of the old. */
export async function moveRuns(db: Kysely<unknown>): Promise<void> {
  await sql`
    insert into experiment (id, name, project, artifact_location, created_at, updated_at)
    values (0, 'Default', null, 'mlflow-artifacts:/0', 0, 0)`.execute(db);
  const projects = await sql<{ project: string; at: number }>`
    select project, coalesce(min(started_at), 0) as at
    from old_run group by project order by project`.execute(db);
  for (const [index, { project, at }] of projects.rows.entries()) {
    const id = index + 1;
    const name = project === 'Default' ? 'project/Default' : project;
    await sql`
      insert into experiment (id, name, project, artifact_location, created_at, updated_at)
      values (${id}, ${name}, ${project}, ${`mlflow-artifacts:/${id}`}, ${at}, ${at})`.execute(db);
  }
  await sql`
    insert into tracked_run (id, experiment_id, project, name, state, started_at, ended_at, user_name, params,
      tags, inputs, outputs, digest)
    select old_run.id, experiment.id, old_run.project, old_run.name, state, started_at, ended_at, '', params,
      tags, inputs, outputs, digest
    from old_run join experiment on experiment.project = old_run.project`.execute(db);
  await moveMetrics(db);
  await moveParams(db);
  await sql`drop table old_run_metric`.execute(db);
  await sql`drop table old_run`.execute(db);
  await db.schema.alterTable('tracked_run').renameTo('run').execute();
  await db.schema.alterTable('tracked_metric').renameTo('run_metric').execute();
  for (const columns of ['started_at, id', 'ended_at, id', 'name, id']) {
    const name = `run_by_${columns.split(/_at|,/)[0]}`;
    await sql`create index ${sql.ref(name)} on run (experiment_id, ${sql.raw(columns)})`.execute(db);
  }
}

/** The newest point by step, then time, then value; a value that is not a number was null. */
async function moveMetrics(db: Kysely<unknown>): Promise<void> {
  await sql`
    insert into tracked_metric (run_id, key, at, step, value, nan)
    select run_id, key, at, step, coalesce(value, 0), case when value is null then 1 else 0 end
    from old_run_metric`.execute(db);
  await sql`
    insert into run_latest (run_id, key, experiment_id, at, step, value, nan, min, max)
    select run_id, key, experiment_id, at, step, value, nan, low, high from (
      select point.*, run.experiment_id,
        row_number() over (partition by run_id, key order by step desc, at desc, value desc) as place,
        min(case when nan = 0 then value end) over (partition by run_id, key) as low,
        max(case when nan = 0 then value end) over (partition by run_id, key) as high
      from tracked_metric as point join tracked_run as run on run.id = point.run_id) as points
    where place = 1`.execute(db);
}

async function moveParams(db: Kysely<unknown>): Promise<void> {
  const runs = await sql<OldRun>`select id, project, params from old_run`.execute(db);
  for (const { id, params } of runs.rows) {
    for (const [key, value] of Object.entries(JSON.parse(params) as Record<string, unknown>)) {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      await sql`
        insert into run_param (run_id, key, experiment_id, value)
        select ${id}, ${key}, experiment_id, ${text} from tracked_run where id = ${id}`.execute(db);
    }
  }
}
