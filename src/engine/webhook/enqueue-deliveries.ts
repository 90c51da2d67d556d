import { newId } from '../../kernel/id.ts';
import { build } from '../../store/build.ts';
import type { Database, Statement } from '../../store/database.ts';
import { jsonText, parseJsonText } from '../../store/json-text.ts';
import type { DeliveredEvent } from '../outbox.ts';
import { NEWS_PAUSE_MS } from './delivery-pauses.ts';
import { passesFilter } from './event-filter.ts';
import type { WebhookPorts } from './webhook-context.ts';

/** Deliveries that ended are looked at for a month. */
const KEPT_MS = 30 * 86_400_000;

/**
 * Puts an event of the outbox down for every receiver that asked for its type: one unit under the event's
 * id, so that an event which is delivered again is sent once. Receivers of a project hear of that project
 * alone, those without a project of everything.
 */
export async function enqueueDeliveries(
  ctx: Omit<WebhookPorts, 'egress'>,
  event: DeliveredEvent,
): Promise<void> {
  const { db, clock } = ctx;
  const now = clock.now();
  const hooks = await db.query.selectFrom('webhook').selectAll().where('state', '=', 'active').execute();
  const inserts: Statement[] = [];
  for (const hook of hooks) {
    const filters = parseJsonText(hook.events) as readonly string[];
    const concerns = hook.project === null || hook.project === event.project;
    if (!concerns || !filters.some((filter) => passesFilter(filter, event.type))) continue;
    const row = {
      id: newId('dlv', ctx.clock, ctx.random),
      webhook_id: hook.id,
      event: event.type,
      state: 'waiting' as const,
      attempts: 0,
      next_at: await firstAttempt(db, hook.id, now),
      last_status: null,
      last_error: null,
      body: deliveryBody(ctx, hook, event),
      created_at: now,
      updated_at: now,
    };
    inserts.push({ query: build.insertInto('webhook_delivery').values(row), expect: 1 });
  }
  if (inserts.length === 0) return;
  const outdated = build
    .deleteFrom('webhook_delivery')
    .where('state', 'in', ['delivered', 'given-up'])
    .where('updated_at', '<', now - KEPT_MS);
  await db.commit({
    statements: [...inserts, { query: outdated }],
    idempotencyKey: `webhooks:${event.id}`,
  });
}

/** The JSON text that a receiver is sent. */
export function deliveryBody(
  { formats }: Pick<WebhookPorts, 'formats'>,
  hook: { readonly format: string | null },
  event: DeliveredEvent,
): string {
  const format = hook.format === null ? undefined : formats[hook.format];
  if (format !== undefined) return format.body(event);
  const { id, type, at, body } = event;
  return jsonText({ id, type, project: event.project ?? null, at, data: body });
}

/** At once; behind what is due next where the receiver failed before, so that news makes no storm. */
async function firstAttempt(db: Database, webhook: string, now: number): Promise<number> {
  const waiting = await db.query
    .selectFrom('webhook_delivery')
    .select(['attempts', 'next_at'])
    .where('state', '=', 'waiting')
    .where('webhook_id', '=', webhook)
    .execute();
  if (waiting.every((row) => row.attempts === 0)) return now;
  const next = waiting.map((row) => row.next_at ?? now).filter((at) => at > now);
  return Math.min(now + NEWS_PAUSE_MS, ...next);
}
