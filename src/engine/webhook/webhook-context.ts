import type { Clock, Random } from '../../kernel/clock.ts';
import type { Principal } from '../../kernel/policy.ts';
import type { Database } from '../../store/database.ts';
import type { EgressPolicy } from '../egress-policy.ts';

/** What sending to receivers needs. */
export interface WebhookPorts {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly egress: EgressPolicy;
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
