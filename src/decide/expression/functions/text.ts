import { type Meaning, truth, type ValueType } from './meaning.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what ASCII means
const ASCII = /^[\0-\x7f]*$/;

type Text = string | null;

/**
 * Letter by letter, as databases do: a letter whose other case takes several letters stays as it is
 * (JavaScript makes SS of ß), and sigma does not look at its neighbours.
 */
function changeCase(
  text: string,
  change: (letter: string) => string,
  exceptions: Map<string, string>,
): string {
  let result = '';
  for (const letter of text) {
    const changed = exceptions.get(letter) ?? change(letter);
    result += changed.length > 1 && [...changed].length > 1 ? letter : changed;
  }
  return result;
}

const UPPER_EXCEPTIONS = new Map([['ß', 'ẞ']]);
const LOWER_EXCEPTIONS = new Map([['İ', 'i']]);

function upper(text: string): string {
  if (ASCII.test(text)) return text.toUpperCase();
  return changeCase(text, (letter) => letter.toUpperCase(), UPPER_EXCEPTIONS);
}

function lower(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return changeCase(text, (letter) => letter.toLowerCase(), LOWER_EXCEPTIONS);
}

/** Code points, not UTF-16 units. */
function length(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    if (text.charCodeAt(i) >= 0xd800 && text.charCodeAt(i) < 0xdc00) count--;
  }
  return count;
}

/**
 * `count` code points from place `start`, counted from 1, or from the end when negative; 0 is one place
 * before the first. A negative count takes what stands before the place. Places outside of the text hold
 * nothing (DuckDB).
 */
function substr(text: string, start: number, count: number): string {
  const size = length(text);
  const from = start < 0 ? size + start : start - 1;
  const first = Math.max(0, Math.min(from, from + count));
  const end = Math.max(0, Math.max(from, from + count));
  return size === text.length ? text.slice(first, end) : [...text].slice(first, end).join('');
}

function substrOf(text: Text, start: number, count: number): Text {
  if (text === null || Number.isNaN(start) || Number.isNaN(count)) return null;
  return substr(text, Math.trunc(start), Math.trunc(count));
}

/** Spaces of every script (Unicode category Zs) at both ends; tabs and line ends stay, as in DuckDB. */
function trim(text: string): string {
  return text.replace(/^\p{Zs}+/u, '').replace(/\p{Zs}+$/u, '');
}

function text1(result: ValueType, apply: (text: string) => string): Meaning {
  return { overloads: [{ args: ['string'], result, apply: (a: Text) => (a === null ? null : apply(a)) }] };
}

function predicate(apply: (text: string, part: string) => boolean): Meaning {
  const present = (a: Text, b: Text): number => (a === null || b === null ? Number.NaN : truth(apply(a, b)));
  return { overloads: [{ args: ['string', 'string'], result: 'boolean', apply: present }] };
}

/**
 * Text functions on code points. `concat` takes a missing part as empty, `||` gives missing, as in DuckDB.
 */
export const TEXT = {
  lower: text1('string', lower),
  upper: text1('string', upper),
  trim: text1('string', trim),
  length: {
    overloads: [
      { args: ['string'], result: 'number', apply: (a: Text) => (a === null ? Number.NaN : length(a)) },
    ],
  },
  substr: {
    overloads: [
      { args: ['string', 'number', 'number'], result: 'string', apply: substrOf },
      {
        args: ['string', 'number'],
        result: 'string',
        apply: (a: Text, start: number) => substrOf(a, start, Number.MAX_SAFE_INTEGER),
      },
    ],
  },
  concat: {
    overloads: [
      { args: ['string', 'string'], result: 'string', apply: (a: Text, b: Text) => (a ?? '') + (b ?? '') },
    ],
  },
  '||': {
    overloads: [
      {
        args: ['string', 'string'],
        result: 'string',
        apply: (a: Text, b: Text) => (a === null || b === null ? null : a + b),
      },
    ],
  },
  starts_with: predicate((text, part) => text.startsWith(part)),
  contains: predicate((text, part) => text.includes(part)),
} as const satisfies Record<string, Meaning>;
