import { webhookOperations } from '../engine/webhook/operations.ts';
import type { WebhookContext } from '../engine/webhook/webhook-context.ts';
import type { AnyOperation } from '../kernel/operation.ts';
import {
  type DecommissioningContext,
  decommissioningOperations,
} from '../lifecycle/decommissioning/operations.ts';
import { type DeploymentContext, deploymentOperations } from '../lifecycle/deployment/operations.ts';
import {
  commentOperations,
  documentOperations,
  type GovernanceContext,
  governanceOperations,
  type TraceContext,
  traceOperations,
} from '../lifecycle/governance/index.ts';
import { monitorOperations } from '../lifecycle/monitoring/book/operations.ts';
import { incidentOperations } from '../lifecycle/monitoring/incidents/operations.ts';
import { type RetrainingContext, retrainingOperations } from '../lifecycle/retraining/operations.ts';
import { trainingOperations } from '../lifecycle/training/operations.ts';
import { liveOperations } from '../project/live-operations.ts';
import { projectOperations } from '../project/operations.ts';
import type { ProjectContext } from '../project/project-context.ts';

/** What every operation is given: each takes the part that it names. */
export type AppContext = ProjectContext &
  GovernanceContext &
  DeploymentContext &
  RetrainingContext &
  DecommissioningContext &
  TraceContext &
  WebhookContext;

/** Every operation there is. */
export const operations: readonly AnyOperation<AppContext>[] = [
  ...projectOperations,
  ...trainingOperations,
  ...deploymentOperations,
  ...liveOperations,
  ...monitorOperations,
  ...incidentOperations,
  ...retrainingOperations,
  ...governanceOperations,
  ...commentOperations,
  ...documentOperations,
  ...traceOperations,
  ...decommissioningOperations,
  ...webhookOperations,
];
