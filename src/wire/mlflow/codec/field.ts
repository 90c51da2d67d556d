import { invalid } from '../mlflow-error.ts';

/**
 * One field of a request, as proto3's JSON mapping has it with MLflow's liberties: integers of 64 bits as
 * numbers or texts, enumerations by name or number, null like absent. `name`: for the message, with the
 * names of what it lies in.
 */
export interface Field<T> {
  readonly kind: 'one' | 'list';
  readonly read: (value: unknown, name: string) => T;
}

/** Longest text that names nothing longer: a description, the source of a dataset. */
const TEXT_CHARS_MAX = 1_000_000;

/** A text of at most `max` characters; without U+0000, which no database of ours keeps. */
export function text(max = TEXT_CHARS_MAX): Field<string> {
  return {
    kind: 'one',
    read: (value, name) => {
      if (typeof value !== 'string') throw wrongType(value, name);
      if (value.length > max) {
        throw invalid(
          `Invalid value for parameter '${name}' supplied: it has ${value.length} characters, the maximum ` +
            `is ${max}.`,
        );
      }
      if (value.includes('\0'))
        throw invalid(`Invalid value for parameter '${name}' supplied: it holds U+0000.`);
      return value;
    },
  };
}

/** An id of a kind that MLflow numbers: a text, or the number itself. */
export function idText(): Field<string> {
  const plain = text(100);
  return {
    kind: 'one',
    read: (value, name) => plain.read(typeof value === 'number' ? String(value) : value, name),
  };
}

/** An integer, as a number or a text; within what a double holds exactly. */
export function int64(): Field<number> {
  return {
    kind: 'one',
    read: (value, name) => {
      const number =
        typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : (value as number);
      if (!Number.isSafeInteger(number)) throw wrongType(value, name);
      return number === 0 ? 0 : number;
    },
  };
}

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** A double; what JSON cannot spell comes as a text. */
export function double(): Field<number> {
  return {
    kind: 'one',
    read: (value, name) => {
      if (typeof value === 'number') return value;
      if (typeof value === 'string') {
        if (Object.hasOwn(SPECIAL, value)) return SPECIAL[value] as number;
        const number = Number(value);
        if (value.trim() !== '' && value.length < 400 && Number.isFinite(number)) return number;
      }
      throw wrongType(value, name);
    },
  };
}

/** true or false; in a query their names, as JSON or as Python spells them. */
export function flag(): Field<boolean> {
  return {
    kind: 'one',
    read: (value, name) => {
      if (typeof value === 'boolean') return value;
      if (value === 'true' || value === 'True') return true;
      if (value === 'false' || value === 'False') return false;
      throw wrongType(value, name);
    },
  };
}

/** One of these names, or its number; undefined for a name that nobody knows, which MLflow ignores. */
export function oneOf<T extends string>(numbers: Readonly<Record<T, number>>): Field<T | undefined> {
  const names = Object.entries(numbers) as [T, number][];
  return {
    kind: 'one',
    read: (value, name) => {
      if (typeof value !== 'string' && typeof value !== 'number') throw wrongType(value, name);
      return names.find(([known, number]) => known === value || number === value)?.[0];
    },
  };
}

/** Any number of them, at most `max`. */
export function list<T>(item: Field<T>, max = 100_000): Field<readonly T[]> {
  return {
    kind: 'list',
    read: (value, name) => {
      if (!Array.isArray(value)) throw wrongType(value, name);
      if (value.length > max)
        throw invalid(
          `Invalid value for parameter '${name}' supplied: ${value.length} items, at most ${max}.`,
        );
      return value.map((one, index) => item.read(one, `${name}[${index}]`));
    },
  };
}

/** The refusal of a value of another type, in the words that clients look for. */
export function wrongType(value: unknown, name: string): Error {
  const shown = JSON.stringify(value) ?? 'null';
  const short = shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
  return invalid(
    `Invalid value ${short} for parameter '${name}' supplied:  ` +
      `Hint: Value was of type '${typeName(value)}'. ` +
      'See the API docs for more information about request parameters.',
  );
}

/** As Python calls it, whose users read it. */
function typeName(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'dict';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  return Number.isInteger(value) ? 'int' : 'float';
}
