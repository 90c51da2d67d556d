import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TendError } from '../../kernel/error.ts';
import { writeRouting } from '../../serve/routing.ts';
import { fileError } from '../../store/file-error.ts';
import { MANIFEST_NAME } from './archive/archive-manifest.ts';
import type { OpenArchive } from './archive/open-archive.ts';
import { readRelease, restoreBlobs } from './archived-states.ts';

/** What was restored. */
export interface Restored {
  /** Endpoints that a data plane of the folder serves. */
  readonly endpoints: readonly string[];
  readonly files: number;
}

/**
 * Restores an archive into a folder: what a data plane serves (blobs, feature tables, routing) and, beside
 * it, the records and logged predictions as they were. The folder may be there, and must be empty.
 * @throws CONFLICT when it is not; DISK_FULL, STATE_READ_ONLY; STATE_UNREADABLE
 */
export async function restoreArchive(archive: OpenArchive, dir: string): Promise<Restored> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    if ((await readdir(dir)).length > 0) {
      throw new TendError('CONFLICT', `${dir} is not empty`, { hint: 'Name another folder with --out.' });
    }
    return await restore(archive, dir);
  } catch (error) {
    throw fileError(error);
  }
}

async function restore(archive: OpenArchive, dir: string): Promise<Restored> {
  const { manifest } = archive;
  const blobDir = join(dir, 'blobs');
  await restoreBlobs(archive, blobDir);
  for (const { name } of manifest.files) {
    if (/^(?:records|sample)\//.test(name)) await put(join(dir, name), await archive.read(name));
  }
  await put(join(dir, MANIFEST_NAME), await archive.read(MANIFEST_NAME));
  const featureDir = join(dir, 'features');
  await restoreTables(archive, featureDir);
  const endpoints = manifest.endpoints.map(({ name, project, routes }) => ({
    name,
    project,
    routes: routes.map(({ release: releaseHash, ...route }) => ({ releaseHash, ...route })),
  }));
  await writeRouting(dir, {
    format: 'tend.routing/v1',
    generation: 1,
    blobDir,
    featureDir,
    endpoints,
  });
  return { endpoints: endpoints.map((endpoint) => endpoint.name), files: manifest.files.length };
}

/**
 * The feature tables of the releases that had traffic, then of the others: two releases of one project read
 * the same folder, and the one that answers must find its own states.
 */
async function restoreTables(archive: OpenArchive, featureDir: string): Promise<void> {
  const { releases, endpoints } = archive.manifest;
  const serving = new Set(
    endpoints.flatMap(({ routes }) =>
      routes.filter((route) => route.weight > 0).map((route) => route.release),
    ),
  );
  const places = [...releases.keys()].sort(
    (a, b) => Number(serving.has(releases[b]?.hash ?? '')) - Number(serving.has(releases[a]?.hash ?? '')),
  );
  for (const place of places) {
    const { manifest, states } = await readRelease(archive, place);
    for (const { name, table, at } of states) {
      const path = join(featureDir, manifest.project, table, `${at}.json`);
      if (!existsSync(path)) await put(path, await archive.read(name));
    }
  }
}

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, bytes, { mode: 0o600 });
}
