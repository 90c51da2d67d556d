import { createHash } from 'node:crypto';

/**
 * The one spelling of a JSON value: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * prints them (RFC 8785, JSON Canonicalization Scheme). `undefined` members are left out; NaN and the
 * infinities are refused, since JSON has no spelling for them.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonical JSON has no spelling for ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') return canonicalObject(value as Record<string, unknown>);
  throw new TypeError(`canonical JSON has no spelling for a ${typeof value}`);
}

function canonicalObject(value: Record<string, unknown>): string {
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The hash by which a JSON value is known: SHA-256 of its canonical spelling. */
export function hashJson(value: unknown): string {
  return sha256(canonicalJson(value));
}
