import { z } from 'zod';
import { type AnyOperation, defineOperation } from '../../kernel/operation.ts';
import { pageInput, pageOf } from '../../kernel/page.ts';
import { deliveryView, listDeliveries } from './list-deliveries.ts';
import type { WebhookContext } from './webhook-context.ts';
import {
  createWebhook,
  deleteWebhook,
  listWebhooks,
  newWebhook,
  testWebhook,
  webhookView,
} from './webhooks.ts';

const byId = z.object({ id: z.string().max(100) });

/** Who is told of what happens, and how that went. */
export const webhookOperations: readonly AnyOperation<WebhookContext>[] = [
  defineOperation({
    name: 'webhooks.create',
    summary: 'Makes a webhook and shows its secret, this once',
    method: 'POST',
    path: '/webhooks',
    input: newWebhook,
    output: webhookView.extend({ secret: z.string() }).meta({ id: 'NewWebhook' }),
    errors: ['INVALID_INPUT', 'NOT_FOUND', 'CONFLICT'],
    permission: 'webhook.manage',
    audit: 'ledger',
    cli: {
      command: 'webhooks create',
      positional: ['url'],
      example: 'tend webhooks create https://hooks.example/tend --events monitoring.incident.*',
    },
    handler: (ctx: WebhookContext, input) => createWebhook(ctx, input),
  }),
  defineOperation({
    name: 'webhooks.list',
    summary: 'Lists the webhooks',
    method: 'GET',
    path: '/webhooks',
    input: z.object(pageInput),
    output: pageOf(webhookView),
    errors: ['INVALID_INPUT'],
    permission: 'webhook.manage',
    audit: 'none',
    cli: { command: 'webhooks list' },
    handler: (ctx: WebhookContext, input) => listWebhooks(ctx, input),
  }),
  defineOperation({
    name: 'webhooks.delete',
    summary: 'Ends a webhook, with all that waits for it',
    method: 'DELETE',
    path: '/webhooks/{id}',
    input: byId,
    output: webhookView,
    errors: ['NOT_FOUND', 'CONFLICT'],
    permission: 'webhook.manage',
    audit: 'ledger',
    cli: { command: 'webhooks delete', positional: ['id'], example: 'tend webhooks delete whk_01ht…' },
    handler: (ctx: WebhookContext, input) => deleteWebhook(ctx, input.id),
  }),
  defineOperation({
    name: 'webhooks.deliveries',
    summary: 'Lists what was sent to a webhook in the last month, and what waits for it',
    method: 'GET',
    path: '/webhooks/{id}/deliveries',
    input: byId.extend(pageInput),
    output: pageOf(deliveryView),
    errors: ['NOT_FOUND', 'INVALID_INPUT'],
    permission: 'webhook.manage',
    audit: 'none',
    cli: { command: 'webhooks deliveries', positional: ['id'] },
    handler: (ctx: WebhookContext, input) => listDeliveries(ctx, input),
  }),
  defineOperation({
    name: 'webhooks.test',
    summary: 'Sends a test to a webhook now, and says how it went',
    method: 'POST',
    path: '/webhooks/{id}/test',
    input: byId,
    output: z.object({
      delivery: z.string(),
      delivered: z.boolean(),
      status: z.int().exactOptional(),
      error: z.string().exactOptional(),
    }),
    errors: ['NOT_FOUND'],
    permission: 'webhook.manage',
    audit: 'ledger',
    cli: { command: 'webhooks test', positional: ['id'], example: 'tend webhooks test whk_01ht…' },
    handler: (ctx: WebhookContext, input) => testWebhook(ctx, input.id),
  }),
];
