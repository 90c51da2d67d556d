import { timingSafeEqual } from 'node:crypto';
import type { Random } from '../../kernel/clock.ts';
import { sha256 } from '../../kernel/hash.ts';

/** 256 bits: beyond guessing, so that a plain SHA-256 protects it as well as a slow hash would. */
const SECRET_BYTES = 32;

const TOKEN = /^tend_([0-9a-hjkmnp-tv-z]{26})_([A-Za-z0-9_-]{43})$/;

/** The text that its owner is shown once, and what is kept of it. `tokenId` is the id of the row, `tok_…`. */
export function newTokenSecret(
  tokenId: string,
  random: Random,
): { readonly text: string; readonly hash: string } {
  const secret = Buffer.from(random.bytes(SECRET_BYTES)).toString('base64url');
  return { text: `tend_${tokenId.replace(/^tok_/, '')}_${secret}`, hash: sha256(secret) };
}

/** Id and secret in the text of a token; undefined when it is not one. */
export function parseToken(text: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = TOKEN.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id: `tok_${id}`, secret };
}

/** Whether a secret is the one behind a hash; takes as long for every wrong one. */
export function matchesSecret(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(secret), 'hex'), Buffer.from(hash, 'hex'));
}
