import type { Route } from '../../kernel/route.ts';
import { artifactCalls } from './artifacts/artifact-calls.ts';
import { artifactRoutes } from './artifacts/artifact-routes.ts';
import { datasetCalls } from './genai/dataset-calls.ts';
import { recordCalls } from './genai/record-calls.ts';
import { scorerCalls } from './genai/scorer-calls.ts';
import type { MlflowPorts } from './mlflow-context.ts';
import { MlflowError, mlflowRefusal } from './mlflow-error.ts';
import { aliasCalls } from './registry/alias-calls.ts';
import { modelCalls } from './registry/model-calls.ts';
import { versionCalls } from './registry/version-calls.ts';
import { webhookCalls } from './webhooks/webhook-calls.ts';
import { otlpRoute } from './otlp/otlp-route.ts';
import { type AnyRpc, rpcRoutes } from './rpc.ts';
import { assessmentCalls } from './traces/assessment-calls.ts';
import { oldTraceCalls } from './traces/old-trace-calls.ts';
import { traceCalls } from './traces/trace-calls.ts';
import { traceLinkCalls } from './traces/trace-link-calls.ts';
import { traceTagCalls } from './traces/trace-tag-calls.ts';
import { experimentCalls } from './tracking/experiment-calls.ts';
import { loggedModelCalls } from './tracking/logged-model-calls.ts';
import { logCalls } from './tracking/log-calls.ts';
import { metricCalls } from './tracking/metric-calls.ts';
import { runCalls } from './tracking/run-calls.ts';

/** Every call: the table of what clients may ask, each with its permission. A new group is a line here. */
export const MLFLOW_CALLS: readonly AnyRpc[] = [
  ...experimentCalls,
  ...runCalls,
  ...logCalls,
  ...metricCalls,
  ...loggedModelCalls,
  ...artifactCalls,
  ...modelCalls,
  ...versionCalls,
  ...aliasCalls,
  ...webhookCalls,
  ...datasetCalls,
  ...recordCalls,
  ...scorerCalls,
  ...traceCalls,
  ...traceTagCalls,
  ...traceLinkCalls,
  ...assessmentCalls,
  ...oldTraceCalls,
];

/**
 * The version that clients read. From 3.4 on they send traces by OTLP; ours is elsewhere (`/health`). A
 * client that is newer than a server goes on, so this is the API we answer, not the newest there is.
 */
const API_VERSION = '3.6.0';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Prefixes that are MLflow's: whatever is not declared below them is no endpoint, in MLflow's words. */
const PREFIXES = ['/api/2.0', '/api/3.0', '/ajax-api/2.0', '/ajax-api/3.0'];

/** Everything that MLflow's clients reach. */
export function mlflowRoutes(ports: MlflowPorts): readonly Route[] {
  return [
    ...serverRoutes(),
    ...rpcRoutes(ports, MLFLOW_CALLS),
    ...artifactRoutes(ports),
    otlpRoute(ports),
    ...unknownRoutes(),
  ];
}

/** From memory: clients wait three seconds for the second, once, and give up. */
function serverRoutes(): readonly Route[] {
  const info = JSON.stringify({
    store_type: 'SqlStore',
    workspaces_enabled: false,
    trace_archival_enabled: false,
  });
  const plain = { method: 'GET', permission: 'public', bodyBytesMax: 1_024, refuse: mlflowRefusal } as const;
  return [
    {
      ...plain,
      path: '/version',
      handler: async () => ({
        status: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: API_VERSION,
      }),
    },
    ...['/api/3.0/mlflow/server-info', '/ajax-api/3.0/mlflow/server-info'].map(
      (path): Route => ({
        ...plain,
        path,
        handler: async () => ({ status: 200, headers: { 'content-type': 'application/json' }, body: info }),
      }),
    ),
  ];
}

function unknownRoutes(): readonly Route[] {
  return PREFIXES.flatMap((prefix) =>
    METHODS.map(
      (method): Route => ({
        method,
        path: `${prefix}/*`,
        permission: 'public',
        bodyBytesMax: 1_024,
        streams: true,
        refuse: mlflowRefusal,
        handler: async () => {
          throw noEndpoint(prefix);
        },
      }),
    ),
  );
}

function noEndpoint(prefix: string): MlflowError {
  return new MlflowError('ENDPOINT_NOT_FOUND', `No endpoint of ${prefix} answers this method and path.`);
}
