import { canonicalJson, sha256 } from '../kernel/hash.ts';
import type { JsonText } from './json-text.ts';

/** Chain of what belongs to no project: accounts, tokens, the server's own life. */
export const SERVER_CHAIN = 'server';

/** `prev` of the first entry of every chain. */
export const GENESIS_HASH = '0'.repeat(64);

/** Chain of one project. The slash keeps a project called `server` apart from `SERVER_CHAIN`. */
export function projectChain(project: string): string {
  return `project/${project}`;
}

/** An entry at its place in a chain, all but its own hash. */
export interface UnhashedEntry {
  readonly chain: string;
  /** 1 for the first entry. */
  readonly seq: number;
  /** Wall time, milliseconds UTC. */
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  /** Canonical JSON of an object. */
  readonly body: JsonText;
  /** Hash of the entry before, `GENESIS_HASH` for the first. */
  readonly prev: string;
}

/** An entry as it is kept. */
export interface LedgerEntry extends UnhashedEntry {
  readonly hash: string;
}

/**
 * SHA-256 of the canonical JSON (RFC 8785) of the entry without its hash. The text is put together by hand,
 * members sorted, as `body` is canonical already: parsing it only to print it again would cost the writer
 * most.
 */
export function ledgerHash(entry: UnhashedEntry): string {
  const text =
    `{"action":${canonicalJson(entry.action)},"actor":${canonicalJson(entry.actor)},"at":${entry.at},` +
    `"body":${entry.body},"chain":${canonicalJson(entry.chain)},"prev":"${entry.prev}","seq":${entry.seq},` +
    `"subject":${canonicalJson(entry.subject)}}`;
  return sha256(text);
}
