import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../kernel/page.ts';
import type { WebhookDeliveryTable } from '../../store/tables/loop-tables.ts';
import type { WebhookContext } from './webhook-context.ts';
import { findWebhook } from './webhooks.ts';

/** One event on its way to one receiver. */
export const deliveryView = z
  .object({
    id: z.string(),
    event: z.string(),
    state: z.enum(['waiting', 'delivered', 'given-up']),
    attempts: z.int(),
    nextAt: z.int().exactOptional(),
    lastStatus: z.int().exactOptional(),
    lastError: z.string().exactOptional(),
    createdAt: z.int(),
    updatedAt: z.int(),
  })
  .meta({ id: 'WebhookDelivery' });

type DeliveryView = z.output<typeof deliveryView>;

/** What was sent to a webhook in the last month and what waits, the newest first. @throws NOT_FOUND */
export async function listDeliveries(
  ctx: Pick<WebhookContext, 'db'>,
  input: { readonly id: string; readonly limit: number; readonly cursor?: string },
): Promise<{ items: DeliveryView[]; next?: string }> {
  await findWebhook(ctx, input.id);
  let query = ctx.db.query.selectFrom('webhook_delivery').selectAll().where('webhook_id', '=', input.id);
  if (input.cursor !== undefined) query = query.where('id', '<', decodeCursor(input.cursor));
  const rows = await query
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
    .execute();
  const items = rows.slice(0, input.limit).map(viewOf);
  const last = items.at(-1);
  return rows.length > input.limit && last !== undefined ? { items, next: encodeCursor(last.id) } : { items };
}

function viewOf(row: WebhookDeliveryTable): DeliveryView {
  const { id, event, state, attempts } = row;
  return {
    id,
    event,
    state,
    attempts,
    ...(row.next_at === null ? {} : { nextAt: row.next_at }),
    ...(row.last_status === null ? {} : { lastStatus: row.last_status }),
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
