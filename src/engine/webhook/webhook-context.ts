import type { Clock, Random } from '../../kernel/clock.ts';
import type { Principal } from '../../kernel/policy.ts';
import type { Database } from '../../store/database.ts';
import type { EgressPolicy } from '../egress-policy.ts';
import type { DeliveredEvent } from '../outbox.ts';

/** What receivers of one kind are sent, where it is not our own events under our own headers. */
export interface WebhookFormat {
  readonly body: (event: DeliveredEvent) => string;
  /** Headers of one delivery, signed as of `nowMs`; without a secret nothing is signed. */
  readonly headers: (
    delivery: { readonly id: string; readonly body: string },
    secret: string,
    nowMs: number,
  ) => Readonly<Record<string, string>>;
}

/** Formats by the name that a webhook has it by. */
export type WebhookFormats = Readonly<Record<string, WebhookFormat>>;

/** What sending to receivers needs. */
export interface WebhookPorts {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly egress: EgressPolicy;
  readonly formats: WebhookFormats;
}

/** What the operations on webhooks need. `eventTypes`: every type that can be sent. */
export interface WebhookContext extends WebhookPorts {
  readonly principal: Principal;
  readonly eventTypes: readonly string[];
}

/** What is known of a receiver after it was tried: `answers` is false when a delivery to it was given up. */
export interface ReceiverReport {
  readonly webhook: string;
  readonly project: string | null;
  /** Scheme, host and port: the path of a URL may be a secret. */
  readonly origin: string;
  readonly answers: boolean;
  readonly reason: string;
}
