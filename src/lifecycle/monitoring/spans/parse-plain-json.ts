import type { JsonText } from '../../../store/json-text.ts';

/** A value of an attribute: whole numbers are integers, all other doubles `{ $double }` or fractions. */
export type Plain =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Plain[]
  | { readonly [name: string]: Plain };

/** Numbers that JavaScript would not tell apart from others: `1.0`, `1e30`, those of more than 53 bits. */
const SUBTLE = /\d\.0|\d{16}|\d[eE]/;

/** JSON in which `1` and `1.0` stay apart and integers of 64 bits exact. */
export function parsePlainJson(text: JsonText): Plain {
  // Looking at each number costs five times what parsing does, and few texts need it.
  return (SUBTLE.test(text) ? JSON.parse(text, plainNumber) : JSON.parse(text)) as Plain;
}

/** The third argument tells how a number was spelled (ECMAScript, JSON.parse source text access). */
function plainNumber(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  if (/^-?\d+$/.test(context.source)) return Number.isSafeInteger(value) ? value : BigInt(context.source);
  return Number.isInteger(value) ? { $double: value } : value;
}
