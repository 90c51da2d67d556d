import { sha256 } from '../kernel/hash.ts';

/** The strong entity tag of a body (RFC 9110 §8.8.3). */
export function entityTag(body: string | Uint8Array): string {
  return `"${sha256(body).slice(0, 32)}"`;
}

/** Whether an `If-Match` or `If-None-Match` value names the tag; `*` names every one. */
export function namesTag(header: string, tag: string): boolean {
  return header.split(',').some((part) => {
    const text = part.trim();
    return text === '*' || text === tag || text === `W/${tag}`;
  });
}
