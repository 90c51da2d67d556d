import { type ReleaseManifest, releaseManifestSchema } from '../../decide/release.ts';
import { TendError } from '../../kernel/error.ts';
import { type BlobStore, openBlobStore } from '../../store/blob.ts';
import { parseJsonText } from '../../store/json-text.ts';
import type { ArchivedRelease } from './archive/archive-manifest.ts';
import type { OpenArchive } from './archive/open-archive.ts';

/** Names that may stand in a path; anyone may have made the file that a manifest comes out of. */
const SAFE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/;

/** A state of a feature table in an archive. */
export interface ArchivedState {
  /** Name of its file in the archive. */
  readonly name: string;
  readonly table: string;
  /** The boundary, milliseconds UTC. */
  readonly at: number;
}

/** A release of an archive with its manifest and the states of its tables, in the order of their moments. */
export interface ReleaseInArchive {
  readonly release: ArchivedRelease;
  readonly manifest: ReleaseManifest;
  readonly states: readonly ArchivedState[];
}

/** Reads what an archive says of the release at a place, counted from 0. @throws STATE_UNREADABLE. */
export async function readRelease(archive: OpenArchive, place: number): Promise<ReleaseInArchive> {
  const release = archive.manifest.releases[place];
  if (release === undefined) throw new TendError('NOT_FOUND', `the archive has no release ${place + 1}`);
  const text = Buffer.from(await archive.read(`blobs/${release.hash}`)).toString('utf8');
  const parsed = releaseManifestSchema.safeParse(parseJsonText(text));
  if (!parsed.success) throw unreadable(`blobs/${release.hash} is no release manifest`);
  const manifest = parsed.data;
  for (const name of [manifest.project, ...manifest.tables.map((table) => table.name)]) {
    if (!SAFE_NAME.test(name))
      throw unreadable(`${JSON.stringify(name.slice(0, 100))} may not name a folder`);
  }
  if (!archive.has(`blobs/${manifest.modelBlob}`))
    throw unreadable(`the model of version ${release.version} is missing`);
  const prefix = `features/${place + 1}/`;
  const states = archive.manifest.files.flatMap(({ name }): ArchivedState[] => {
    const match = name.startsWith(prefix) ? /^(\d+)\/(-?\d+)\.json$/.exec(name.slice(prefix.length)) : null;
    const table = match === null ? undefined : manifest.tables[Number(match[1]) - 1];
    return match === null || table === undefined ? [] : [{ name, table: table.name, at: Number(match[2]) }];
  });
  return { release, manifest, states: states.sort((a, b) => a.at - b.at) };
}

/** Puts the blobs of an archive into a folder of blobs. */
export async function restoreBlobs(archive: OpenArchive, blobDir: string): Promise<BlobStore> {
  const blobs = openBlobStore(blobDir);
  for (const { name } of archive.manifest.files) {
    if (name.startsWith('blobs/')) await blobs.put(await archive.read(name));
  }
  return blobs;
}

function unreadable(why: string): TendError {
  return new TendError('STATE_UNREADABLE', `the archive cannot be restored: ${why}`);
}
