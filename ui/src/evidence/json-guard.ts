import type { Json, JsonObject } from './json.ts';

type Guard = (value: Json) => boolean;

/** A plain object; arrays and null are none. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isString(value: Json | undefined): value is string {
  return typeof value === 'string';
}

export function isNumber(value: Json | undefined): value is number {
  return typeof value === 'number';
}

/** A string, number, boolean or null. */
export function isPrimitive(value: Json | undefined): value is string | number | boolean | null {
  return value === null || (value !== undefined && typeof value !== 'object');
}

export function isStringIn(words: readonly string[]): Guard {
  return (value) => isString(value) && words.includes(value);
}

export function isArrayOf(guard: Guard): (value: Json | undefined) => boolean {
  return (value) => Array.isArray(value) && value.every(guard);
}

export function isOptional(value: Json | undefined, guard: Guard): boolean {
  return value === undefined || guard(value);
}
