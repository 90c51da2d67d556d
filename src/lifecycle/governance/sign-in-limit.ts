import type { Clock } from '../../kernel/clock.ts';
import { TendError } from '../../kernel/error.ts';

/**
 * Slows down guessing. Failures count for each caller and for each name, so that neither many names nor many
 * callers help.
 */
export interface SignInLimit {
  /** @throws TOO_MANY when the caller or the name has failed too often */
  readonly check: (peer: string, name: string) => void;
  /**
   * Counts an attempt as failed until it has succeeded, so that many at once do not slip past the check; true
   * when it is the one that closes the door.
   */
  readonly attempt: (peer: string, name: string) => boolean;
  readonly succeeded: (peer: string, name: string) => void;
}

const WINDOW_MS = 60_000;
/** A person mistypes a few times; a program that guesses does not stop at ten. */
const FAILURES_PER_PAIR = 10;
const FAILURES_PER_PEER = 30;
/** High, since a stranger can lock a name out for a minute by it. */
const FAILURES_PER_NAME = 100;
/** Counters kept at a time; the oldest go first. Each is about 100 bytes. */
const COUNTERS_MAX = 20_000;

interface Counter {
  readonly sinceMs: number;
  readonly failures: number;
}

/** Counts in memory, by windows of one minute that begin with the first failure. */
export function signInLimit(clock: Clock): SignInLimit {
  const counters = new Map<string, Counter>();
  const keys = (peer: string, name: string): readonly (readonly [key: string, limit: number])[] => [
    [`pair ${peer} ${name}`, FAILURES_PER_PAIR],
    [`peer ${peer}`, FAILURES_PER_PEER],
    [`name ${name}`, FAILURES_PER_NAME],
  ];
  const failuresOf = (key: string): number => {
    const counter = counters.get(key);
    if (counter === undefined) return 0;
    if (clock.now() - counter.sinceMs < WINDOW_MS) return counter.failures;
    counters.delete(key);
    return 0;
  };
  return {
    check: (peer, name) => {
      if (keys(peer, name).some(([key, limit]) => failuresOf(key) >= limit)) {
        throw new TendError('TOO_MANY', 'too many sign-ins failed; wait a minute');
      }
    },
    attempt: (peer, name) => {
      let closes = false;
      for (const [key, limit] of keys(peer, name)) {
        const failures = failuresOf(key) + 1;
        const sinceMs = counters.get(key)?.sinceMs ?? clock.now();
        counters.delete(key);
        counters.set(key, { sinceMs, failures });
        closes ||= failures === limit;
      }
      for (const key of counters.keys()) {
        if (counters.size <= COUNTERS_MAX) break;
        counters.delete(key);
      }
      return closes;
    },
    succeeded: (peer, name) => {
      for (const [key] of keys(peer, name)) {
        const counter = counters.get(key);
        if (counter !== undefined)
          counters.set(key, { ...counter, failures: Math.max(0, counter.failures - 1) });
      }
      counters.delete(`pair ${peer} ${name}`);
    },
  };
}
