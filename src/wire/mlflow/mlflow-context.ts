import type { Clock, Random } from '../../kernel/clock.ts';
import type { Principal } from '../../kernel/policy.ts';
import type { TrackingContext } from '../../lifecycle/training/tracking/tracking-context.ts';
import type { BlobStore } from '../../store/blob.ts';
import type { Database } from '../../store/database.ts';

/** What the protocol needs of its surroundings. */
export interface MlflowPorts {
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a handler is given: the ports, and who asks. */
export interface MlflowContext extends MlflowPorts, TrackingContext {
  readonly principal: Principal;
}
