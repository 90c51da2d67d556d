import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import {
  chmod,
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readFile,
  rename,
  rm,
  stat,
  unlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TendError } from '../kernel/error.ts';
import { sha256 } from '../kernel/hash.ts';
import { fileError } from './file-error.ts';

/** What the store knows of a blob: SHA-256 as 64 lower-case hexadecimal digits, and its size. */
export interface BlobRef {
  readonly hash: string;
  readonly sizeBytes: number;
}

/** Immutable files, each known by the hash of its bytes. No other room builds a path from a stored record. */
export interface BlobStore {
  /** Resolves when bytes and name are on disk. @throws DISK_FULL, STATE_READ_ONLY, STATE_UNREADABLE. */
  readonly put: (data: Uint8Array | AsyncIterable<Uint8Array>) => Promise<BlobRef>;
  /**
   * Takes a file in: copies it, or with `move` renames it (it must then be ours, closed, and on the same
   * filesystem, else it is copied and removed). @throws as `put`; SOURCE_UNREADABLE.
   */
  readonly putFile: (path: string, options?: { readonly move?: boolean }) => Promise<BlobRef>;
  /** The bytes, verified. @throws NOT_FOUND; STATE_UNREADABLE when they are not those of the hash. */
  readonly read: (hash: string) => Promise<Uint8Array>;
  /**
   * Path of an existing blob, for readers that open files themselves; its bytes are not verified. @throws
   * NOT_FOUND.
   */
  readonly path: (hash: string) => string;
  readonly has: (hash: string) => Promise<boolean>;
  /** Removes a blob that nothing refers to any more; one that is not there is no error. */
  readonly delete: (hash: string) => Promise<void>;
  /**
   * Removes a blob like `delete`, unless it was put (again) since `before` (milliseconds UTC): whoever put
   * it may be about to refer to it. Resolves to false where it stays.
   */
  readonly deleteOlder: (hash: string, before: number) => Promise<boolean>;
  /**
   * Removes what a killed process left half written. Only for the owner of the folder, while nothing is put.
   */
  readonly discardUnfinished: () => Promise<void>;
}

const HASH = /^[0-9a-f]{64}$/;
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Blobs below `dir`, as `sha256/ab/cd/<hash>`. Reads nothing and makes no folder until asked for a blob. */
export function openBlobStore(dir: string): BlobStore {
  const folder: BlobFolder = { dir, durable: new Map() };
  return {
    put: (data) => coded(() => put(folder, data instanceof Uint8Array ? [data] : data)),
    putFile: (path, options) => coded(() => putFile(folder, path, options?.move === true)),
    read: (hash) => coded(() => read(folder, hash)),
    path: (hash) => existingPath(folder, hash),
    has: async (hash) => existsSync(blobPath(folder, hash)),
    delete: (hash) => coded(() => remove(folder, hash)),
    deleteOlder: (hash, before) => coded(() => removeOlder(folder, hash, before)),
    discardUnfinished: () => coded(() => rm(join(dir, 'tmp'), { recursive: true, force: true })),
  };
}

interface BlobFolder {
  readonly dir: string;
  /** Folders of this process whose names are known to be on disk. */
  readonly durable: Map<string, Promise<void>>;
}

function blobPath(folder: BlobFolder, hash: string): string {
  if (!HASH.test(hash)) {
    throw new TendError('INVALID_INPUT', 'a blob is named by 64 lower-case hexadecimal digits (SHA-256)');
  }
  return join(folder.dir, 'sha256', hash.slice(0, 2), hash.slice(2, 4), hash);
}

function existingPath(folder: BlobFolder, hash: string): string {
  const path = blobPath(folder, hash);
  if (!existsSync(path)) throw new TendError('NOT_FOUND', `there is no blob ${hash}`);
  return path;
}

