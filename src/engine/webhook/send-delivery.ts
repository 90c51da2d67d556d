import { asTendError } from '../../kernel/error.ts';
import type { WebhookDeliveryTable, WebhookTable } from '../../store/tables/loop-tables.ts';
import { postEgress } from '../egress-request.ts';
import { signDelivery } from './sign-delivery.ts';
import type { WebhookPorts } from './webhook-context.ts';

/** How an attempt went. `refused`: the receiver lives and did not want this one; `down`: it takes none. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'refused' | 'down'; readonly status: number | null; readonly error: string };

/** Statuses below 500 by which a receiver says that it takes nothing now. */
const BUSY_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

const ERROR_LENGTH_MAX = 300;

/** Sends one delivery, signed as of now. Any status from 200 to 299 means that it arrived. Never throws. */
export async function sendDelivery(
  ctx: Pick<WebhookPorts, 'clock' | 'egress' | 'formats'>,
  hook: Pick<WebhookTable, 'url' | 'secret' | 'format'>,
  delivery: Pick<WebhookDeliveryTable, 'id' | 'event' | 'body'>,
): Promise<DeliveryOutcome> {
  const { body } = delivery;
  const now = ctx.clock.now();
  const format = hook.format === null ? undefined : ctx.formats[hook.format];
  const own = {
    'tend-event': delivery.event,
    'tend-delivery': delivery.id,
    'tend-signature': signDelivery(hook.secret, body, now),
  };
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Tend',
    ...(format?.headers(delivery, hook.secret, now) ?? own),
  };
  try {
    const status = await postEgress(ctx.egress, { url: hook.url, headers, body });
    if (status >= 200 && status < 300) return { kind: 'delivered', status };
    const kind = status >= 500 || BUSY_STATUSES.has(status) ? 'down' : 'refused';
    const redirect = status >= 300 && status < 400 ? '; redirects are not followed' : '';
    return { kind, status, error: `it answered ${status}${redirect}` };
  } catch (error) {
    return { kind: 'down', status: null, error: asTendError(error).message.slice(0, ERROR_LENGTH_MAX) };
  }
}
