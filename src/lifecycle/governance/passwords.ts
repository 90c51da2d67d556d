import { type Argon2Parameters, argon2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Random } from '../../kernel/clock.ts';
import { TendError } from '../../kernel/error.ts';

/** Hashes and checks passwords. One for the process: it bounds how many are hashed at a time. */
export interface Passwords {
  /** PHC string of a new password. */
  readonly hash: (password: string) => Promise<string>;
  /** Whether a password is the one behind a PHC string. `undefined` costs as much as any and is never it. */
  readonly verify: (password: string, hash: string | undefined) => Promise<boolean>;
}

/**
 * OWASP's first choice for argon2id: 19 MiB, 2 passes, 1 lane (Password Storage Cheat Sheet, 2025); 44 ms on
 * one core of the machine it was measured on.
 */
const MEMORY_KIB = 19 * 1024;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Two at a time hold 38 MiB and leave half of the thread pool (4) to files. */
const CONCURRENT_MAX = 2;
/** 64 waiting are 1.5 s of work; who comes after that is told to come later. */
const WAITING_MAX = 64;

/** A PHC string as `hash` writes it: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

const derive: (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer> = promisify(argon2);

/** Passwords by argon2id (RFC 9106). @throws TOO_MANY from both functions when too many wait already */
export function argonPasswords(random: Random): Passwords {
  const slot = slots();
  const decoy = phc(random.bytes(SALT_BYTES), random.bytes(HASH_BYTES));
  return {
    hash: async (password) => {
      const salt = random.bytes(SALT_BYTES);
      const parameters = {
        message: password.normalize('NFC'),
        nonce: salt,
        memory: MEMORY_KIB,
        passes: PASSES,
        parallelism: LANES,
        tagLength: HASH_BYTES,
      };
      return phc(salt, await slot(() => derive('argon2id', parameters)));
    },
    verify: async (password, hash) => {
      const parts = PHC.exec(hash ?? decoy);
      if (parts === null)
        throw new TendError('STATE_UNREADABLE', 'a stored password hash is not one of argon2id');
      const [, memory, passes, lanes, salt = '', expected = ''] = parts;
      const tag = Buffer.from(expected, 'base64');
      const parameters = {
        message: password.normalize('NFC'),
        nonce: Buffer.from(salt, 'base64'),
        memory: Number(memory),
        passes: Number(passes),
        parallelism: Number(lanes),
        tagLength: tag.length,
      };
      const actual = await slot(() => derive('argon2id', parameters));
      return timingSafeEqual(actual, tag) && hash !== undefined;
    },
  };
}

function phc(salt: Uint8Array, tag: Uint8Array): string {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${text(salt)}$${text(tag)}`;
}

function slots(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= CONCURRENT_MAX) {
      if (waiting.length >= WAITING_MAX) throw new TendError('TOO_MANY', 'too many sign-ins wait already');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
