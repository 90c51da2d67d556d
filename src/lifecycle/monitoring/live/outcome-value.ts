import type { LogicalType, TableColumn } from '../../../table/table-schema.ts';
import { parseTime } from '../../../decide/expression/parse-time.ts';

/** Longer texts are no category; the same bound as on the fields of a request. */
const TEXT_LENGTH_MAX = 1_000;

/** What an outcome says, by raw column; or what is wrong with it, in words. */
export type OutcomeValues =
  | { readonly values: Readonly<Record<string, number | string | boolean>> }
  | { readonly mistake: string };

/**
 * Reads the `value` of an outcome: a bare one where the source has exactly one outcome column, else an object
 * of the columns. Moments become milliseconds UTC.
 */
export function readOutcomeValue(value: unknown, columns: readonly TableColumn[]): OutcomeValues {
  const names = columns.map((column) => column.name).join(', ');
  const [only] = columns;
  if (typeof value !== 'object' || value === null) {
    if (only === undefined || columns.length > 1) return { mistake: `expected an object of ${names}` };
    return readColumns({ [only.name]: value }, columns);
  }
  if (Array.isArray(value)) return { mistake: `expected ${only?.name ?? 'a value'}, got an array` };
  const extra = Object.keys(value).find((name) => !columns.some((column) => column.name === name));
  if (extra !== undefined) return { mistake: `expected ${names}, got ${extra.slice(0, 100)}` };
  return readColumns(value as Readonly<Record<string, unknown>>, columns);
}

function readColumns(
  given: Readonly<Record<string, unknown>>,
  columns: readonly TableColumn[],
): OutcomeValues {
  const values: Record<string, number | string | boolean> = {};
  for (const { name, type } of columns) {
    const read = readCell(given[name], type);
    if (read === undefined)
      return { mistake: `${name}: expected ${EXPECTED[type]}, got ${shown(given[name])}` };
    values[name] = read;
  }
  return { values };
}

const EXPECTED: Readonly<Record<LogicalType, string>> = {
  integer: 'a whole number',
  number: 'a finite number',
  string: `a text of at most ${TEXT_LENGTH_MAX} characters`,
  time: 'an RFC 3339 time or milliseconds since 1970',
  boolean: 'true or false',
  other: 'a text',
};

function readCell(value: unknown, type: LogicalType): number | string | boolean | undefined {
  switch (type) {
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'time': {
      const ms =
        typeof value === 'string' ? parseTime(value) : typeof value === 'number' ? value : Number.NaN;
      return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? Math.floor(ms) : undefined;
    }
    case 'string':
    case 'other':
      return typeof value === 'string' && value.length <= TEXT_LENGTH_MAX ? value : undefined;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === null ? 'null' : 'an object';
}
