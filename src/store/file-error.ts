import { type ErrorCode, TendError } from '../kernel/error.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EACCES: 'STATE_READ_ONLY',
  EPERM: 'STATE_READ_ONLY',
  EROFS: 'STATE_READ_ONLY',
  ENOENT: 'NOT_FOUND',
  EIO: 'STATE_UNREADABLE',
  EMFILE: 'UNAVAILABLE',
  ENFILE: 'UNAVAILABLE',
};

/** The operating error behind what a file operation in the state folder threw. */
export function fileError(error: unknown): TendError {
  if (error instanceof TendError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new TendError(CODES[code] ?? 'INTERNAL', message, { cause: error });
}
