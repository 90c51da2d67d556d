import { type ErrorCode, TendError } from '../kernel/error.ts';

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const TOOBIG = 18;
const CONSTRAINT = 19;
const NOTADB = 26;

/** The file of the index of the write-ahead log could not grow: there is no room on disk. */
const IOERR_SHMSIZE = 4874;

/**
 * Extended codes of constraints that another writer may have made false: unique, primary key, foreign key.
 */
const CONFLICTS = new Set([2067, 1555, 787]);

const CODES: Readonly<Record<number, ErrorCode>> = {
  [BUSY]: 'UNAVAILABLE',
  [LOCKED]: 'UNAVAILABLE',
  [READONLY]: 'STATE_READ_ONLY',
  [IOERR]: 'STATE_UNREADABLE',
  [CORRUPT]: 'STATE_UNREADABLE',
  [NOTADB]: 'STATE_UNREADABLE',
  [CANTOPEN]: 'STATE_READ_ONLY',
  [FULL]: 'DISK_FULL',
  [TOOBIG]: 'TOO_LARGE',
};

/** The operating error behind what `node:sqlite` threw; anything it did not throw becomes INTERNAL. */
export function sqliteError(error: unknown): TendError {
  if (error instanceof TendError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const extended = sqliteCode(error);
  if (extended === undefined) return new TendError('INTERNAL', message, { cause: error });
  const primary = extended & 0xff;
  if (primary === CONSTRAINT && CONFLICTS.has(extended)) {
    return new TendError('CONFLICT', `the database refused it: ${message}`, { cause: error });
  }
  const code = extended === IOERR_SHMSIZE ? 'DISK_FULL' : (CODES[primary] ?? 'INTERNAL');
  const what = code === 'DISK_FULL' ? 'no room on disk for the database: ' : '';
  return new TendError(code, `${what}SQLite: ${message}`, { cause: error });
}

/**
 * True for an error after which nothing in memory may be believed: after a failed fsync the system has
 * dropped the pages, and the next commit would succeed as if nothing had happened.
 */
export function isFatal(error: TendError): boolean {
  return error.code === 'STATE_UNREADABLE';
}

function sqliteCode(error: unknown): number | undefined {
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number') return error.errcode;
  return undefined;
}
