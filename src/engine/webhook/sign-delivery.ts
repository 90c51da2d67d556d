import { createHmac } from 'node:crypto';
import type { Random } from '../../kernel/clock.ts';

const SECRET_BYTES = 32;

/** A new secret, 256 bits: `whsec_` and 43 letters, of which the whole text is the key. */
export function newWebhookSecret(random: Random): string {
  return `whsec_${Buffer.from(random.bytes(SECRET_BYTES)).toString('base64url')}`;
}

/**
 * The header `Tend-Signature`: `t=<unix seconds>,v1=<hex>`, HMAC-SHA-256 of `<t>.<body>` under the secret.
 * The time is signed too, so that a receiver can refuse what was recorded long ago.
 */
export function signDelivery(secret: string, body: string, nowMs: number): string {
  const t = Math.floor(nowMs / 1_000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}
