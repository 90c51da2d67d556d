import type { Json, JsonObject } from '../kernel/json.ts';

/**
 * One answered prediction as it stands in a segment: a line of JSON. Times are milliseconds since 1970 UTC.
 */
export interface PredictionRecord {
  readonly id: string;
  /** The business key that came with the instance, by which its outcome may be told; null without one. */
  readonly key: string | number | null;
  /** Arrival of the request, wall time. */
  readonly at: number;
  /** Event time: what the request said, else the arrival. */
  readonly t: number;
  readonly endpoint: string;
  /** SHA-256 of the release manifest that answered. */
  readonly release: string;
  readonly version: string;
  /** The raw fields as the client sent them, without the key. */
  readonly fields: JsonObject;
  /** What the model was given, by input name; null where missing. */
  readonly features: Readonly<Record<string, number | string | null>>;
  /** Null when the model had no finite answer; then `error` is true. */
  readonly prediction: number | null;
  /** From the request's headers to the write of this record, microseconds. */
  readonly latencyUs: number;
  readonly error: boolean;
}

/**
 * The record in one line of a segment, or undefined when the line is none (a write that a kill cut short).
 * A line of a later version may carry more members; they stay and mean nothing.
 */
export function parsePredictionRecord(line: string): PredictionRecord | undefined {
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
  return isPredictionRecord(value) ? value : undefined;
}

/** Whether a parsed line is a record: every member there, each of its type. */
export function isPredictionRecord(value: unknown): value is PredictionRecord {
  if (!isObject(value)) return false;
  const { id, key, at, t, endpoint, release, version } = value;
  if (typeof id !== 'string' || typeof at !== 'number' || typeof t !== 'number') return false;
  if (typeof key !== 'string' && typeof key !== 'number' && key !== null) return false;
  if (typeof endpoint !== 'string' || typeof release !== 'string' || typeof version !== 'string')
    return false;
  const { fields, features, prediction, latencyUs, error } = value;
  if (!isObject(fields) || !isObject(features) || typeof latencyUs !== 'number') return false;
  return (typeof prediction === 'number' || prediction === null) && typeof error === 'boolean';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
