import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { TendError } from '../../../kernel/error.ts';
import { canonicalJson, sha256 } from '../../../kernel/hash.ts';
import {
  type ArchivedFile,
  type ArchiveManifest,
  archiveManifest,
  MANIFEST_NAME,
  SUMS_NAME,
  sumsText,
} from './archive-manifest.ts';
import { BLOCK, END_BYTES, headerSize, paddingOf, tarHeader } from './tar-header.ts';

/** An archive of which every byte was verified. */
export interface OpenArchive extends AsyncDisposable {
  readonly manifest: ArchiveManifest;
  /** SHA-256 of the whole file: what the certificate of the exit names. */
  readonly hash: string;
  readonly sizeBytes: number;
  readonly has: (name: string) => boolean;
  /** The bytes of a file, verified once more. @throws NOT_FOUND, STATE_UNREADABLE. */
  readonly read: (name: string) => Promise<Uint8Array>;
}

/** A manifest of 200,000 files has some 40 MB. */
const MANIFEST_BYTES_MAX = 64 * 1024 * 1024;
const CHUNK_BYTES = 1 << 20;
const NO_ARCHIVE_HINT = 'Name a file that `tend archive save` wrote.';
const DAMAGED_HINT = 'Take another copy; the certificate of the exit names the hash of the right one.';

/**
 * Opens an archive and verifies all of it: that every header, name and filling is the one that the manifest
 * leads to, every file has its hash, and nothing is missing or stands behind the end. Nothing is unpacked.
 * @throws NOT_FOUND; INVALID_INPUT for what is no archive; STATE_UNREADABLE for one that is cut or altered
 */
export async function openArchive(path: string): Promise<OpenArchive> {
  const file = await openFile(path);
  try {
    const { size: sizeBytes } = await file.stat();
    const said = await readManifest(file, sizeBytes);
    const layout = layoutOf(said.manifest, said.bytes);
    if (layout.total !== sizeBytes) throw wrongSize(layout.total, sizeBytes);
    await verify(file, layout);
    const places = new Map(layout.files.map((place) => [place.name, place]));
    return {
      manifest: said.manifest,
      hash: await wholeHash(file, sizeBytes),
      sizeBytes,
      has: (name) => places.has(name),
      read: async (name) => {
        const place = places.get(name);
        if (place === undefined) throw new TendError('NOT_FOUND', `the archive holds no ${name}`);
        const bytes = await readExactly(file, place.at, place.size);
        if (sha256(bytes) !== place.sha256) throw altered(name);
        return bytes;
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'r');
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const message = missing ? `there is no file ${path}` : `cannot read ${path}`;
    throw new TendError(missing ? 'NOT_FOUND' : 'SOURCE_UNREADABLE', message, {
      cause,
      hint: NO_ARCHIVE_HINT,
    });
  }
  throw new TendError('USAGE', `expected an archive, ${path} is no file`, { hint: NO_ARCHIVE_HINT });
}

/** The first file. Whatever is wrong with it, nothing behind it can be trusted to be where it should. */
async function readManifest(
  file: FileHandle,
  sizeBytes: number,
): Promise<{ readonly manifest: ArchiveManifest; readonly bytes: Uint8Array }> {
  if (sizeBytes < BLOCK) throw noArchive(`it has ${sizeBytes} bytes`);
  const header = await readExactly(file, 0, BLOCK);
  const size = headerSize(header) ?? -1;
  if (size < 0 || !same(header, tarHeader(MANIFEST_NAME, size))) {
    throw noArchive('it does not begin with a manifest');
  }
  if (size > MANIFEST_BYTES_MAX) throw noArchive(`its manifest has more than ${MANIFEST_BYTES_MAX} bytes`);
  if (sizeBytes < BLOCK + size) throw wrongSize(BLOCK + size, sizeBytes);
  const bytes = await readExactly(file, BLOCK, size);
  const parsed = archiveManifest.safeParse(parse(bytes));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw damaged(`its manifest is not one: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  if (!same(bytes, Buffer.from(canonicalJson(parsed.data), 'utf8'))) {
    throw damaged('its manifest is not spelt canonically');
  }
  const mistake = namesMistake(parsed.data);
  if (mistake !== undefined) throw damaged(mistake);
  return { manifest: parsed.data, bytes };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw damaged('its manifest is no JSON', cause);
  }
}

function namesMistake({ files }: ArchiveManifest): string | undefined {
  for (const [index, { name, sha256: hash }] of files.entries()) {
    const before = files[index - 1]?.name ?? '';
    if (name <= before) return `${name} stands out of order`;
    if (name.startsWith('blobs/') && name !== `blobs/${hash}`)
      return `${name} has another hash than its name`;
  }
  return undefined;
}

interface Place extends ArchivedFile {
  /** Where its contents begin. */
  readonly at: number;
}

interface Layout {
  readonly files: readonly Place[];
  readonly total: number;
}

function layoutOf(manifest: ArchiveManifest, said: Uint8Array): Layout {
  const first = { name: MANIFEST_NAME, size: said.byteLength, sha256: sha256(said) };
  const sums = Buffer.from(sumsText([first, ...manifest.files]), 'utf8');
  const last = { name: SUMS_NAME, size: sums.byteLength, sha256: sha256(sums) };
  const files: Place[] = [];
  let at = 0;
  for (const one of [first, ...manifest.files, last]) {
    files.push({ ...one, at: at + BLOCK });
    at += BLOCK + one.size + paddingOf(one.size);
  }
  return { files, total: at + END_BYTES };
}

async function verify(file: FileHandle, { files, total }: Layout): Promise<void> {
  for (const { name, at, size, sha256: hash } of files) {
    if (!same(await readExactly(file, at - BLOCK, BLOCK), tarHeader(name, size))) throw altered(name);
    if ((await hashOf(file, at, size)) !== hash) throw altered(name);
    await assertZero(file, at + size, paddingOf(size), name);
  }
  await assertZero(file, total - END_BYTES, END_BYTES, 'its end');
}

async function assertZero(file: FileHandle, at: number, length: number, where: string): Promise<void> {
  const bytes = await readExactly(file, at, length);
  if (!bytes.every((byte) => byte === 0)) throw altered(where);
}

function wholeHash(file: FileHandle, sizeBytes: number): Promise<string> {
  return hashOf(file, 0, sizeBytes);
}

async function hashOf(file: FileHandle, from: number, length: number): Promise<string> {
  const hash = createHash('sha256');
  for (let at = from; at < from + length; at += CHUNK_BYTES) {
    hash.update(await readExactly(file, at, Math.min(CHUNK_BYTES, from + length - at)));
  }
  return hash.digest('hex');
}

async function readExactly(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) throw wrongSize(at + length, at + done);
    done += bytesRead;
  }
  return bytes;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function noArchive(why: string): TendError {
  return new TendError('INVALID_INPUT', `this is no archive: ${why}`, { hint: NO_ARCHIVE_HINT });
}

function damaged(why: string, cause?: unknown): TendError {
  return new TendError('STATE_UNREADABLE', `the archive is damaged: ${why}`, { hint: DAMAGED_HINT, cause });
}

function altered(name: string): TendError {
  return damaged(`${name} is not what was archived`);
}

function wrongSize(expected: number, came: number): TendError {
  return damaged(`expected ${expected} bytes, came ${came}: it was cut or added to`);
}
