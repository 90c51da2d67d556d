import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '../src/kernel/clock.ts';

/** The ports of a real process, for tests that care neither for the time nor for the ids. */
export const systemPorts: { readonly clock: Clock; readonly random: Random } = {
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  random: { bytes: (count) => randomBytes(count) },
};
