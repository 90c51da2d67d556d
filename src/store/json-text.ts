import { TendError } from '../kernel/error.ts';
import { canonicalJson } from '../kernel/hash.ts';
import type { Json } from '../kernel/json.ts';

/** JSON in a text column, on both dialects: written by `jsonText`, read by `parseJsonText`. */
export type JsonText = string;

/** The canonical spelling of a value for a JSON column. @throws TypeError for NaN and the infinities. */
export function jsonText(value: Json): JsonText {
  return canonicalJson(value);
}

/** The value of a JSON column. @throws STATE_UNREADABLE when the text is not JSON, so the row was damaged. */
export function parseJsonText(text: JsonText): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new TendError('STATE_UNREADABLE', 'a stored record should hold JSON but does not', { cause });
  }
}