async function put(
  folder: BlobFolder,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<BlobRef> {
  const temporary = await temporaryFolder(folder);
  try {
    const file = join(temporary, 'blob');
    const handle = await open(file, 'wx', FILE_MODE);
    try {
      const ref = await writeHashed(handle, chunks);
      await handle.sync();
      await handle.close();
      await publish(folder, file, ref.hash);
      return ref;
    } finally {
      // A handle closed already closes again without effect; one left by an error must not leak.
      await handle.close().catch(() => undefined);
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function putFile(folder: BlobFolder, path: string, move: boolean): Promise<BlobRef> {
  if (move) {
    const moved = await moveIn(folder, path);
    if (moved !== undefined) return moved;
  }
  const ref = await put(folder, sourceChunks(path));
  if (move) await unlink(path);
  return ref;
}

/** Undefined when the file lies on another filesystem. */
async function moveIn(folder: BlobFolder, path: string): Promise<BlobRef | undefined> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of sourceChunks(path)) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
  }
  const ref: BlobRef = { hash: hash.digest('hex'), sizeBytes };
  await chmod(path, FILE_MODE);
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await publish(folder, path, ref.hash);
    return ref;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EXDEV') return undefined;
    throw error;
  }
}

async function* sourceChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) yield chunk;
  } catch (cause) {
    throw new TendError('SOURCE_UNREADABLE', `cannot read ${path}`, { cause });
  }
}

async function writeHashed(
  handle: FileHandle,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<BlobRef> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    let written = 0;
    while (written < chunk.byteLength) {
      written += (await handle.write(chunk, written, chunk.byteLength - written)).bytesWritten;
    }
    sizeBytes += chunk.byteLength;
  }
  return { hash: hash.digest('hex'), sizeBytes };
}

/**
 * Gives a synced file its name and syncs the name. The order matters: without the sync of the folder a power
 * cut lost every blob in 60 of 60 rounds, with it none in 100. A blob that is there already is replaced by
 * the same bytes, which also mends one that was damaged.
 */
async function publish(folder: BlobFolder, file: string, hash: string): Promise<void> {
  const path = blobPath(folder, hash);
  await durableFolder(folder, dirname(path));
  await rename(file, path);
  await syncFolder(dirname(path));
}

/** Makes a folder below `dir` and syncs its name and those above it, once for each process. */
function durableFolder(folder: BlobFolder, path: string): Promise<void> {
  const known = folder.durable.get(path);
  if (known !== undefined) return known;
  const made = (async () => {
    await mkdir(path, { recursive: true, mode: FOLDER_MODE });
    const parent = dirname(path);
    if (path === folder.dir) await syncFolder(parent);
    else {
      await durableFolder(folder, parent);
      await syncFolder(parent);
    }
  })();
  folder.durable.set(path, made);
  made.catch(() => folder.durable.delete(path));
  return made;
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function temporaryFolder(folder: BlobFolder): Promise<string> {
  const parent = join(folder.dir, 'tmp');
  await mkdir(parent, { recursive: true, mode: FOLDER_MODE });
  return mkdtemp(join(parent, 'put-'));
}

async function read(folder: BlobFolder, hash: string): Promise<Uint8Array> {
  const bytes = await readFile(existingPath(folder, hash));
  if (sha256(bytes) !== hash) {
    throw new TendError('STATE_UNREADABLE', `blob ${hash} is damaged: its bytes have another hash`);
  }
  return bytes;
}

async function remove(folder: BlobFolder, hash: string): Promise<void> {
  const path = blobPath(folder, hash);
  if (!existsSync(path)) return;
  await rm(path, { force: true });
  await syncFolder(dirname(path));
}

/**
 * Each put gives its file the name by a rename, which sets `ctime`. The file is moved aside before it is
 * looked at, so a put at any moment either made it young or comes after it and keeps its own.
 */
async function removeOlder(folder: BlobFolder, hash: string, before: number): Promise<boolean> {
  const path = blobPath(folder, hash);
  const seen = await stat(path).catch(() => undefined);
  if (seen === undefined) return true;
  if (seen.ctimeMs > before) return false;
  const temporary = await temporaryFolder(folder);
  try {
    const aside = join(temporary, 'blob');
    await rename(path, aside);
    // The second rename set `ctime`; the file is the one that was looked at, or a put came between.
    const after = await stat(aside);
    if (after.ino === seen.ino && after.mtimeMs === seen.mtimeMs) return true;
    await publish(folder, aside, hash);
    return false;
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await syncFolder(dirname(path));
  }
}

async function coded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error);
  }
}
