import type { FieldError } from '../kernel/error.ts';
import { parseTime } from './expression/parse-time.ts';
import type { ReleaseKey, ReleaseManifest } from './release.ts';

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
 * milliseconds. A member called as the key is let through.
 */
export function instanceReader(
  fields: readonly ReleaseField[],
  key: ReleaseKey | null = null,
): InstanceReader {
  const readRight = rightReader(fields, key);
  const report = mistakeReader(fields, key);
  return (instance, path, errors) => {
    const values = readRight(instance);
    if (values !== undefined) return values;
    report(instance, path, errors);
    return [];
  };
}

type Given = Readonly<Record<string, unknown>>;

/**
 * Reads an instance that is right, field by field; undefined where anything is wrong with it. What is wrong
 * is found out in a second reading: reading each member by its name took twice as long.
 */
function rightReader(
  fields: readonly ReleaseField[],
  key: ReleaseKey | null,
): (instance: unknown) => (number | string | null)[] | undefined {
  const names = fields.map((field) => field.name);
  const parsers = fields.map((field) => ({ parse: PARSERS[field.type], nullable: field.nullable }));
  // What every object inherits is not given, so such names are looked at more closely.
  const inherited = names.map((name) => name in Object.prototype);
  const extraKey = key !== null && !names.includes(key.name) ? key.name : null;
  return (instance) => {
    if (typeof instance !== 'object' || instance === null || Array.isArray(instance)) return undefined;
    const given = instance as Given;
    const values: (number | string | null)[] = [];
    let present = extraKey !== null && Object.hasOwn(given, extraKey) ? 1 : 0;
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const { parse, nullable } = parsers[i] as (typeof parsers)[number];
      const value = inherited[i] === true && !Object.hasOwn(given, name) ? undefined : given[name];
      if (value !== undefined) present++;
      if (value === undefined || value === null) {
        if (!nullable) return undefined;
        values.push(null);
        continue;
      }
      const parsed = parse(value);
      if (parsed instanceof Mistake) return undefined;
      values.push(parsed);
    }
    let members = 0;
    for (const _ in given) members++;
    return members === present ? values : undefined;
  };
}

/** Finds everything that is wrong with an instance. */
function mistakeReader(
  fields: readonly ReleaseField[],
  key: ReleaseKey | null,
): (instance: unknown, path: string, errors: FieldError[]) => void {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return (instance, path, errors) => {
    if (typeof instance !== 'object' || instance === null || Array.isArray(instance)) {
      errors.push({ path, message: `expected an object of named fields, got ${describe(instance)}` });
      return;
    }
    const report = (name: string, message: string): void => {
      const short = name.slice(0, TEXT_LENGTH_MAX);
      if (errors.length < MISTAKES_MAX) {
        errors.push({ path: path === '' ? short : `${path}.${short}`, message });
      }
    };
    for (const [name, value] of Object.entries(instance)) {
      const field = byName.get(name);
      if (field === undefined) {
        if (name !== key?.name) report(name, 'expected no such field');
        continue;
      }
      if (value === null && field.nullable) continue;
      const parsed = PARSERS[field.type](value);
      if (parsed instanceof Mistake) report(name, parsed.message);
    }
    for (const { name, nullable } of fields) {
      if (!Object.hasOwn(instance, name) && !nullable) report(name, 'expected this field, it is missing');
    }
  };
}

/** Reads the business key of one instance: null where it is null or not given. */
export function keyReader(
  key: ReleaseKey | null,
): (instance: unknown, path: string, errors: FieldError[]) => number | string | null {
  if (key === null) return () => null;
  const { name } = key;
  const parse = PARSERS[key.type];
  return (instance, path, errors) => {
    if (typeof instance !== 'object' || instance === null || !Object.hasOwn(instance, name)) return null;
    const value = (instance as Readonly<Record<string, unknown>>)[name];
    if (value === null) return null;
    const parsed = parse(value);
    if (!(parsed instanceof Mistake)) return parsed;
    errors.push({ path: path === '' ? name : `${path}.${name}`, message: parsed.message });
    return null;
  };
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
