import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  findWebhook,
  testWebhook,
} from '../../../engine/webhook/webhooks.ts';
import { TendError } from '../../../kernel/error.ts';
import { parseJsonText } from '../../../store/json-text.ts';
import { readRows } from '../../../store/sql-text.ts';
import type { WebhookTable } from '../../../store/tables/loop-tables.ts';
import { type Field, int64, list, oneOf, text } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import type { MlflowContext } from '../mlflow-context.ts';
import { invalid } from '../mlflow-error.ts';
import { pageLimit, pageToken, readPageToken } from '../page-token.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { eventTypeOf, sampleBody, webhookEventOf } from './webhook-event.ts';

const ROOT = '/mlflow/webhooks';
const read = { method: 'GET', since: '2.0', permission: 'webhook.manage' } as const;
const write = { since: '2.0', permission: 'webhook.manage' } as const;

const entity = oneOf({
  REGISTERED_MODEL: 1,
  MODEL_VERSION: 2,
  MODEL_VERSION_TAG: 3,
  MODEL_VERSION_ALIAS: 4,
  PROMPT: 5,
  PROMPT_VERSION: 6,
  PROMPT_TAG: 7,
  PROMPT_VERSION_TAG: 8,
  PROMPT_ALIAS: 9,
  BUDGET_POLICY: 10,
});
const action = oneOf({ CREATED: 1, UPDATED: 2, DELETED: 3, SET: 4, EXCEEDED: 5 });
const event = message({ entity: required(entity), action: required(action) });
const status = oneOf({ ACTIVE: 1, DISABLED: 2 });
const STATES = { ACTIVE: 'active', DISABLED: 'paused' } as const;

const EVENTS_MAX = 20;
const URL_CHARS_MAX = 2_000;
const webhookId = required(text(100));

function webhookName(): Field<string> {
  const plain = text(1_000);
  return {
    kind: 'one',
    read: (value, name) => {
      const given = plain.read(value, name);
      if (given.length <= 63 && /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i.test(given)) return given;
      throw invalid(
        `Webhook name ${JSON.stringify(given.slice(0, 100))} is invalid. It must start and end with a ` +
          'letter or digit, be at most 63 characters long, and contain only letters, digits, dots, ' +
          'underscores and hyphens.',
      );
    },
  };
}

const fields = {
  description: text(5_000),
  secret: text(1_000),
  status,
  events: list(event, EVENTS_MAX),
};

/** Webhooks of the registry: the receivers of the server, who are sent what MLflow would send. */
export const webhookCalls: readonly AnyRpc[] = [
  rpc({
    ...write,
    method: 'POST',
    path: ROOT,
    input: message({ ...fields, name: required(webhookName()), url: required(text(URL_CHARS_MAX)) }),
    handler: async (ctx, input) => {
      if (input.events.length === 0) throw invalid('Webhook events cannot be empty');
      const { id } = await createWebhook(ctx, {
        url: input.url,
        events: input.events.map(typeOf),
        secret: input.secret ?? '',
        state: STATES[input.status ?? 'ACTIVE'],
        format: 'mlflow',
        name: input.name,
        description: input.description ?? null,
      });
      return { webhook: webhookJson(await findWebhook(ctx, id)) };
    },
  }),
  rpc({
    ...read,
    path: ROOT,
    input: message({ max_results: int64(), page_token: text() }),
    handler: async (ctx, input) => {
      const after = readPageToken<{ id: string }>(input.page_token, { id: 'text' });
      const limit = pageLimit(input.max_results, 100, 1_000);
      const rows = await readRows<WebhookTable>(
        ctx.db,
        `select * from webhook where format = 'mlflow' and id > ? order by id limit ?`,
        [after?.id ?? '', limit + 1],
      );
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        webhooks: rows.slice(0, limit).map(webhookJson),
        next_page_token: pageToken(last && { id: last.id }),
      };
    },
  }),
  rpc({
    ...read,
    path: `${ROOT}/{webhook_id}`,
    input: message({ webhook_id: webhookId }),
    handler: async (ctx, input) => ({ webhook: webhookJson(await ours(ctx, input.webhook_id)) }),
  }),
  rpc({
    ...write,
    method: 'PATCH',
    path: `${ROOT}/{webhook_id}`,
    input: message({ ...fields, webhook_id: webhookId, name: webhookName(), url: text(URL_CHARS_MAX) }),
    handler: async (ctx, input) => {
      const { id } = await ours(ctx, input.webhook_id);
      await changeWebhook(ctx, id, {
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.description === undefined ? {} : { description: input.description }),
        ...(input.url === undefined ? {} : { url: input.url }),
        ...(input.secret === undefined ? {} : { secret: input.secret }),
        ...(input.status === undefined ? {} : { state: STATES[input.status] }),
        ...(input.events.length === 0 ? {} : { events: input.events.map(typeOf) }),
      });
      return { webhook: webhookJson(await findWebhook(ctx, id)) };
    },
  }),
  rpc({
    ...write,
    method: 'DELETE',
    path: `${ROOT}/{webhook_id}`,
    input: message({ webhook_id: webhookId }),
    handler: async (ctx, input) => {
      const { id } = await ours(ctx, input.webhook_id);
      await deleteWebhook(ctx, id);
      return undefined;
    },
  }),
  rpc({
    ...write,
    method: 'POST',
    path: `${ROOT}/{webhook_id}/test`,
    input: message({ webhook_id: webhookId, event }),
    handler: async (ctx, input) => {
      const hook = await ours(ctx, input.webhook_id);
      const [first = ''] = parseJsonText(hook.events) as readonly string[];
      const type = input.event === undefined ? first : typeOf(input.event);
      const done = await testWebhook(ctx, hook.id, { type, body: sampleBody(type) });
      return {
        result: {
          success: done.delivered,
          response_status: done.status,
          error_message: done.error,
        },
      };
    },
  }),
];

function typeOf({ entity: of, action: what }: ReturnType<typeof event.read>): string {
  if (of === undefined || what === undefined) throw invalid('Invalid entity or action of a webhook event.');
  return eventTypeOf({ entity: of, action: what });
}

/** A webhook that speaks MLflow's format. @throws NOT_FOUND */
async function ours(ctx: MlflowContext, id: string): Promise<WebhookTable> {
  const found = await findWebhook(ctx, id).catch((error: unknown) => {
    if (error instanceof TendError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  });
  if (found?.format === 'mlflow') return found;
  throw new TendError('NOT_FOUND', `Webhook with ID ${id} not found.`);
}

/** A webhook as clients read it; never its secret. */
function webhookJson(row: WebhookTable): object {
  const types = parseJsonText(row.events) as readonly string[];
  return {
    webhook_id: row.id,
    name: row.name,
    description: row.description,
    url: row.url,
    events: types.map(webhookEventOf).filter((one) => one !== undefined),
    status: row.state === 'active' ? 'ACTIVE' : 'DISABLED',
    creation_timestamp: row.created_at,
    last_updated_timestamp: row.updated_at ?? row.created_at,
  };
}
