import type { WebhookFormats } from '../engine/webhook/webhook-context.ts';
import { mlflowWebhookFormat } from '../wire/mlflow/webhooks/mlflow-webhook-format.ts';

/** What receivers are sent that speak another protocol than ours. */
export const WEBHOOK_FORMATS: WebhookFormats = { mlflow: mlflowWebhookFormat };
