import type { Route } from '../kernel/route.ts';
import { archiveRoute } from '../lifecycle/decommissioning/archive-route.ts';
import { documentRoutes, rolePolicy } from '../lifecycle/governance/index.ts';
import type { MlflowPorts } from '../wire/mlflow/mlflow-context.ts';
import { mlflowRoutes } from '../wire/mlflow/mlflow-routes.ts';
import type { LifecycleContext } from '../lifecycle/stage-scope.ts';

/** What a server answers beside its operations: files. `metrics`: the routes that the collector made. */
export function serverRoutes(
  ctx: Pick<LifecycleContext, 'db' | 'blobs' | 'clock' | 'random' | 'stateDir'> &
    Pick<MlflowPorts, 'egress' | 'eventTypes' | 'formats'>,
  metrics: readonly Route[],
): readonly Route[] {
  return [
    ...metrics,
    archiveRoute(ctx),
    ...documentRoutes(ctx),
    ...mlflowRoutes({ ...ctx, policy: rolePolicy }),
  ];
}
