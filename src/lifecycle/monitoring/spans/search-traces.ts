import { readRows } from '../../../store/sql-text.ts';
import type { TrackingContext } from '../../training/index.ts';
import { readTraces } from './read-traces.ts';
import type { Trace } from './trace.ts';
import { orderFragment, traceFragments } from './trace-fragments.ts';
import type { TraceSearch } from './trace-search.ts';

/**
 * Traces that hold, found by one statement; `more`: there is another page. Without an order the index of
 * experiment and beginning is walked from where the page before ended.
 */
export async function searchTraces(
  ctx: Pick<TrackingContext, 'db'>,
  search: TraceSearch,
): Promise<{ readonly traces: readonly Trace[]; readonly more: boolean }> {
  const { experimentIds, limit, offset, after } = search;
  if (experimentIds.length === 0) return { traces: [], more: false };
  const conditions = [...traceFragments(search.conditions, ctx.db.dialect)];
  if (after !== undefined)
    conditions.unshift({
      sql: '(t.started_at < ? or (t.started_at = ? and t.id < ?))',
      values: [after.startedAt, after.startedAt, after.id],
    });
  const order = search.order.map(orderFragment);
  const sql =
    `select t.id from trace t where t.experiment_id in (${experimentIds.map(() => '?').join(', ')})` +
    `${conditions.map((one) => ` and ${one.sql}`).join('')} ` +
    `order by ${order.map((one) => `${one.sql}, `).join('')}t.started_at desc, t.id desc limit ? offset ?`;
  const rows = await readRows<{ id: string }>(ctx.db, sql, [
    ...experimentIds,
    ...conditions.flatMap((one) => one.values),
    ...order.flatMap((one) => one.values),
    limit + 1,
    offset,
  ]);
  const ids = rows.slice(0, limit).map(({ id }) => id);
  return { traces: await readTraces(ctx, ids), more: rows.length > limit };
}
