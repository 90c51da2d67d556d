import { formatTime, parseTime } from '../parse-time.ts';
import type { Meaning } from './meaning.ts';

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const TRUE = new Set(['true', 't', '1', 'yes', 'y']);
const FALSE = new Set(['false', 'f', '0', 'no', 'n']);
/** Beyond this a `Date` has no text (ECMA-262, time range). */
const TIME_MS_MAX = 8.64e15;

function textToNumber(text: string | null): number {
  if (text === null) return Number.NaN;
  const trimmed = text.trim();
  const value = DECIMAL.test(trimmed) ? Number(trimmed) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

function textToBoolean(text: string | null): number {
  if (text === null) return Number.NaN;
  const word = text.toLowerCase();
  if (TRUE.has(word)) return 1;
  return FALSE.has(word) ? 0 : Number.NaN;
}

function numberToText(value: number): string | null {
  if (Number.isNaN(value)) return null;
  return value === 0 ? '0' : String(value);
}

function booleanToText(value: number): string | null {
  if (Number.isNaN(value)) return null;
  return value === 0 ? 'false' : 'true';
}

function timeToText(ms: number): string | null {
  return Math.abs(ms) <= TIME_MS_MAX ? formatTime(ms) : null;
}

function numberToBoolean(value: number): number {
  if (Number.isNaN(value)) return value;
  return value === 0 ? 0 : 1;
}

const same = (value: number): number => value;

/**
 * Changes of type, as SQL's TRY_CAST: what cannot be read is missing. Numbers are written as ECMAScript does,
 * so a whole number has no `.0`. A time's offset is honoured (a TIMESTAMP cast in DuckDB drops it).
 */
export const CAST = {
  cast_number: {
    overloads: [
      { args: ['number'], result: 'number', apply: same },
      { args: ['string'], result: 'number', apply: textToNumber },
      { args: ['boolean'], result: 'number', apply: same },
    ],
  },
  cast_string: {
    overloads: [
      { args: ['string'], result: 'string', apply: (text: string | null) => text },
      { args: ['number'], result: 'string', apply: numberToText },
      { args: ['boolean'], result: 'string', apply: booleanToText },
      { args: ['time'], result: 'string', apply: timeToText },
    ],
  },
  cast_boolean: {
    overloads: [
      { args: ['boolean'], result: 'boolean', apply: same },
      { args: ['number'], result: 'boolean', apply: numberToBoolean },
      { args: ['string'], result: 'boolean', apply: textToBoolean },
    ],
  },
  cast_time: {
    overloads: [
      { args: ['time'], result: 'time', apply: same },
      {
        args: ['string'],
        result: 'time',
        apply: (text: string | null) => (text === null ? Number.NaN : parseTime(text.trim())),
      },
    ],
  },
} as const satisfies Record<string, Meaning>;
