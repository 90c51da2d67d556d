import { DatabaseError } from 'pg';
import { type ErrorCode, TendError } from '../kernel/error.ts';

/** SQLSTATE by code, then by class (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const CODES: Readonly<Record<string, ErrorCode>> = {
  '23505': 'CONFLICT', // unique
  '23503': 'CONFLICT', // foreign key
  '22021': 'INVALID_INPUT', // a character the encoding does not have
  '25006': 'STATE_READ_ONLY',
  '40001': 'UNAVAILABLE', // serialisation failure
  '40P01': 'UNAVAILABLE', // deadlock
  '53100': 'DISK_FULL',
  '54000': 'TOO_LARGE',
  '55P03': 'UNAVAILABLE', // lock timeout
  '08': 'UNAVAILABLE', // connection
  '28': 'UNAVAILABLE', // authorisation of the connection
  '3D': 'UNAVAILABLE', // no such database
  '53': 'UNAVAILABLE', // out of resources
  '57': 'UNAVAILABLE', // shutting down, cancelled by a timeout
  XX: 'STATE_UNREADABLE', // damaged data
};

/** Errors after which the same transaction may well succeed. */
const TRANSIENT = new Set(['40001', '40P01']);

/**
 * The operating error behind what `pg` threw. Whatever the server did not say itself is a lost connection.
 */
export function postgresError(error: unknown): TendError {
  if (error instanceof TendError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof DatabaseError) {
    const state = error.code ?? '';
    const code = CODES[state] ?? CODES[state.slice(0, 2)] ?? 'INTERNAL';
    return new TendError(code, `PostgreSQL: ${message}`, { cause: error });
  }
  if (error instanceof TypeError || error instanceof RangeError) {
    return new TendError('INTERNAL', message, { cause: error });
  }
  const reason = message === '' && error instanceof Error && 'code' in error ? String(error.code) : message;
  return new TendError('UNAVAILABLE', `PostgreSQL cannot be reached: ${reason}`, { cause: error });
}

/** True when the transaction lost against another one and should be tried again. */
export function isTransient(error: unknown): boolean {
  return error instanceof DatabaseError && TRANSIENT.has(error.code ?? '');
}

/** True for the refusal of a statement because one before it in the transaction failed. */
export function isConsequence(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '25P02';
}
