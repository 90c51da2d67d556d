import { TendError } from '../../../kernel/error.ts';
import type { Database } from '../../../store/database.ts';
import { readRows } from '../../../store/sql-text.ts';
import type { SpanTable, TraceTable } from '../../../store/tables/trace-tables.ts';
import { activeExperimentRow, type TrackingContext } from '../../training/index.ts';
import { readAssessments } from './assessment-rows.ts';
import type { Trace, TraceState } from './trace.ts';
import { readValues } from './trace-values.ts';

type Reader = Pick<TrackingContext, 'db'>;

/** The trace with this id; undefined for none. */
export async function readTrace(ctx: Reader, id: string): Promise<Trace | undefined> {
  const [trace] = await readTraces(ctx, [id]);
  return trace;
}

/** The trace with this id. @throws NOT_FOUND */
export async function knownTrace(ctx: Reader, id: string): Promise<Trace> {
  const trace = await readTrace(ctx, id);
  if (trace === undefined) throw new TendError('NOT_FOUND', `Trace with ID '${id}' not found.`);
  return trace;
}

/** A trace of an experiment that is not deleted, which may be written to. @throws NOT_FOUND; INVALID_INPUT */
export async function activeTrace(ctx: Reader, id: string): Promise<Trace> {
  const trace = await knownTrace(ctx, id);
  await activeExperimentRow(ctx, trace.experimentId);
  return trace;
}

/** Those of the traces that exist, in the order of `ids`. */
export async function readTraces({ db }: Reader, ids: readonly string[]): Promise<readonly Trace[]> {
  if (ids.length === 0) return [];
  const rows = await readRows<TraceTable>(db, `select * from trace where id in (${marks(ids)})`, ids);
  const tags = await readValues(db, 'trace_tag', ids);
  const metadata = await readValues(db, 'trace_metadata', ids);
  const assessments = await readAssessments(db, ids);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id): Trace[] => {
    const row = byId.get(id);
    if (row === undefined) return [];
    return [
      {
        id,
        experimentId: row.experiment_id,
        startedAt: row.started_at,
        endedAt: row.ended_at,
        state: row.state as TraceState,
        clientRequestId: row.client_request_id,
        requestPreview: row.request_preview,
        responsePreview: row.response_preview,
        tags: tags.get(id) ?? [],
        metadata: metadata.get(id) ?? [],
        assessments: assessments.get(id) ?? [],
      },
    ];
  });
}

/** Spans by the ids of their traces, in the order in which they began. */
export async function readSpans(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly SpanTable[]>> {
  const found = new Map<string, SpanTable[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return found;
  const rows = await readRows<SpanTable>(
    db,
    `select * from span where trace_id in (${marks(ids)}) order by trace_id, started_at, id`,
    ids,
  );
  for (const row of rows) found.get(row.trace_id)?.push(row);
  return found;
}

function marks(ids: readonly string[]): string {
  return ids.map(() => '?').join(', ');
}
