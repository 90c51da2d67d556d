import { type ErrorCode, TendError } from '../kernel/error.ts';
import type { PreparedUnit } from './prepared-unit.ts';
import type { UnitOutcome } from './write-queue.ts';

/** To the writer's thread. */
export type WriterRequest =
  | { readonly kind: 'batch'; readonly units: readonly PreparedUnit[] }
  | { readonly kind: 'close' };

/** From the writer's thread; one answer for each request. An error object would lose its class on the way. */
export type WriterReply =
  | { readonly kind: 'batch'; readonly outcomes: readonly SentOutcome[] }
  | { readonly kind: 'closed' };

/** An outcome between threads; null is success. */
export type SentOutcome = null | {
  readonly code: ErrorCode;
  readonly message: string;
  readonly cause?: string;
};

/** The outcome in a form that can be sent. */
export function sendOutcome(outcome: UnitOutcome): SentOutcome {
  if (outcome.ok) return null;
  const { code, message, cause } = outcome.error;
  return { code, message, ...(cause instanceof Error ? { cause: cause.message } : {}) };
}

/** The outcome that was sent. */
export function receiveOutcome(sent: SentOutcome): UnitOutcome {
  if (sent === null) return { ok: true };
  const options = sent.cause === undefined ? {} : { cause: new Error(sent.cause) };
  return { ok: false, error: new TendError(sent.code, sent.message, options) };
}
