import type { Principal } from '../../../kernel/policy.ts';
import type { LifecycleContext } from '../../stage-scope.ts';

/** What acting on an endpoint needs. */
export type ActingContext = Pick<
  LifecycleContext,
  'db' | 'stateDir' | 'clock' | 'random' | 'blobs' | 'planes'
>;

/**
 * What to do to an endpoint. `reason` names the action; whoever carries it out puts the reason into the
 * ledger entry of the same commit, by which a deed that was done is known after a kill.
 */
export interface EndpointOrder {
  readonly endpoint: string;
  readonly reason: string;
  readonly principal: Principal;
  readonly incident: string;
}

/** Why a retraining shall begin. `at`: of the project clock. */
export interface RetrainingOrder {
  readonly project: string;
  /** `drift`, or the id of a criterion. */
  readonly trigger: string;
  readonly incidentId: string;
  readonly actor: string;
  readonly at: number;
}

/** The deeds, done by deployment and retraining; composed in `main`. */
export interface ActionPorts {
  readonly rollBack: (ctx: ActingContext, order: EndpointOrder) => Promise<unknown>;
  /** `to`: `baseline`, or the feature that answers. */
  readonly fallBack: (ctx: ActingContext, order: EndpointOrder & { readonly to: string }) => Promise<unknown>;
  readonly throttle: (
    ctx: ActingContext,
    order: EndpointOrder & { readonly perSecond: number },
  ) => Promise<unknown>;
  readonly stopEndpoint: (ctx: ActingContext, order: EndpointOrder) => Promise<unknown>;
  readonly startRetraining: (
    order: RetrainingOrder,
  ) => Promise<
    | { readonly kind: 'started'; readonly retraining: string }
    | { readonly kind: 'limited'; readonly reason: string }
  >;
}
