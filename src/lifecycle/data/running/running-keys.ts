/** One part of the keys that have occurred. */
export interface KeyLevels {
  readonly kind: 'string' | 'number';
  readonly levels: readonly (string | number)[];
}

/** The keys of a running table, numbered as they occur. */
export interface RunningKeys {
  readonly parts: readonly KeyLevels[];
  /** Places among the levels of each part, by key. */
  readonly codes: readonly (readonly number[])[];
  /** The key of a row, by columns; -1 where a part of it is missing. */
  readonly keyAt: (columns: readonly (Float64Array | readonly unknown[])[], row: number) => number;
}

/** Two places make one whole number that a double holds. */
const CODES_MAX = 2 ** 26;

/** `grown` is called for each new key. */
export function runningKeys(types: readonly ('number' | 'string')[], grown: () => void): RunningKeys {
  const parts = types.map((kind) => ({ kind, levels: [] as (string | number)[] }));
  const places = types.map(() => new Map<unknown, number>());
  const codes: number[][] = types.map(() => []);
  const keys = new Map<number | string, number>();
  const found: number[] = [];

  const placeOf = (part: number, value: unknown): number => {
    if (value === null || value === undefined || Number.isNaN(value)) return -1;
    const known = places[part]?.get(value);
    if (known !== undefined) return known;
    const place = (parts[part]?.levels.push(value as string | number) ?? 0) - 1;
    places[part]?.set(value, place);
    return place;
  };
  return {
    parts,
    codes,
    keyAt: (columns, row) => {
      // Places of two parts as one number; more as a text.
      let name: number | string = 0;
      for (let part = 0; part < parts.length; part++) {
        const place = placeOf(part, columns[part]?.[row]);
        if (place < 0) return -1;
        found[part] = place;
        name = part < 2 ? Number(name) * CODES_MAX + place : `${name},${place}`;
      }
      const known = keys.get(name);
      if (known !== undefined) return known;
      const key = keys.size;
      keys.set(name, key);
      for (const [part, list] of codes.entries()) list.push(found[part] as number);
      grown();
      return key;
    },
  };
}
