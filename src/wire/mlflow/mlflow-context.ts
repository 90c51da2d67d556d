import type { Clock, Random } from '../../kernel/clock.ts';
import type { EgressPolicy } from '../../engine/egress-policy.ts';
import type { WebhookFormats } from '../../engine/webhook/webhook-context.ts';
import type { Policy, Principal } from '../../kernel/policy.ts';
import type { TrackingContext } from '../../lifecycle/training/tracking/tracking-context.ts';
import type { BlobStore } from '../../store/blob.ts';
import type { Database } from '../../store/database.ts';

/** What the protocol needs of its surroundings. */
export interface MlflowPorts {
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Where the data plane reads its routing. */
  readonly stateDir: string;
  readonly policy: Policy;
  readonly egress: EgressPolicy;
  readonly eventTypes: readonly string[];
  readonly formats: WebhookFormats;
}

/** What a handler is given: the ports, and who asks. */
export interface MlflowContext extends MlflowPorts, TrackingContext {
  readonly principal: Principal;
}
