import { z } from 'zod';
import { TendError } from '../../kernel/error.ts';
import { newId } from '../../kernel/id.ts';
import { decodeCursor, encodeCursor } from '../../kernel/page.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { nameText } from '../../kernel/schema.ts';
import { build } from '../../store/build.ts';
import type { LedgerDraft } from '../../store/database.ts';
import { jsonText, parseJsonText } from '../../store/json-text.ts';
import { projectChain, SERVER_CHAIN } from '../../store/ledger-entry.ts';
import type { WebhookTable } from '../../store/tables/loop-tables.ts';
import { deliveryBody } from './enqueue-deliveries.ts';
import { eventFilter, passesFilter } from './event-filter.ts';
import { sendDelivery } from './send-delivery.ts';
import { newWebhookSecret } from './sign-delivery.ts';
import type { WebhookContext } from './webhook-context.ts';

/** Receivers of one server; each costs a look at every event. */
const WEBHOOKS_MAX = 100;

/** Who is told of which events; never the secret. */
export const webhookView = z
  .object({
    id: z.string(),
    project: z.string().exactOptional().describe('Absent: every project.'),
    url: z.string(),
    events: z.array(z.string()),
    state: z.enum(['active', 'paused']),
    createdAt: z.int(),
  })
  .meta({ id: 'Webhook' });

export type WebhookView = z.output<typeof webhookView>;

/** Whom to tell of what. */
export const newWebhook = z.object({
  url: z.string().min(1).max(2_000).describe('Where to post to; https, or what TEND_EGRESS_ALLOW names.'),
  events: z
    .array(eventFilter)
    .min(1)
    .max(20)
    .default(['*'])
    .describe('Types of events; all below one with a star at the end: retraining.*'),
  project: nameText.exactOptional().describe('Its events alone; those of every project if absent.'),
});

/** What a webhook of another protocol has besides; its maker chooses the secret, or none: ''. */
export type WebhookExtras = Pick<WebhookTable, 'secret' | 'state' | 'format' | 'name' | 'description'>;

/**
 * Makes a webhook and shows its secret, this once. A name that does not resolve now may do so later.
 * @throws INVALID_INPUT for a URL that the server may not call and an event that there is not; NOT_FOUND for
 *   the project; CONFLICT beyond 100 webhooks
 */
export async function createWebhook(
  ctx: WebhookContext,
  input: z.output<typeof newWebhook> & Partial<WebhookExtras>,
): Promise<WebhookView & { secret: string }> {
  await assertCallable(ctx, input.url);
  assertEvents(ctx, input.events);
  await assertProject(ctx, input.project);
  const { count } = await ctx.db.query
    .selectFrom('webhook')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  if (count >= WEBHOOKS_MAX) {
    throw new TendError('CONFLICT', `there are ${WEBHOOKS_MAX} webhooks already`, {
      hint: 'Delete one that is not needed: `tend webhooks list`.',
    });
  }
  const row: WebhookTable = {
    id: newId('whk', ctx.clock, ctx.random),
    project: input.project ?? null,
    url: input.url,
    events: jsonText(input.events),
    secret: input.secret ?? newWebhookSecret(ctx.random),
    state: input.state ?? 'active',
    created_at: ctx.clock.now(),
    format: input.format ?? null,
    name: input.name ?? null,
    description: input.description ?? null,
    updated_at: null,
  };
  await ctx.db.commit({
    statements: [{ query: build.insertInto('webhook').values(row), expect: 1 }],
    ledger: [entry(ctx, row, 'webhook.created', { events: input.events })],
  });
  return { ...viewOf(row), secret: row.secret };
}

async function assertCallable(ctx: WebhookContext, url: string): Promise<void> {
  try {
    await ctx.egress.resolve(url);
  } catch (error) {
    if (!(error instanceof TendError) || error.code !== 'NOT_ALLOWED') return;
    throw new TendError('INVALID_INPUT', error.message, {
      hint: error.hint,
      fields: [{ path: 'url', message: error.message }],
    });
  }
}

function assertEvents(ctx: WebhookContext, events: readonly string[]): void {
  const fields = events.flatMap((filter, index) => {
    const known = ctx.eventTypes.some((type) => passesFilter(filter, type));
    return known ? [] : [{ path: `events.${index}`, message: `there is no event ${filter}` }];
  });
  if (fields.length === 0) return;
  throw new TendError('INVALID_INPUT', fields.map(({ message }) => message).join('; '), {
    hint: `There are ${ctx.eventTypes.join(', ')}.`,
    fields,
  });
}

async function assertProject(ctx: WebhookContext, project: string | undefined): Promise<void> {
  if (project === undefined) return;
  const row = await ctx.db.query
    .selectFrom('project')
    .select('name')
    .where('name', '=', project)
    .executeTakeFirst();
  if (row === undefined) throw new TendError('NOT_FOUND', `there is no project ${project}`);
}

