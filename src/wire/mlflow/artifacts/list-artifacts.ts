import { artifactNames } from '../../../lifecycle/training/tracking/artifact-path.ts';
import { listFolder } from '../../../lifecycle/training/tracking/artifact-store.ts';
import type { TrackingContext } from '../../../lifecycle/training/tracking/tracking-context.ts';
import { artifactRoot } from './artifact-root.ts';

/** What lies in a folder below the artifacts of a run or a model; paths are relative to those. */
export async function listArtifacts(
  ctx: Pick<TrackingContext, 'db'>,
  rootUri: string,
  path: string,
): Promise<object> {
  const below = artifactNames(path);
  const folder = [artifactRoot(rootUri), ...below].join('/');
  const files = (await listFolder(ctx, folder)).map((entry) => ({
    path: [...below, entry.name].join('/'),
    is_dir: entry.isFolder,
    ...(entry.isFolder ? {} : { file_size: entry.sizeBytes }),
  }));
  return { root_uri: rootUri, files };
}
