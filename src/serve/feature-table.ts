import { TendError } from '../kernel/error.ts';

/** What a key value may be; null and NaN match no row. */
export type KeyValue = string | number | boolean | null | undefined;

/** One state of a feature table, as it was known at the moment `at`. */
export interface FeatureTable {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  readonly rows: number;
  /** Numbers by column in the order of `columns`, NaN where missing. */
  readonly values: readonly Float64Array[];
  /** The row of a key, its parts in the order of `key`; -1 where there is none. */
  readonly rowOf: (key: readonly KeyValue[]) => number;
}

/** Rows by the text of the last part of their key, below the texts of the parts before it. */
type Index = Map<string, Index | number>;

/**
 * Reads the text of a table file: `{table, at, key, columns, keys, values}`, `keys` a list for each part of
 * the key and `values` one for each column, all of one length. The check is by hand: a file of 5,000 rows is
 * read by every worker at every boundary, 1.3 ms of which 1.0 is JSON.parse.
 * @throws STATE_UNREADABLE when it is not one
 */
export function parseFeatureTable(text: string): FeatureTable {
  const file = objectOf(parseJson(text));
  const { at } = file;
  if (typeof file['table'] !== 'string') throw unreadable('table is no name');
  if (typeof at !== 'number' || !Number.isSafeInteger(at)) throw unreadable('at is no moment');
  const key = namesOf('key', file['key']);
  const columns = namesOf('columns', file['columns']);
  const keys = listsOf('keys', file['keys'], key.length);
  const lists = listsOf('values', file['values'], columns.length);
  const rows = keys[0]?.length ?? 0;
  for (const list of [...keys, ...lists]) {
    if (list.length !== rows) throw unreadable(`a list has ${list.length} values, ${rows} were expected`);
  }
  const values = lists.map((list, i) => numbersOf(list, columns[i] ?? ''));
  const index = indexOf(keys, rows);
  const depth = key.length;
  const rowOf = (parts: readonly KeyValue[]): number => {
    let found: Index | number | undefined = index;
    for (let i = 0; i < depth; i++) {
      const part = keyText(parts[i]);
      if (part === null || typeof found !== 'object') return -1;
      found = found.get(part);
    }
    return typeof found === 'number' ? found : -1;
  };
  return { at, key, columns, rows, values, rowOf };
}

/** Numbers and booleans match as they are written; null: it matches nothing. */
function keyText(value: KeyValue): string | null {
  if (typeof value === 'string') return value;
  return value === null || value === undefined || Number.isNaN(value) ? null : String(value);
}

/** Of rows with one key the last one counts; a row whose key is missing is found by nothing. */
function indexOf(keys: readonly (readonly unknown[])[], rows: number): Index {
  const index: Index = new Map();
  const [first = [], ...others] = keys;
  const last = others.length - 1;
  for (let row = 0; row < rows; row++) {
    let part = partOf(first[row]);
    let level: Index | undefined = index;
    for (let i = 0; i <= last && part !== null; i++) {
      const found: Index | number | undefined = level.get(part);
      const next: Index = typeof found === 'object' ? found : new Map();
      if (next !== found) level.set(part, next);
      level = next;
      part = partOf(others[i]?.[row]);
    }
    if (part !== null) level.set(part, row);
  }
  return index;
}

function partOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return keyText(value);
  throw unreadable('a key is neither a text nor a number');
}

function numbersOf(list: readonly unknown[], column: string): Float64Array {
  const numbers = new Float64Array(list.length);
  for (let i = 0; i < numbers.length; i++) {
    const value = list[i];
    if (typeof value === 'number') numbers[i] = value;
    else if (value === null) numbers[i] = Number.NaN;
    else throw unreadable(`a value of ${column} is not a number`);
  }
  return numbers;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw unreadable('it is no object');
  return value as Readonly<Record<string, unknown>>;
}

function namesOf(what: string, value: unknown): readonly string[] {
  const isNames = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
  if (!isNames) throw unreadable(`${what} is no list of names`);
  return value;
}

function listsOf(what: string, value: unknown, count: number): readonly (readonly unknown[])[] {
  const isLists = Array.isArray(value) && value.length === count && value.every(Array.isArray);
  if (!isLists) throw unreadable(`${what} are not ${count} lists`);
  return value as readonly (readonly unknown[])[];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TendError('STATE_UNREADABLE', 'the feature table is not JSON', { cause });
  }
}

function unreadable(reason: string): TendError {
  return new TendError('STATE_UNREADABLE', `the feature table is not one: ${reason}`);
}
