import type { Clock } from '../kernel/clock.ts';
import type { TendError } from '../kernel/error.ts';
import type { ServedRoute } from './route-table.ts';

/** One request, free of the protocol that it came by. */
export interface PredictCall {
  readonly endpoint: string;
  /** Objects of named raw fields, as JSON.parse gave them. */
  readonly instances: readonly unknown[];
  /** Whether they stood in a list: decides how mistakes are located. */
  readonly listed: boolean;
  /** Event time that the request gave beside its fields, milliseconds UTC. */
  readonly eventTimeMs: number | undefined;
  /** Monotonic milliseconds when the request's headers were read. */
  readonly startedAt: number;
  /** Called once, in a later turn of the event loop or at once for a refusal. */
  readonly settle: (result: PredictResult) => void;
}

/**
 * How a call ended. `expired`: it waited too long; `retryAfterS`: when to ask again, where it is known;
 * `successor`: the endpoint to ask instead of a retired one. Ids and
 * predictions are in the order of the instances.
 */
export type PredictResult =
  | {
      readonly kind: 'answer';
      readonly route: ServedRoute;
      readonly ids: readonly string[];
      readonly predictions: readonly number[];
    }
  | {
      readonly kind: 'refusal';
      readonly error: TendError;
      readonly expired: boolean;
      readonly retryAfterS?: number;
      readonly successor?: string | null;
    };

/** Seconds since the request's headers were read. */
export function elapsedS(clock: Clock, call: PredictCall): number {
  return (clock.monotonic() - call.startedAt) / 1_000;
}
