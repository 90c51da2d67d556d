import type { Statement } from '../../../store/database.ts';
import { sqlText } from '../../../store/sql-text.ts';
import type { Batch } from './log-batch.ts';
import { metricStatements, paramStatements, tagStatements } from './measurement-store.ts';

/** The tag of a run that names the project it was trained for. */
export const PROJECT_TAG = 'tend.project';

/**
 * Sees to it that a project has its experiment: the one of its name, which stood alone until now, or a new
 * one.
 */
export function projectExperiment(project: string, now: number): Statement[] {
  const next = '(select coalesce(max(id), 0) + 1 from experiment)';
  const none = 'not exists (select 1 from experiment where project = ?)';
  return [
    {
      query: sqlText(
        `update experiment set project = ? where name = ? and project is null and id <> 0 and ${none}`,
        [project, project, project],
      ),
    },
    {
      query: sqlText(
        'insert into experiment (id, name, project, artifact_location, created_at, updated_at) ' +
          "select id, case when taken = 1 then 'project/' || name else name end, name, " +
          `'mlflow-artifacts:/' || id, at, at from (select ${next} as id, cast(? as text) as name, ` +
          'cast(? as bigint) as at, (select count(*) from experiment where name = ?) as taken) as made ' +
          `where ${none}`,
        [project, now, project, project],
      ),
    },
  ];
}

/**
 * Measurements of a run that is written by the same unit. The id of its experiment may not exist before, so
 * rows are written with 0 in its place, which the last statements correct.
 */
export function measurementsOf(runId: string, project: string, batch: Batch): Statement[] {
  const run = { id: runId, experimentId: 0 };
  const own = '(select id from experiment where project = ?)';
  return [
    ...metricStatements(run, batch.metrics),
    ...paramStatements(run, batch.params),
    ...tagStatements(run, batch.tags),
    ...['run_latest', 'run_param', 'run_tag'].map((table) => ({
      query: sqlText(`update ${table} set experiment_id = ${own} where run_id = ?`, [project, runId]),
    })),
  ];
}
