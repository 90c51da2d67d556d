/** A stream of numbers that depends on its seed alone, the same on every machine. */
export interface SeededRandom {
  /** Uniform in [0, 1), 32 random bits. */
  readonly next: () => number;
  /** Uniform whole number in [0, bound); `bound` at most 2^32. */
  readonly below: (bound: number) => number;
}

/** Rounds after which the state no longer shows the seed (the author's own test uses 12 to 15). */
const WARM_UP_ROUNDS = 15;

/**
 * sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, period at least 2^32.
 * `stream` tells apart streams of one seed, such as the trees of one fit. Both are taken modulo 2^32.
 */
export function seededRandom(seed: number, stream = 0): SeededRandom {
  let a = seed >>> 0;
  let b = stream >>> 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const bits = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let i = 0; i < WARM_UP_ROUNDS; i++) bits();
  const next = (): number => bits() / 4_294_967_296;
  return { next, below: (bound) => Math.floor(next() * bound) };
}

/**
 * A well mixed whole number in [0, 2^32) of a whole number (the finalizer of MurmurHash3, Austin Appleby).
 */
export function hashInteger(value: number, seed: number): number {
  let hash = Math.imul(value ^ seed, 0x85ebca6b) ^ Math.imul(seed, 0x9e3779b9);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
