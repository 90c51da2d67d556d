import { TendError } from '../../../kernel/error.ts';
import { insertRows, readRows, sqlText } from '../../../store/sql-text.ts';
import { activeRunInfo, type KeyValue, type TrackingContext } from '../../training/index.ts';
import { activeTrace } from './read-traces.ts';
import { PROMPTS_TAG } from './trace.ts';
import { setValues } from './trace-values.ts';

/** Sets a tag of a trace. @throws NOT_FOUND; INVALID_INPUT in a deleted experiment */
export async function setTraceTag(ctx: TrackingContext, id: string, tag: KeyValue): Promise<void> {
  await activeTrace(ctx, id);
  await ctx.db.commit({ statements: setValues('trace_tag', [[id, [tag]]]) });
}

/** Removes a tag. @throws NOT_FOUND for a trace or a tag that is not there */
export async function deleteTraceTag(ctx: TrackingContext, id: string, key: string): Promise<void> {
  const { tags } = await activeTrace(ctx, id);
  if (!tags.some((tag) => tag.key === key))
    throw new TendError('NOT_FOUND', `No tag with key ${JSON.stringify(key)} found for trace with ID ${id}.`);
  const query = sqlText('delete from trace_tag where trace_id = ? and key = ?', [id, key]);
  await ctx.db.commit({ statements: [{ query }] });
}

/** A version of a prompt. */
export interface PromptVersion {
  readonly name: string;
  readonly version: string;
}

/** Adds prompts to those that a trace used, which stand in a tag as Python spells JSON. @throws NOT_FOUND */
export async function linkPrompts(
  ctx: TrackingContext,
  id: string,
  prompts: readonly PromptVersion[],
): Promise<void> {
  const { tags } = await activeTrace(ctx, id);
  const before = tags.find(({ key }) => key === PROMPTS_TAG)?.value ?? '[]';
  const listed = new Set(before.replaceAll(/^\[|\]$/g, '').match(/\{[^{}]*\}/g) ?? []);
  for (const { name, version } of prompts)
    listed.add(`{"name": ${JSON.stringify(name)}, "version": ${JSON.stringify(version)}}`);
  const tag = { key: PROMPTS_TAG, value: `[${[...listed].join(', ')}]` };
  await ctx.db.commit({ statements: setValues('trace_tag', [[id, [tag]]]) });
}

/** Says that traces belong to a run; again is as once. @throws NOT_FOUND for a run or a trace */
export async function linkTraces(
  ctx: TrackingContext,
  runId: string,
  traceIds: readonly string[],
): Promise<void> {
  await activeRunInfo(ctx, runId);
  const ids = [...new Set(traceIds)].toSorted();
  if (ids.length === 0) return;
  const sql = `select id from trace where id in (${ids.map(() => '?').join(', ')})`;
  const rows = await readRows<{ id: string }>(ctx.db, sql, ids);
  const known = new Set(rows.map(({ id }) => id));
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined) throw new TendError('NOT_FOUND', `Trace with ID '${unknown}' not found.`);
  await ctx.db.commit({
    statements: insertRows(
      ids.map((id) => [runId, id]),
      (values) => `insert into trace_run (run_id, trace_id) values ${values} on conflict do nothing`,
    ).map(({ query }) => ({ query })),
  });
}
