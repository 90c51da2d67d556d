import type { Route, RouteRequest } from '../../../kernel/route.ts';
import { artifactNames } from '../../../lifecycle/training/tracking/artifact-path.ts';
import { deleteArtifact, putArtifact } from '../../../lifecycle/training/tracking/artifact-store.ts';
import { readVersion } from '../../../lifecycle/training/registry/read-registry.ts';
import { readLoggedModel } from '../../../lifecycle/training/tracking/logged-model-store.ts';
import { activeRunInfo, readRunInfo } from '../../../lifecycle/training/tracking/run-store.ts';
import { missing } from '../codec/message.ts';
import { modelName, versionNumber } from '../registry/fields.ts';
import type { MlflowPorts } from '../mlflow-context.ts';
import { mlflowRefusal } from '../mlflow-error.ts';
import { contextOf, jsonAnswer } from '../rpc.ts';
import { artifactRoot } from './artifact-root.ts';
import { sendArtifact } from './send-artifact.ts';
import { uploadRoutes } from './upload-routes.ts';

/** Applied to what is not streamed, where nothing is sent. */
const BODY_BYTES_MAX = 1_000_000;

const COMMON = { bodyBytesMax: BODY_BYTES_MAX, refuse: mlflowRefusal } as const;

/** Files of artifacts: bytes go through as they come, so a file of any size needs the same memory. */
export function artifactRoutes(ports: MlflowPorts): readonly Route[] {
  return [
    ...['/api/2.0', '/ajax-api/2.0'].flatMap((prefix) => [
      ...proxyRoutes(ports, prefix),
      ...uploadRoutes(ports, prefix),
    ]),
    ...pageRoutes(ports),
  ];
}

/** Files by their path below all artifacts: what clients use. */
function proxyRoutes(ports: MlflowPorts, prefix: string): readonly Route[] {
  const path = `${prefix}/mlflow-artifacts/artifacts/*`;
  const pathOf = (request: RouteRequest): string => request.params['*'] ?? '';
  return [
    {
      ...COMMON,
      method: 'PUT',
      path,
      permission: 'model.write',
      streams: true,
      handler: async (request) => {
        await putArtifact(contextOf(ports, request), pathOf(request), request.stream ?? request.body);
        return jsonAnswer({});
      },
    },
    {
      ...COMMON,
      method: 'GET',
      path,
      permission: 'model.read',
      handler: (request) => sendArtifact(ports, pathOf(request), request.headers),
    },
    {
      ...COMMON,
      method: 'DELETE',
      path,
      permission: 'model.write',
      handler: async (request) => {
        await deleteArtifact(contextOf(ports, request), pathOf(request));
        return jsonAnswer({});
      },
    },
  ];
}

/** Files by run or model: what pages and scripts use. */
function pageRoutes(ports: MlflowPorts): readonly Route[] {
  return [
    {
      ...COMMON,
      method: 'GET',
      path: '/get-artifact',
      permission: 'model.read',
      handler: async ({ query, headers }) => {
        const { artifactUri } = await readRunInfo(ports, runIn(query));
        return sendArtifact(ports, below(artifactUri, asked(query, 'path')), headers);
      },
    },
    {
      ...COMMON,
      method: 'GET',
      path: '/model-versions/get-artifact',
      permission: 'model.read',
      handler: async ({ query, headers }) => {
        const name = modelName().read(asked(query, 'name'), 'name');
        const version = versionNumber().read(asked(query, 'version'), 'version');
        const { location } = await readVersion(ports, name, version);
        return sendArtifact(ports, below(location, asked(query, 'path')), headers);
      },
    },
    {
      ...COMMON,
      method: 'GET',
      path: '/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files',
      permission: 'model.read',
      handler: async ({ query, params, headers }) => {
        const { artifactUri } = await readLoggedModel(ports, params['model_id'] ?? '');
        return sendArtifact(ports, below(artifactUri, asked(query, 'artifact_file_path')), headers);
      },
    },
    {
      ...COMMON,
      method: 'POST',
      path: '/ajax-api/2.0/mlflow/upload-artifact',
      permission: 'model.write',
      streams: true,
      handler: async (request) => {
        const { artifactUri } = await activeRunInfo(ports, runIn(request.query));
        const path = below(artifactUri, asked(request.query, 'path'));
        await putArtifact(contextOf(ports, request), path, request.stream ?? request.body);
        return jsonAnswer({});
      },
    },
  ];
}

function runIn(query: URLSearchParams): string {
  return query.get('run_id') ?? query.get('run_uuid') ?? asked(query, 'run_id');
}

function asked(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null || value === '') throw missing(name);
  return value;
}

/** A path below a root. Both are checked: a join of two good ones could be none. */
function below(rootUri: string, path: string): string {
  return [artifactRoot(rootUri), ...artifactNames(path)].join('/');
}
