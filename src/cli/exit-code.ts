import type { ErrorKindName, TendError } from '../kernel/error.ts';

/** Exit codes that are no failure of the command: the answer is no. */
export const EXIT_GATE_REFUSED = 10;
export const EXIT_DRIFT = 11;

const EXIT_BY_KIND: Readonly<Record<ErrorKindName, number>> = {
  failed: 1,
  unavailable: 1,
  'too-many': 1,
  'too-large': 1,
  invalid: 2,
  usage: 2,
  configuration: 3,
  'not-found': 4,
  gone: 4,
  'not-allowed': 5,
  'not-signed-in': 5,
  conflict: 6,
};

/** The exit code of an error; 130, as shells have it, after an interrupt. */
export function exitCodeOf(error: TendError): number {
  return error.code === 'INTERRUPTED' ? 130 : EXIT_BY_KIND[error.kind];
}
