import type { Clock, Random } from './clock.ts';

/** What an id stands for; the prefix makes an id recognisable in a log or a URL. */
export type IdPrefix =
  | 'acc' // account
  | 'tok' // token
  | 'exe' // execution
  | 'evd' // evidence
  | 'run' // run
  | 'mdv' // model version
  | 'rel' // release
  | 'rol' // rollout
  | 'apr' // approval
  | 'dsv' // dataset version
  | 'prd' // prediction
  | 'evt' // outbox event
  | 'prt' // sealed part of a log
  | 'inc' // incident
  | 'act' // action
  | 'whk' // webhook
  | 'dlv' // webhook delivery
  | 'ret' // retraining
  | 'cnd' // candidate
  | 'cmt' // comment
  | 'arc'; // archive

/** Crockford's base 32 without i, l, o, u: sorts as the bytes do and survives being read aloud. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

const TIME_CHARS = 10;
const RANDOM_BYTES = 10;

/**
 * A new id: prefix, 48 bits of milliseconds, 80 random bits (the layout of ULID), so ids sort by time.
 * Two ids of one millisecond sort at random among themselves.
 */
export function newId(prefix: IdPrefix, clock: Clock, random: Random): string {
  return `${prefix}_${encodeTime(clock.now())}${encodeBytes(random.bytes(RANDOM_BYTES))}`;
}

/** The 10 characters that carry the time, most significant first. `ms` below 2^48. */
export function encodeTime(ms: number): string {
  let rest = ms;
  let text = '';
  for (let i = 0; i < TIME_CHARS; i++) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** Base 32 of whole groups of 5 bytes (8 characters each). */
function encodeBytes(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i + 4 < bytes.length; i += 5) {
    let value = 0;
    for (let j = 0; j < 5; j++) value = value * 256 + (bytes[i + j] ?? 0);
    let group = '';
    for (let k = 0; k < 8; k++) {
      group = ALPHABET.charAt(value % 32) + group;
      value = Math.floor(value / 32);
    }
    text += group;
  }
  return text;
}
