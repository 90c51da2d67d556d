import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TendError } from '../kernel/error.ts';
import { sqliteError } from './sqlite-error.ts';

/**
 * Below this version two connections may corrupt a database in WAL mode (https://www.sqlite.org/wal.html).
 */
const VERSION_MIN = [3, 51, 3] as const;

/** Long enough for a checkpoint or a backup of another connection to let go. */
const BUSY_TIMEOUT_MS = 5_000;

/** Size to which the write-ahead log is cut back after a checkpoint; readers that never pause let it grow. */
const WAL_SIZE_BYTES = 64 * 1024 * 1024;

/**
 * Opens one connection with the settings every connection needs. `path` is a file, whose folder is made if it
 * is missing, or `:memory:`. Never sets mmap_size: a failed read would then be a signal instead of an error.
 *
 * @throws STATE_READ_ONLY, STATE_UNREADABLE, DISK_FULL, UNAVAILABLE; INTERNAL for a SQLite that is too old.
 */
export function openSqliteConnection(path: string, options: { readonly readOnly: boolean }): DatabaseSync {
  try {
    if (path !== ':memory:') makeFile(resolve(path));
    const connection = new DatabaseSync(path, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
    });
    try {
      checkVersion(connection);
      connection.exec('pragma journal_mode = wal');
      connection.exec('pragma synchronous = full');
      connection.exec(`pragma journal_size_limit = ${WAL_SIZE_BYTES}`);
      if (options.readOnly) connection.exec('pragma query_only = on');
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  } catch (error) {
    throw openError(path, error);
  }
}

/**
 * An empty file that only its owner may read, with its name and those of new folders on disk. SQLite itself
 * would make it readable to all. A file that is there is not opened: closing it would drop SQLite's locks on
 * it.
 */
function makeFile(path: string): void {
  const folder = dirname(path);
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (existsSync(path)) return;
  closeSync(openSync(path, 'a', 0o600));
  for (let name = folder; ; name = dirname(name)) {
    syncFolder(name);
    if (first === undefined || name === dirname(first)) return;
  }
}

function syncFolder(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function checkVersion(connection: DatabaseSync): void {
  const version = String(connection.prepare('select sqlite_version() as version').get()?.['version']);
  if (!isVersionSafe(version)) {
    throw new TendError(
      'INTERNAL',
      `SQLite ${VERSION_MIN.join('.')} or later is needed, this Node has ${version}`,
      {
        hint: 'Use Node 26, which `npm ci` installs.',
      },
    );
  }
}

/** True from 3.51.3 on. */
export function isVersionSafe(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, least] of VERSION_MIN.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

function openError(path: string, error: unknown): TendError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return new TendError('STATE_READ_ONLY', `cannot write the state folder ${dirname(path)}`, {
      cause: error,
    });
  }
  if (code === 'ENOSPC') return new TendError('DISK_FULL', `no space for ${path}`, { cause: error });
  return sqliteError(error);
}
