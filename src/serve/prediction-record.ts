import type { Json, JsonObject } from '../kernel/json.ts';

/**
 * One answered prediction as it stands in a segment: a line of JSON. Times are milliseconds since 1970 UTC.
 */
export interface PredictionRecord {
  readonly id: string;
  /** Arrival of the request, wall time. */
  readonly at: number;
  /** Event time: what the request said, else the arrival. */
  readonly t: number;
  readonly endpoint: string;
  /** SHA-256 of the release manifest that answered. */
  readonly release: string;
  readonly version: string;
  /** The raw fields as the client sent them. */
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
 * A line of a later version may carry more members; they are dropped.
 */
export function parsePredictionRecord(line: string): PredictionRecord | undefined {
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const record = value as JsonObject;
  const { id, at, t, endpoint, release, version, fields, features, prediction, latencyUs, error } = record;
  if (typeof id !== 'string' || typeof at !== 'number' || typeof t !== 'number') return undefined;
  if (typeof endpoint !== 'string' || typeof release !== 'string' || typeof version !== 'string')
    return undefined;
  if (!isObject(fields) || !isObject(features) || typeof latencyUs !== 'number') return undefined;
  if (typeof prediction !== 'number' && prediction !== null) return undefined;
  return {
    id,
    at,
    t,
    endpoint,
    release,
    version,
    fields,
    features: features as PredictionRecord['features'],
    prediction,
    latencyUs,
    error: error === true,
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
