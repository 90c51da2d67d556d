import { TendError } from '../../kernel/error.ts';

const REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  ENOENT: 'it, or a folder on the way to it, is not there',
  ENOTDIR: 'a part of its path is a file',
  EACCES: 'its permissions do not allow it',
  EPERM: 'its permissions do not allow it',
  EROFS: 'its file system is read-only',
};

/**
 * The error for a file that the user named and that cannot be used: USAGE where another name or mode helps,
 * DISK_FULL, else the fault as it came. `doing`: `read examples.csv`.
 */
export function fileFault(doing: string, fault: unknown): unknown {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TendError('DISK_FULL', `cannot ${doing}: there is no room`, { cause: fault });
  }
  const reason = REASONS[code];
  if (reason === undefined) return fault;
  const hint = 'Check the path and its permissions.';
  return new TendError('USAGE', `cannot ${doing}: ${reason}`, { cause: fault, hint });
}
