import type { Clock } from '../kernel/clock.ts';

/** A reply kept for a repeated request. */
export interface KeptReply {
  readonly status: number;
  readonly body: string;
}

/** What a key means to the request that carries it. */
export type IdempotencyClaim =
  | { readonly kind: 'new' }
  /** Carried out before: the same reply again. */
  | { readonly kind: 'kept'; readonly reply: KeptReply }
  /** The first request with this key has no reply yet. */
  | { readonly kind: 'running' }
  /** The key came with another body before. */
  | { readonly kind: 'other' };

/** Port: remembers what was answered to a key. `fingerprint` is the hash of what was asked. */
export interface IdempotencyStore {
  readonly claim: (key: string, fingerprint: string) => Promise<IdempotencyClaim>;
  readonly keep: (key: string, reply: KeptReply) => Promise<void>;
  /** Forgets a claim whose request failed, so that a retry is carried out. */
  readonly release: (key: string) => Promise<void>;
}

const KEEP_MS = 24 * 3_600_000;
const ENTRIES_MAX = 10_000;
/** Total of the bodies. With the entries it bounds what a client can make the server hold. */
const CHARS_MAX = 32 * 1024 * 1024;

interface Entry {
  readonly fingerprint: string;
  readonly atMs: number;
  readonly reply?: KeptReply;
}

/**
 * Replies in memory for 24 hours, at most 10,000 of them and 32 MiB; the oldest go first. They end with the
 * process, on purpose: a reply may hold a secret that is shown once, which must not be written anywhere.
 */
export function memoryIdempotency(clock: Clock): IdempotencyStore {
  const entries = new Map<string, Entry>();
  let chars = 0;
  const drop = (key: string, entry: Entry): void => {
    chars -= entry.reply?.body.length ?? 0;
    entries.delete(key);
  };
  const trim = (): void => {
    for (const [key, entry] of entries) {
      const old = clock.now() - entry.atMs > KEEP_MS;
      if (!old && entries.size <= ENTRIES_MAX && chars <= CHARS_MAX) return;
      drop(key, entry);
    }
  };
  return {
    claim: async (key, fingerprint) => {
      trim();
      const entry = entries.get(key);
      if (entry === undefined) {
        entries.set(key, { fingerprint, atMs: clock.now() });
        return { kind: 'new' };
      }
      if (entry.fingerprint !== fingerprint) return { kind: 'other' };
      return entry.reply === undefined ? { kind: 'running' } : { kind: 'kept', reply: entry.reply };
    },
    keep: async (key, reply) => {
      const entry = entries.get(key);
      if (entry === undefined) return;
      entries.set(key, { ...entry, reply });
      chars += reply.body.length;
      trim();
    },
    release: async (key) => {
      const entry = entries.get(key);
      if (entry !== undefined) drop(key, entry);
    },
  };
}
