const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Milliseconds until the attempt after attempt 1, 2, 3 …; about a day together. */
const PAUSES_MS = [
  10_000,
  30_000,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
] as const;

/** Then a delivery is given up. */
export const WEBHOOK_ATTEMPTS_MAX = PAUSES_MS.length + 1;

/** How long news waits at most for a receiver that did not answer older ones. */
export const NEWS_PAUSE_MS = 5 * MINUTE;

/** Milliseconds to wait after a failed attempt, the first being 1; undefined when it was the last. */
export function deliveryPause(attempts: number): number | undefined {
  return PAUSES_MS[attempts - 1];
}
