import assert from 'node:assert/strict';
import { canonicalJson, sha256 } from '../../../kernel/hash.ts';
import type { BlobRef, BlobStore } from '../../../store/blob.ts';
import {
  ARCHIVE_FORMAT,
  type ArchiveHead,
  type ArchiveManifest,
  archiveManifest,
  MANIFEST_NAME,
  SUMS_NAME,
  sumsText,
} from './archive-manifest.ts';
import { END_BYTES, paddingOf, tarHeader } from './tar-header.ts';

/** A file on its way into an archive; `read` gives the same bytes whenever it is called. */
export interface ArchiveEntry {
  readonly name: string;
  readonly read: () => Promise<Uint8Array>;
}

/** An entry whose bytes are at hand. */
export function textEntry(name: string, text: string): ArchiveEntry {
  const bytes = Buffer.from(text, 'utf8');
  return { name, read: async () => bytes };
}

/**
 * Writes an archive as a blob: a tar file that begins with its manifest and ends with the sums of everything
 * in it. The same head and files give the same bytes, in whatever order they come. One file is held in
 * memory at a time.
 */
export async function writeArchive(
  blobs: BlobStore,
  head: ArchiveHead,
  entries: readonly ArchiveEntry[],
): Promise<BlobRef & { readonly manifest: ArchiveManifest }> {
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  const files: ArchiveManifest['files'] = [];
  for (const { name, read } of sorted) {
    const bytes = await read();
    files.push({ name, size: bytes.byteLength, sha256: sha256(bytes) });
  }
  assert(new Set(files.map((file) => file.name)).size === files.length, 'a name stands twice in an archive');
  const manifest = archiveManifest.parse({ ...head, format: ARCHIVE_FORMAT, files });
  return { ...(await blobs.put(archiveBytes(manifest, sorted))), manifest };
}

async function* archiveBytes(
  manifest: ArchiveManifest,
  entries: readonly ArchiveEntry[],
): AsyncGenerator<Uint8Array> {
  const said = Buffer.from(canonicalJson(manifest), 'utf8');
  yield* tarred(MANIFEST_NAME, said);
  for (const [index, { name, read }] of entries.entries()) {
    const bytes = await read();
    assert(sha256(bytes) === manifest.files[index]?.sha256, `${name} changed while it was archived`);
    yield* tarred(name, bytes);
  }
  const sums = sumsText([{ name: MANIFEST_NAME, sha256: sha256(said) }, ...manifest.files]);
  yield* tarred(SUMS_NAME, Buffer.from(sums, 'utf8'));
  yield new Uint8Array(END_BYTES);
}

function* tarred(name: string, bytes: Uint8Array): Generator<Uint8Array> {
  yield tarHeader(name, bytes.byteLength);
  yield bytes;
  yield new Uint8Array(paddingOf(bytes.byteLength));
}
