import type { CategoryColumn, Frame } from '../../kernel/column.ts';
import type { CheckedExpression } from './check-expression.ts';
import { rowReader } from './compile-row.ts';
import type { Value } from './functions/meaning.ts';

/** Memoised values take at most this many places beyond one for each row: 8 MB. */
const PLACES_MIN = 1_000_000;

/**
 * Part of an expression that reads categories alone: its value depends on their levels, and is computed once
 * for each combination that occurs. Joining two columns of airports over 500,000 rows takes a fifth of the
 * time.
 */
export interface CategoryMemo {
  /** Combinations that there can be; one of each column's places is for missing. */
  readonly places: number;
  /** Number of the combination in a row. */
  readonly placeOf: (row: number) => number;
  readonly valueAt: (place: number) => Value;
}

/** The memo for a part; undefined where it reads other columns, or would have more combinations than pay. */
export function categoryMemo(part: CheckedExpression, frame: Frame): CategoryMemo | undefined {
  if (part.kind !== 'apply') return undefined;
  const names = new Set<string>();
  collectFields(part, names);
  const columns: CategoryColumn[] = [];
  let places = 1;
  for (const name of names) {
    const column = frame.columns[name];
    if (column?.kind !== 'category') return undefined;
    columns.push(column);
    places *= column.levels.length + 1;
  }
  if (places > Math.max(frame.rows, Math.min(PLACES_MIN, frame.rows * 4))) return undefined;
  const fields = [...names].map((name) => ({ name, type: 'string' as const }));
  const read = rowReader(part, fields);
  return { places, placeOf: placeReader(columns), valueAt: (place) => read(levelsAt(columns, place)) };
}

function collectFields(part: CheckedExpression, into: Set<string>): void {
  if (part.kind === 'field') into.add(part.name);
  if (part.kind === 'apply') for (const arg of part.args) collectFields(arg, into);
}

/** Places are numbers in a mixed base, the first column being the fastest. */
function placeReader(columns: readonly CategoryColumn[]): (row: number) => number {
  const [first, second, ...others] = columns;
  if (first === undefined) return () => 0;
  if (second === undefined) return (row) => (first.codes[row] as number) + 1;
  const base = first.levels.length + 1;
  if (others.length === 0) {
    return (row) => (first.codes[row] as number) + 1 + ((second.codes[row] as number) + 1) * base;
  }
  return (row) => {
    let place = 0;
    for (let i = columns.length - 1; i >= 0; i--) {
      const { codes, levels } = columns[i] as CategoryColumn;
      place = place * (levels.length + 1) + (codes[row] as number) + 1;
    }
    return place;
  };
}

function levelsAt(columns: readonly CategoryColumn[], place: number): (string | null)[] {
  let rest = place;
  return columns.map(({ levels }) => {
    const code = (rest % (levels.length + 1)) - 1;
    rest = Math.floor(rest / (levels.length + 1));
    return levels[code] ?? null;
  });
}
