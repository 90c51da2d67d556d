import type { Engine } from '../engine/engine.ts';
import { fallBack, rollBack, stopEndpoint, throttle } from '../lifecycle/deployment/index.ts';
import type { ActionPorts } from '../lifecycle/monitoring/index.ts';
import { startRetraining } from '../lifecycle/retraining/index.ts';
import type { LifecycleContext } from '../lifecycle/stage-scope.ts';

/** What incidents may do, by the stages that do it. */
export function endpointActions(context: () => LifecycleContext & { readonly engine: Engine }): ActionPorts {
  return {
    rollBack,
    fallBack,
    throttle,
    stopEndpoint,
    startRetraining: (order) => startRetraining(context(), order),
  };
}
