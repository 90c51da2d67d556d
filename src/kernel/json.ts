/** A value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Plain object form, for where a map is meant. */
export type JsonObject = { readonly [key: string]: Json };

/**
 * A typed object of JSON values as the JSON it is. Interfaces have no index signature, so the compiler cannot
 * see it; `canonicalJson`, which writes it, refuses what JSON cannot carry.
 */
export function asJson(value: object): JsonObject {
  return value as JsonObject;
}
