import { stat } from 'node:fs/promises';
import { TendError } from '../../../kernel/error.ts';
import type { BlobStore } from '../../../store/blob.ts';
import type { Database } from '../../../store/database.ts';
import { readRows } from '../../../store/sql-text.ts';
import { artifactNames, OWN_VERSIONS } from '../tracking/artifact-path.ts';
import type { ArtifactEntry, ArtifactFile } from '../tracking/artifact-store.ts';
import { readVersion } from './read-registry.ts';

type Context = { readonly db: Database; readonly blobs: BlobStore };

/** Is this a path below the files of versions that Tend trained? */
export function isOwnVersion(path: string): boolean {
  return artifactNames(path)[0] === OWN_VERSIONS;
}

/** The files of a version that Tend trained: the model, and what it is served by. @throws NOT_FOUND */
async function filesOf(ctx: Context, model: string, number: string): Promise<readonly ArtifactFile[]> {
  const version = /^\d{1,15}$/.test(number) ? await readVersion(ctx, model, Number(number)) : undefined;
  if (version === undefined || version.state === 'retired')
    throw new TendError('NOT_FOUND', `No such artifact: version ${number} of ${model} is not kept here`);
  const [row] = await readRows<{ blob_hash: string | null; manifest_hash: string | null }>(
    ctx.db,
    'select blob_hash, manifest_hash from model_version where id = ?',
    [version.id],
  );
  const files = [
    { name: 'model.onnx', hash: row?.blob_hash ?? null },
    { name: 'release.json', hash: row?.manifest_hash ?? null },
  ];
  const found: ArtifactFile[] = [];
  for (const { name, hash } of files) {
    if (hash === null || !(await ctx.blobs.has(hash))) continue;
    const { size } = await stat(ctx.blobs.path(hash));
    found.push({ name, hash, sizeBytes: size });
  }
  return found;
}

/** A file of such a version. @throws NOT_FOUND */
export async function findVersionFile(ctx: Context, path: string): Promise<ArtifactFile> {
  const [, model = '', number = '', name = '', ...rest] = artifactNames(path);
  const file = (await filesOf(ctx, model, number)).find((one) => one.name === name);
  if (file === undefined || rest.length > 0)
    throw new TendError('NOT_FOUND', `No such artifact: ${JSON.stringify(path)}`);
  return file;
}

/** The files of such a version; nothing for what is no version. @throws NOT_FOUND */
export async function listVersionFiles(ctx: Context, path: string): Promise<readonly ArtifactEntry[]> {
  const [, model, number, ...rest] = artifactNames(path);
  if (model === undefined || number === undefined || rest.length > 0) return [];
  const files = await filesOf(ctx, model, number);
  return files.map(({ name, sizeBytes }) => ({ name, isFolder: false, sizeBytes }));
}
