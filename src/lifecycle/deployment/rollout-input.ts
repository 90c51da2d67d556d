import type { Criterion } from '../problem/index.ts';
import type { DeploymentSpec } from './spec.ts';

/** The release that is to take over an endpoint, and what must hold while it does. */
export interface RolloutInput {
  readonly spec: DeploymentSpec;
  readonly model: string;
  readonly version: number;
  readonly releaseHash: string;
  readonly guards: readonly Criterion[];
  /** Whoever asked for it. */
  readonly actor: string;
  /**
   * In a replay, look at the candidate's traffic when the project clock moves and at no other time, so that
   * the same replay gives the same decisions at any speed.
   */
  readonly atClockMoves?: boolean;
  /** Called before the rollout goes to rest, so that the board shows what it waits for. */
  readonly onWaiting: (occasion: string, reason: string) => Promise<void>;
}
