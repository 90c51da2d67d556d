import { isOwnVersion, listVersionFiles } from '../../../lifecycle/training/registry/version-files.ts';
import { artifactNames } from '../../../lifecycle/training/tracking/artifact-path.ts';
import { listFolder } from '../../../lifecycle/training/tracking/artifact-store.ts';
import { readLoggedModel } from '../../../lifecycle/training/tracking/logged-model-store.ts';
import { readRunInfo } from '../../../lifecycle/training/tracking/run-store.ts';
import { int64, text } from '../codec/field.ts';
import { message, missing, required } from '../codec/message.ts';
import { invalid, MlflowError } from '../mlflow-error.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { runIdOf, runKey } from '../tracking/run-calls.ts';
import { listArtifacts } from './list-artifacts.ts';

/** By the beginning of this a client knows to take the file from us. */
const NO_ADDRESSES = 'Presigned download is not supported for the current artifact repository';

/** Clients of stores that give addresses of their own; with ours they are answered in MLflow's words. */
const presigned = (direction: 'upload' | 'download'): AnyRpc =>
  rpc({
    method: 'POST',
    path: `/mlflow/artifacts/presigned-${direction}-url`,
    since: '2.0',
    permission: direction === 'upload' ? 'model.write' : 'model.read',
    input: message({
      run_id: text(),
      model_id: text(),
      path: required(text()),
      expiration: int64(),
    }),
    handler: async (ctx, { run_id: runId = '', model_id: modelId = '', path }) => {
      if (direction === 'download' && runId === '') throw missing('run_id');
      if (direction === 'upload' && (runId === '') === (modelId === ''))
        throw invalid('Exactly one of run_id and model_id must be provided.');
      artifactNames(path);
      const { artifactUri } =
        runId === '' ? await readLoggedModel(ctx, modelId) : await readRunInfo(ctx, runId);
      const scheme = artifactUri.slice(0, artifactUri.indexOf(':'));
      throw invalid(
        `Presigned ${direction} is not supported for artifacts that go through this server (artifact URI ` +
          `scheme: ${scheme}). They are reached below /api/2.0/mlflow-artifacts/artifacts.`,
      );
    },
  });

/** Folders of artifacts. */
export const artifactCalls: readonly AnyRpc[] = [
  rpc({
    method: 'GET',
    path: '/mlflow/artifacts/list',
    since: '2.0',
    permission: 'model.read',
    input: message({ ...runKey, path: text(), page_token: text() }),
    handler: async (ctx, input) => {
      const { artifactUri } = await readRunInfo(ctx, runIdOf(input));
      return listArtifacts(ctx, artifactUri, input.path ?? '');
    },
  }),
  rpc({
    method: 'GET',
    path: '/mlflow-artifacts/artifacts',
    since: '2.0',
    permission: 'model.read',
    input: message({ path: text() }),
    handler: async (ctx, input) => {
      const path = input.path ?? '';
      const entries = await (isOwnVersion(path) ? listVersionFiles : listFolder)(ctx, path);
      return {
        files: entries.map((entry) => ({
          path: entry.name,
          is_dir: entry.isFolder,
          ...(entry.isFolder ? {} : { file_size: entry.sizeBytes }),
        })),
      };
    },
  }),
  rpc({
    method: 'GET',
    path: '/mlflow-artifacts/presigned/*',
    since: '2.0',
    permission: 'model.read',
    input: message({}),
    handler: async () => {
      throw new MlflowError('NOT_IMPLEMENTED', NO_ADDRESSES);
    },
  }),
  presigned('upload'),
  presigned('download'),
];
