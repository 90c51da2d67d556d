import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../kernel/clock.ts';
import { TendError } from '../../../kernel/error.ts';
import type { HttpAnswer } from './http-line.ts';

/** How long a server may be away, or ask to come later, before the replay gives up. */
const PATIENCE_MS = 60_000;

/** Between two attempts where the server does not say. */
const AGAIN_MS = 250;

/** Waits between attempts, up to a limit that begins anew whenever something succeeds. */
export interface Patience {
  readonly succeeded: () => void;
  /** Waits as long as the answer asks, or a moment. @throws UNAVAILABLE saying how to go on; INTERRUPTED */
  readonly wait: (why: string, answer?: HttpAnswer) => Promise<void>;
}

/** `report`: told what is waited for. */
export function newPatience(options: {
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly report: (waitsFor: string) => void;
}): Patience {
  let since: number | undefined;
  return {
    succeeded: () => {
      since = undefined;
    },
    wait: async (why, answer) => {
      const now = options.clock.monotonic();
      since ??= now;
      if (options.signal.aborted) throw new TendError('INTERRUPTED', 'interrupted');
      if (now - since > PATIENCE_MS) {
        throw new TendError('UNAVAILABLE', `nothing went through for a minute: ${why}`, {
          hint: 'See that `tend up` runs, then run the same command: it goes on where the clock stands.',
        });
      }
      options.report(`the server: ${why}`);
      const seconds = Number(answer?.headers.get('retry-after'));
      const ms = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1_000, PATIENCE_MS) : AGAIN_MS;
      await delay(ms, undefined, { signal: options.signal }).catch(() => {
        throw new TendError('INTERRUPTED', 'interrupted');
      });
    },
  };
}
