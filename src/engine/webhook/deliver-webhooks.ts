import { build } from '../../store/build.ts';
import type { Database, LedgerDraft, Statement } from '../../store/database.ts';
import { projectChain, SERVER_CHAIN } from '../../store/ledger-entry.ts';
import type { WebhookDeliveryTable, WebhookTable } from '../../store/tables/loop-tables.ts';
import { isConflict } from '../lease.ts';
import { deliveryPause, NEWS_PAUSE_MS } from './delivery-pauses.ts';
import { sendDelivery } from './send-delivery.ts';
import type { ReceiverReport, WebhookPorts } from './webhook-context.ts';

/** What delivering needs: `onReceiver` is told of a receiver that answered, or that was given up. */
export interface DeliverContext extends WebhookPorts {
  readonly onReceiver: (report: ReceiverReport) => Promise<void>;
}

/** Deliveries of one receiver in one pass; the rest comes with the next. */
const BATCH = 50;

/** Longer than one delivery can take: one that was claimed by a process that died comes again after it. */
const CLAIM_MS = 60_000;

/** Receivers that are being sent to by this process. A slow one keeps no other waiting. */
const busy = new WeakMap<Database, Map<string, Promise<void>>>();

/**
 * Sends what is due, each receiver's oldest first and one at a time, and resolves when this is done; called
 * on every tick of the server, which need not wait for it. A delivery is counted before it is sent, so it
 * may come twice after a kill and never gets lost; `Tend-Delivery` tells the receiver.
 *
 * A receiver that does not answer is tried again with growing pauses, by one delivery for all that wait for
 * it. After the last attempt a delivery is given up, with a ledger entry, and `onReceiver` hears of it first.
 */
export async function deliverWebhooks(ctx: DeliverContext): Promise<void> {
  const due = await ctx.db.query
    .selectFrom('webhook_delivery')
    .innerJoin('webhook', 'webhook.id', 'webhook_delivery.webhook_id')
    .selectAll('webhook')
    .distinct()
    .where('webhook_delivery.state', '=', 'waiting')
    .where('webhook_delivery.next_at', '<=', ctx.clock.now())
    .execute();
  const running = busy.get(ctx.db) ?? new Map<string, Promise<void>>();
  busy.set(ctx.db, running);
  await Promise.all(
    due.map((hook) => {
      const present = running.get(hook.id);
      if (present !== undefined) return present;
      const pass = deliverTo(ctx, hook).finally(() => running.delete(hook.id));
      running.set(hook.id, pass);
      return pass;
    }),
  );
}

async function deliverTo(ctx: DeliverContext, hook: WebhookTable): Promise<void> {
  const due = await waitingFor(ctx, hook.id).where('next_at', '<=', ctx.clock.now()).limit(BATCH).execute();
  let answered = false;
  for (const row of due) {
    const attempts = row.attempts + 1;
    if (!(await claim(ctx, row, attempts))) continue;
    const outcome = await sendDelivery(ctx, hook, row);
    if (outcome.kind === 'delivered') {
      await ctx.db.commit({
        statements: [settled(ctx, row.id, attempts, outcome.status, null, 'delivered')],
      });
      answered = true;
    } else {
      await failed(ctx, hook, { ...row, attempts }, outcome);
      if (outcome.kind === 'down') break;
    }
  }
  if (answered) await ctx.onReceiver({ ...receiver(hook), answers: true, reason: 'it took a delivery' });
}

function waitingFor(ctx: DeliverContext, webhook: string) {
  return ctx.db.query
    .selectFrom('webhook_delivery')
    .selectAll()
    .where('webhook_id', '=', webhook)
    .where('state', '=', 'waiting')
    .orderBy('created_at')
    .orderBy('id');
}

/** False when another process was quicker, or the webhook was deleted. */
async function claim(ctx: DeliverContext, row: WebhookDeliveryTable, attempts: number): Promise<boolean> {
  const query = build
    .updateTable('webhook_delivery')
    .set({ attempts, next_at: ctx.clock.now() + CLAIM_MS })
    .where('id', '=', row.id)
    .where('state', '=', 'waiting')
    .where('attempts', '=', row.attempts);
  try {
    await ctx.db.commit({ statements: [{ query, expect: 1 }] });
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

type Failure = Extract<Awaited<ReturnType<typeof sendDelivery>>, { readonly kind: 'refused' | 'down' }>;

/**
 * A delivery that was refused comes again by itself. One that met nobody stands for all that are due: the
 * attempt counts for each of them, and none of those behind is sent before the next.
 */
async function failed(
  ctx: DeliverContext,
  hook: WebhookTable,
  probe: WebhookDeliveryTable,
  outcome: Failure,
): Promise<void> {
  const now = ctx.clock.now();
  const waiting = outcome.kind === 'down' ? await waitingFor(ctx, hook.id).execute() : [];
  const others = waiting.filter((row) => row.id !== probe.id);
  const due = [probe, ...others.filter((row) => (row.next_at ?? 0) <= now).map(counted)];
  const later = others.filter((row) => (row.next_at ?? 0) > now);
  const attempted = Math.max(...[...due, ...later].map((row) => row.attempts));
  const hold = now + Math.min(NEWS_PAUSE_MS, deliveryPause(attempted) ?? NEWS_PAUSE_MS);
  const statements: Statement[] = [];
  const ledger: LedgerDraft[] = [];
  for (const row of due) {
    const pause = deliveryPause(row.attempts);
    const end = pause === undefined ? 'given-up' : Math.max(now + pause, outcome.kind === 'down' ? hold : 0);
    statements.push(settled(ctx, row.id, row.attempts, outcome.status, outcome.error, end));
    if (end === 'given-up') ledger.push(givenUp(hook, row, outcome));
  }
  for (const row of later.filter((one) => (one.next_at ?? 0) < hold)) {
    const query = build.updateTable('webhook_delivery').set({ next_at: hold }).where('id', '=', row.id);
    statements.push({ query });
  }
  if (ledger.length > 0) {
    await ctx.onReceiver({ ...receiver(hook), answers: false, reason: outcome.error });
  }
  await ctx.db.commit({ statements, ledger });
}

function counted(row: WebhookDeliveryTable): WebhookDeliveryTable {
  return { ...row, attempts: row.attempts + 1 };
}

function settled(
  ctx: DeliverContext,
  id: string,
  attempts: number,
  status: number | null,
  error: string | null,
  end: 'delivered' | 'given-up' | number,
): Statement {
  const next = typeof end === 'number' ? { next_at: end } : { next_at: null, state: end };
  const query = build
    .updateTable('webhook_delivery')
    .set({ ...next, attempts, last_status: status, last_error: error, updated_at: ctx.clock.now() })
    .where('id', '=', id);
  return { query };
}

function givenUp(hook: WebhookTable, row: WebhookDeliveryTable, outcome: Failure): LedgerDraft {
  return {
    chain: hook.project === null ? SERVER_CHAIN : projectChain(hook.project),
    action: 'webhook.delivery-given-up',
    actor: 'system',
    subject: row.id,
    body: { webhook: hook.id, event: row.event, attempts: row.attempts, error: outcome.error },
  };
}

function receiver(hook: WebhookTable): Pick<ReceiverReport, 'webhook' | 'project' | 'origin'> {
  return { webhook: hook.id, project: hook.project, origin: URL.parse(hook.url)?.origin ?? hook.id };
}
