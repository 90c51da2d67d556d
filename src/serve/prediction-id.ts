import { encodeTime } from '../kernel/id.ts';
import type { Clock, Random } from '../kernel/clock.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** Ids of one millisecond and worker; a worker answers some hundred at most, so this is never reached. */
const COUNTER_MAX = 32 ** 4;
const WORKER_MAX = 32 ** 2;
/**
 * 10 characters of 5 bits: two workers of the same number, on two hosts, in one millisecond do not collide.
 */
const START_CHARS = 10;

/**
 * Makes ids of predictions: `prd_`, 10 characters of time, 4 of a counter within the millisecond, 2 of the
 * worker, 10 that were drawn when the worker started. They sort by time (and by counter within a worker), and
 * are unique over workers, restarts and hosts without asking anyone. The time never goes back within a
 * worker.
 */
export function predictionIds(worker: number, clock: Clock, random: Random): () => string {
  const suffix = base32(worker % WORKER_MAX, 2) + randomChars(random);
  let ms = 0;
  let time = '';
  let counter = 0;
  return () => {
    const now = clock.now();
    if (now > ms || counter === COUNTER_MAX) {
      ms = Math.max(now, ms + 1);
      time = `prd_${encodeTime(ms)}`;
      counter = 0;
    }
    return `${time}${base32(counter++, 4)}${suffix}`;
  };
}

function base32(value: number, chars: number): string {
  let rest = value;
  let text = '';
  for (let i = 0; i < chars; i++) {
    text = ALPHABET.charAt(rest & 31) + text;
    rest >>>= 5;
  }
  return text;
}

function randomChars(random: Random): string {
  let text = '';
  for (const byte of random.bytes(START_CHARS)) text += ALPHABET.charAt(byte & 31);
  return text;
}
