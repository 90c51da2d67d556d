import type { FieldError } from '../kernel/error.ts';
import { parseTime } from './expression/parse-time.ts';
import type { ReleaseManifest } from './release.ts';

/** Longer texts are no category or key of a table; a bound on what is hashed and logged. */
export const TEXT_LENGTH_MAX = 1_000;
/** ECMA-262, time range. */
const TIME_MS_MAX = 8.64e15;
/** Mistakes reported for one instance; nobody reads more, and an attacker could send many. */
const MISTAKES_MAX = 100;

type ReleaseField = ReleaseManifest['fields'][number];
type Parsed = number | string | null | Mistake;

/** What is wrong with one value, in words. */
class Mistake {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Reads one instance into values by the order of the fields; adds what is wrong with it to `errors`. */
export type InstanceReader = (
  instance: unknown,
  path: string,
  errors: FieldError[],
) => (number | string | null)[];

/**
 * Compiles the check of one JSON object of named fields: nothing missing, nothing extra, each of its type.
 * Numbers must be finite; booleans become 0 and 1; times (RFC 3339, ISO 8601 or epoch milliseconds)
 * milliseconds.
 */
export function instanceReader(fields: readonly ReleaseField[]): InstanceReader {
  const places = new Map(fields.map((field, i) => [field.name, i]));
  const parsers = fields.map((field) => ({ parse: PARSERS[field.type], nullable: field.nullable }));
  const names = fields.map((field) => field.name);
  return (instance, path, errors) => {
    const values = new Array<number | string | null>(names.length).fill(null);
    if (typeof instance !== 'object' || instance === null || Array.isArray(instance)) {
      errors.push({ path, message: `expected an object of named fields, got ${describe(instance)}` });
      return values;
    }
    const given = instance as Readonly<Record<string, unknown>>;
    const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
    const report = (name: string, message: string): void => {
      if (errors.length < MISTAKES_MAX) errors.push({ path: at(name.slice(0, TEXT_LENGTH_MAX)), message });
    };
    let present = 0;
    for (const name in given) {
      const place = places.get(name);
      const parser = parsers[place ?? -1];
      if (place === undefined || parser === undefined) {
        report(name, 'expected no such field');
        continue;
      }
      present++;
      const value = given[name];
      if (value === null && parser.nullable) continue;
      const parsed = parser.parse(value);
      if (parsed instanceof Mistake) report(name, parsed.message);
      else values[place] = parsed;
    }
    if (present < names.length) reportAbsent(given, names, parsers, report);
    return values;
  };
}

function reportAbsent(
  given: Readonly<Record<string, unknown>>,
  names: readonly string[],
  parsers: readonly { readonly nullable: boolean }[],
  report: (name: string, message: string) => void,
): void {
  names.forEach((name, i) => {
    if (!Object.hasOwn(given, name) && parsers[i]?.nullable !== true)
      report(name, 'expected this field, it is missing');
  });
}

const PARSERS: Readonly<Record<ReleaseField['type'], (value: unknown) => Parsed>> = {
  number: (value) =>
    typeof value === 'number' && Number.isFinite(value) ? value : wrong('a finite number', value),
  boolean: (value) => (typeof value === 'boolean' ? Number(value) : wrong('true or false', value)),
  string: (value) => {
    if (typeof value !== 'string') return wrong('a string', value);
    if (value.length <= TEXT_LENGTH_MAX) return value;
    return new Mistake(`expected at most ${TEXT_LENGTH_MAX} characters, got ${value.length}`);
  },
  time: (value) => {
    const ms =
      typeof value === 'number'
        ? Math.floor(value)
        : typeof value === 'string'
          ? parseTime(value)
          : Number.NaN;
    return Math.abs(ms) <= TIME_MS_MAX ? ms : wrong('an RFC 3339 time or milliseconds since 1970', value);
  },
};

function wrong(expected: string, value: unknown): Mistake {
  return new Mistake(`expected ${expected}, got ${describe(value)}`);
}

/** A value in a message: short, and no more of it than helps. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string')
    return `the string ${JSON.stringify(value.slice(0, 40))}${value.length > 40 ? '…' : ''}`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'an array' : 'an object';
}