/** Webhooks, the newest first. */
export async function listWebhooks(
  ctx: Pick<WebhookContext, 'db'>,
  input: { readonly limit: number; readonly cursor?: string },
): Promise<{ items: WebhookView[]; next?: string }> {
  let query = ctx.db.query.selectFrom('webhook').selectAll();
  if (input.cursor !== undefined) query = query.where('id', '<', decodeCursor(input.cursor));
  const rows = await query
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
    .execute();
  const items = rows.slice(0, input.limit).map(viewOf);
  const last = items.at(-1);
  return rows.length > input.limit && last !== undefined ? { items, next: encodeCursor(last.id) } : { items };
}

/** Changes what is named. @throws NOT_FOUND; INVALID_INPUT as when it is made */
export async function changeWebhook(
  ctx: WebhookContext,
  id: string,
  change: Partial<Omit<WebhookExtras, 'format'>> & {
    readonly url?: string;
    readonly events?: readonly string[];
  },
): Promise<void> {
  const row = await findWebhook(ctx, id);
  const { events, ...rest } = change;
  if (change.url !== undefined) await assertCallable(ctx, change.url);
  if (events !== undefined) assertEvents(ctx, events);
  const set = { ...rest, ...(events === undefined ? {} : { events: jsonText([...events]) }) };
  const query = build
    .updateTable('webhook')
    .set({ ...set, updated_at: ctx.clock.now() })
    .where('id', '=', id);
  await ctx.db.commit({
    statements: [{ query, expect: 1 }],
    ledger: [entry(ctx, { ...row, ...rest }, 'webhook.changed', { changed: Object.keys(set) })],
  });
}

/** Ends a webhook, with all that waits for it. @throws NOT_FOUND */
export async function deleteWebhook(
  ctx: Pick<WebhookContext, 'db' | 'principal'>,
  id: string,
): Promise<WebhookView> {
  const row = await findWebhook(ctx, id);
  await ctx.db.commit({
    statements: [
      { query: build.deleteFrom('webhook').where('id', '=', id), expect: 1 },
      { query: build.deleteFrom('webhook_delivery').where('webhook_id', '=', id) },
    ],
    ledger: [entry(ctx, row, 'webhook.deleted', {})],
  });
  return viewOf(row);
}

/** Sends a `webhook.test`, or the sample, now, once, and says how it went. @throws NOT_FOUND */
export async function testWebhook(
  ctx: WebhookContext,
  id: string,
  sample?: { readonly type: string; readonly body: JsonObject },
): Promise<{ delivery: string; delivered: boolean; status?: number; error?: string }> {
  const hook = await findWebhook(ctx, id);
  const now = ctx.clock.now();
  const event = {
    id: newId('evt', ctx.clock, ctx.random),
    type: sample?.type ?? 'webhook.test',
    at: now,
    body: sample?.body ?? { webhook: id },
    ...(hook.project === null ? {} : { project: hook.project }),
  };
  const delivery = {
    id: newId('dlv', ctx.clock, ctx.random),
    event: event.type,
    body: deliveryBody(ctx, hook, event),
  };
  const outcome = await sendDelivery(ctx, hook, delivery);
  const delivered = outcome.kind === 'delivered';
  const error = outcome.kind === 'delivered' ? null : outcome.error;
  const row = {
    ...delivery,
    webhook_id: id,
    state: delivered ? ('delivered' as const) : ('given-up' as const),
    attempts: 1,
    next_at: null,
    last_status: outcome.status,
    last_error: error,
    created_at: now,
    updated_at: ctx.clock.now(),
  };
  await ctx.db.commit({
    statements: [{ query: build.insertInto('webhook_delivery').values(row), expect: 1 }],
    ledger: [entry(ctx, hook, 'webhook.tested', { delivered, status: outcome.status, error })],
  });
  return {
    delivery: row.id,
    delivered,
    ...(outcome.status === null ? {} : { status: outcome.status }),
    ...(error === null ? {} : { error }),
  };
}

/** The webhook of an id. @throws NOT_FOUND */
export async function findWebhook(ctx: Pick<WebhookContext, 'db'>, id: string): Promise<WebhookTable> {
  const row = await ctx.db.query.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirst();
  if (row !== undefined) return row;
  throw new TendError('NOT_FOUND', `there is no webhook ${id}`, { hint: 'See `tend webhooks list`.' });
}

/** The ledger names the origin alone: the path of a URL may be a secret. */
function entry(
  ctx: Pick<WebhookContext, 'principal'>,
  row: WebhookTable,
  action: string,
  body: LedgerDraft['body'],
): LedgerDraft {
  return {
    chain: row.project === null ? SERVER_CHAIN : projectChain(row.project),
    action,
    actor: ctx.principal.id,
    subject: row.id,
    body: { origin: URL.parse(row.url)?.origin ?? null, ...body },
  };
}

function viewOf(row: WebhookTable): WebhookView {
  return {
    id: row.id,
    ...(row.project === null ? {} : { project: row.project }),
    url: row.url,
    events: parseJsonText(row.events) as string[],
    state: row.state,
    createdAt: row.created_at,
  };
}
