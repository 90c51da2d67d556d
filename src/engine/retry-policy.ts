import { ERRORS, type TendError } from '../kernel/error.ts';

/** After so many attempts a step that keeps failing, or killing its process, is given up. */
export const STEP_ATTEMPTS_MAX = 5;

const FIRST_PAUSE_MS = 500;

/** A pause longer than this would look like a hang. */
const PAUSE_MS_MAX = 30_000;

/** Milliseconds to wait before the attempt after `attempt`, or undefined when there is to be none. */
export function retryPause(error: TendError, attempt: number): number | undefined {
  if (!ERRORS[error.code].retryable || attempt >= STEP_ATTEMPTS_MAX) return undefined;
  return backoffMs(attempt);
}

/** 0.5, 1, 2, 4 … seconds after attempt 1, 2, 3, 4 …, at most half a minute. */
export function backoffMs(attempt: number): number {
  return Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** (attempt - 1));
}
