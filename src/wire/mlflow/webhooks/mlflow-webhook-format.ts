import { createHmac } from 'node:crypto';
import type { WebhookFormat } from '../../../engine/webhook/webhook-context.ts';
import { webhookEventOf } from './webhook-event.ts';

/**
 * What receivers of MLflow's webhooks are sent: entity, action, time and data, signed as
 * `v1,base64(HMAC-SHA-256(secret, "<delivery>.<seconds>.<body>"))`, where there is a secret.
 */
export const mlflowWebhookFormat: WebhookFormat = {
  body: ({ type, at, body }) => {
    const { entity = type, action = '' } = webhookEventOf(type) ?? {};
    return JSON.stringify({
      entity: entity.toLowerCase(),
      action: action.toLowerCase(),
      timestamp: new Date(at).toISOString().replace('Z', '000+00:00'),
      data: body,
    });
  },
  headers: ({ id, body }, secret, nowMs) => {
    const seconds = String(Math.floor(nowMs / 1_000));
    const signature = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64');
    return {
      'x-mlflow-delivery-id': id,
      'x-mlflow-timestamp': seconds,
      ...(secret === '' ? {} : { 'x-mlflow-signature': `v1,${signature}` }),
    };
  },
};
