import { z } from 'zod';
import { TendError } from '../kernel/error.ts';

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const tableFile = z.strictObject({
  table: z.string(),
  at: z.number().int(),
  key: z.array(z.string()).min(1),
  columns: z.array(z.string()).min(1),
  rows: z.array(z.array(cell)),
});

/** One state of a feature table, as it was known at the moment `at`. */
export interface FeatureTable {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /** Joined key (`joinKey`) to a row of numbers in the order of `columns`, NaN where missing. */
  readonly rows: ReadonlyMap<string, Float64Array>;
}

/** What a key value may be; null and NaN match no row. */
export type KeyValue = string | number | boolean | null | undefined;

/**
 * The key values as one text, or null when one is missing. Parts of a key of several values carry their
 * length, so that no two keys join to the same text, whatever a client puts into them.
 */
export function joinKey(values: readonly KeyValue[]): string | null {
  let joined = '';
  for (const value of values) {
    if (value === null || value === undefined || Number.isNaN(value)) return null;
    const text = typeof value === 'string' ? value : String(value);
    if (values.length === 1) return text;
    joined += `${text.length}:${text}`;
  }
  return joined;
}

/** Reads the text of a table file. @throws STATE_UNREADABLE when it is not one. */
export function parseFeatureTable(text: string): FeatureTable {
  const parsed = tableFile.safeParse(parseJson(text));
  if (!parsed.success) throw unreadable(z.prettifyError(parsed.error));
  const { at, key, columns, rows } = parsed.data;
  const map = new Map<string, Float64Array>();
  for (const row of rows) {
    if (row.length !== key.length + columns.length) {
      throw unreadable(`a row has ${row.length} values, ${key.length + columns.length} were expected`);
    }
    const joined = joinKey(row.slice(0, key.length));
    if (joined === null) continue;
    map.set(joined, Float64Array.from(row.slice(key.length), cellNumber));
  }
  return { at, key, columns, rows: map };
}

function cellNumber(value: string | number | boolean | null): number {
  if (value === null) return Number.NaN;
  if (typeof value === 'string') throw unreadable(`the column value "${value}" is not a number`);
  return Number(value);
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
