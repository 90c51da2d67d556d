import type { JsonText } from '../../../store/json-text.ts';

/** A text as JSON that both databases read: no U+0000, no half of a surrogate pair. */
export function textJson(text: string): JsonText {
  return JSON.stringify(text.replaceAll('\0', '\uFFFD').toWellFormed());
}

/** A double as JSON that is told from an integer. */
export function doubleJson(value: number): JsonText {
  if (!Number.isFinite(value)) return `{"$double":"${value}"}`;
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** Bytes as JSON. */
export function bytesJson(bytes: Uint8Array): JsonText {
  return `{"$bytes":"${Buffer.from(bytes).toString('base64')}"}`;
}
