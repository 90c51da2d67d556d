import { searchTraces } from '../../../lifecycle/monitoring/spans/search-traces.ts';
import type { Trace } from '../../../lifecycle/monitoring/spans/trace.ts';
import { traceConditions, traceOrder } from '../filter/trace-filter.ts';
import type { MlflowContext } from '../mlflow-context.ts';
import { pageLimit, pageToken, readPageToken } from '../page-token.ts';

/** A search as both versions ask for it. */
interface Asked {
  readonly experimentIds: readonly number[];
  readonly filter: string | undefined;
  readonly order_by: readonly string[];
  readonly max_results: number | undefined;
  readonly page_token: string | undefined;
}

/** One page of traces. @throws INVALID_PARAMETER_VALUE for a filter, an order or a token that is none */
export async function tracePage(
  ctx: MlflowContext,
  asked: Asked,
): Promise<{ readonly traces: readonly Trace[]; readonly token: string | undefined }> {
  const order = traceOrder(asked.order_by);
  const limit = pageLimit(asked.max_results, 100, 500);
  const { page_token: token } = asked;
  const plain = order.length === 0;
  const after = plain
    ? readPageToken<{ startedAt: number; id: string }>(token, { startedAt: 'integer', id: 'text' })
    : undefined;
  const offset = plain ? 0 : (readPageToken<{ offset: number }>(token, { offset: 'count' })?.offset ?? 0);
  const { experimentIds, filter } = asked;
  const conditions = traceConditions(filter);
  const { traces, more } = await searchTraces(ctx, {
    experimentIds,
    conditions,
    order,
    limit,
    after,
    offset,
  });
  const last = traces.at(-1);
  if (!more || last === undefined) return { traces, token: undefined };
  const next = plain ? { startedAt: last.startedAt, id: last.id } : { offset: offset + limit };
  return { traces, token: pageToken(next) };
}
