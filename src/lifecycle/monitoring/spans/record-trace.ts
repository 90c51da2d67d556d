import { TendError } from '../../../kernel/error.ts';
import { sha256 } from '../../../kernel/hash.ts';
import { sqlText } from '../../../store/sql-text.ts';
import { activeExperimentRow, type TrackingContext } from '../../training/index.ts';
import type { NewAssessment } from './assessment-store.ts';
import { assessmentRows } from './assessment-rows.ts';
import { readTrace } from './read-traces.ts';
import { ARTIFACT_LOCATION_TAG, type Trace, type TraceInfo } from './trace.ts';
import { artifactLocation } from './trace-id.ts';
import { addValues, setValues } from './trace-values.ts';

/**
 * Keeps what a client says of a trace, usually at its end. It counts for more than what its spans told;
 * saying it twice is saying it once. @throws NOT_FOUND; INVALID_INPUT for a deleted experiment
 */
export async function recordTrace(
  ctx: TrackingContext,
  info: TraceInfo,
  assessments: readonly NewAssessment[],
): Promise<Trace> {
  const { db, clock } = ctx;
  const experiment = await activeExperimentRow(ctx, info.experimentId);
  const sql =
    'insert into trace (id, experiment_id, started_at, ended_at, state, finished, client_request_id, ' +
    'request_preview, response_preview) values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set ' +
    'experiment_id = excluded.experiment_id, started_at = excluded.started_at, ' +
    'ended_at = coalesce(excluded.ended_at, trace.ended_at), state = excluded.state, ' +
    'finished = excluded.finished, ' +
    'client_request_id = coalesce(excluded.client_request_id, trace.client_request_id), ' +
    'request_preview = coalesce(excluded.request_preview, trace.request_preview), ' +
    'response_preview = coalesce(excluded.response_preview, trace.response_preview)';
  const values = [
    info.id,
    info.experimentId,
    info.startedAt,
    info.endedAt,
    info.state,
    info.state === 'IN_PROGRESS' ? 0 : 1,
    info.clientRequestId,
    info.requestPreview,
    info.responsePreview,
  ];
  const now = clock.now();
  const said = assessments.map((one, index) => ({
    ...one,
    traceId: info.id,
    id: one.id ?? `a-${sha256(`${info.id} ${index} ${one.name}`).slice(0, 32)}`,
    createdAt: one.createdAt ?? now,
    updatedAt: one.createdAt ?? now,
    valid: true,
  }));
  const own = { key: ARTIFACT_LOCATION_TAG, value: artifactLocation(experiment, info.id) };
  await db.commit({
    statements: [
      { query: sqlText(sql, values) },
      ...setValues('trace_tag', [[info.id, info.tags]]),
      ...addValues('trace_tag', [[info.id, [own]]]),
      ...setValues('trace_metadata', [[info.id, info.metadata]]),
      ...assessmentRows(said),
    ],
  });
  const trace = await readTrace(ctx, info.id);
  if (trace === undefined) throw new TendError('NOT_FOUND', `Trace with ID '${info.id}' not found.`);
  return trace;
}
