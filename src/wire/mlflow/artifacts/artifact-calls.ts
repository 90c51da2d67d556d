import { isOwnVersion, listVersionFiles } from '../../../lifecycle/training/registry/version-files.ts';
import { listFolder } from '../../../lifecycle/training/tracking/artifact-store.ts';
import { readRunInfo } from '../../../lifecycle/training/tracking/run-store.ts';
import { text } from '../codec/field.ts';
import { message } from '../codec/message.ts';
import { MlflowError } from '../mlflow-error.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { runIdOf, runKey } from '../tracking/run-calls.ts';
import { listArtifacts } from './list-artifacts.ts';

/**
 * Clients that offer several parts read the beginning of this and send the file as one stream, which has no
 * limit here: parts would save nothing against a server that keeps the file itself.
 */
const NO_PARTS = 'Multipart upload is not supported for the current artifact repository';

const mpu = (call: 'create' | 'complete' | 'abort'): AnyRpc =>
  rpc({
    method: 'POST',
    path: `/mlflow-artifacts/mpu/${call}/*`,
    since: '2.0',
    permission: 'model.write',
    input: message({ path: text() }),
    handler: async () => {
      throw new MlflowError('NOT_IMPLEMENTED', NO_PARTS);
    },
  });

/** Folders of artifacts, and uploads in parts. */
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
  mpu('create'),
  mpu('complete'),
  mpu('abort'),
];
