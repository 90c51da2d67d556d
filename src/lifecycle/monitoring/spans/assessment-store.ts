import { TendError } from '../../../kernel/error.ts';
import type { JsonObject } from '../../../kernel/json.ts';
import type { Statement } from '../../../store/database.ts';
import { readRows, sqlText } from '../../../store/sql-text.ts';
import type { AssessmentTable } from '../../../store/tables/trace-tables.ts';
import { hexId, type TrackingContext } from '../../training/index.ts';
import type { Assessment } from './assessment.ts';
import { assessmentOf, assessmentRows } from './assessment-rows.ts';
import { activeTrace } from './read-traces.ts';

/** An assessment as it comes; without an id it gets one. */
export interface NewAssessment extends Pick<Assessment, 'kind' | 'name' | 'value' | 'overrides' | 'body'> {
  readonly id: string | undefined;
  readonly createdAt: number | undefined;
}

/**
 * Adds an assessment. The one that it overrides is no longer valid. @throws NOT_FOUND for a trace or an
 * assessment to override that is not there
 */
export async function createAssessment(
  ctx: TrackingContext,
  traceId: string,
  given: NewAssessment,
): Promise<Assessment> {
  await activeTrace(ctx, traceId);
  if (given.overrides !== null) await readAssessment(ctx, traceId, given.overrides);
  const now = ctx.clock.now();
  const id = `a-${hexId(ctx.clock, ctx.random)}`;
  const createdAt = given.createdAt ?? now;
  const made: Assessment = { ...given, traceId, id, createdAt, updatedAt: createdAt, valid: true };
  await ctx.db.commit({
    statements: [
      ...assessmentRows([made]),
      ...(given.overrides === null ? [] : [validStatement(traceId, given.overrides, false)]),
    ],
  });
  return made;
}

function validStatement(traceId: string, id: string, valid: boolean): Statement {
  const sql = 'update assessment set valid = ? where trace_id = ? and id = ?';
  return { query: sqlText(sql, [valid ? 1 : 0, traceId, id]) };
}

/** One assessment. @throws NOT_FOUND */
export async function readAssessment(
  { db }: Pick<TrackingContext, 'db'>,
  traceId: string,
  id: string,
): Promise<Assessment> {
  const sql = 'select * from assessment where trace_id = ? and id = ?';
  const [row] = await readRows<AssessmentTable>(db, sql, [traceId, id]);
  if (row === undefined)
    throw new TendError('NOT_FOUND', `Assessment with ID '${id}' not found for trace '${traceId}'.`);
  return assessmentOf(row);
}

/**
 * Changes an assessment; its metadata gains entries and loses none. @throws NOT_FOUND; INVALID_INPUT where
 * one kind would become another
 */
export async function updateAssessment(
  ctx: TrackingContext,
  traceId: string,
  id: string,
  changed: Partial<Pick<Assessment, 'kind' | 'name' | 'value' | 'body'>>,
): Promise<Assessment> {
  await activeTrace(ctx, traceId);
  const before = await readAssessment(ctx, traceId, id);
  if (changed.kind !== undefined && changed.kind !== before.kind)
    throw new TendError(
      'INVALID_INPUT',
      `Assessment '${id}' is of the kind ${before.kind} and cannot become ${changed.kind}.`,
    );
  const metadata = { ...objectIn(before.body, 'metadata'), ...objectIn(changed.body ?? {}, 'metadata') };
  const body = {
    ...before.body,
    ...changed.body,
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  };
  const made = { ...before, ...changed, body, updatedAt: ctx.clock.now() };
  await ctx.db.commit({ statements: assessmentRows([made]) });
  return made;
}

function objectIn(body: JsonObject, name: string): JsonObject {
  return (body[name] ?? {}) as JsonObject;
}

/** Deletes an assessment; the one that it overrode is valid again. @throws NOT_FOUND */
export async function deleteAssessment(ctx: TrackingContext, traceId: string, id: string): Promise<void> {
  await activeTrace(ctx, traceId);
  const { overrides } = await readAssessment(ctx, traceId, id);
  const query = sqlText('delete from assessment where trace_id = ? and id = ?', [traceId, id]);
  await ctx.db.commit({
    statements: [{ query }, ...(overrides === null ? [] : [validStatement(traceId, overrides, true)])],
  });
}
