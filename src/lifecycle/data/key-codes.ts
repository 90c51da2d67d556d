import type { Column } from '../../kernel/column.ts';

/** One part of a feature table's key as small whole numbers, in the order of its values. */
export interface KeyCodes {
  /** How many values there are. */
  readonly count: number;
  /** Code of the history's own row. */
  readonly own: (row: number) => number;
  /**
   * Codes of other rows; NaN for a value that the history does not know, for a missing one, for another
   * type.
   */
  readonly of: (column: Column | undefined) => (row: number) => number;
}

/** Numbers the values of a key column of a history, which has no missing ones. */
export function keyCodes(column: Column): KeyCodes {
  if (column.kind === 'category') {
    const codeOf = new Map(column.levels.map((level, code) => [level, code]));
    return { count: column.levels.length, own: (row) => column.codes[row] as number, of: textCodes(codeOf) };
  }
  const { values } = column;
  const codeOf = new Map(
    Float64Array.from(new Set(values))
      .sort()
      .entries()
      .map(([code, value]) => [value, code]),
  );
  const code = (value: number): number => codeOf.get(value) ?? Number.NaN;
  return {
    count: codeOf.size,
    own: (row) => code(values[row] as number),
    of: (other) => {
      if (other === undefined || other.kind === 'category') return () => Number.NaN;
      return (row) => code(other.values[row] as number);
    },
  };
}

function textCodes(codeOf: ReadonlyMap<string, number>): KeyCodes['of'] {
  return (column) => {
    if (column?.kind !== 'category') return () => Number.NaN;
    const translated = Float64Array.from(column.levels, (level) => codeOf.get(level) ?? Number.NaN);
    return (row) => translated[column.codes[row] as number] ?? Number.NaN;
  };
}
