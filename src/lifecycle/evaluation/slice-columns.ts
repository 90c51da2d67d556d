import type { CategoryColumn, Column } from '../../kernel/column.ts';
import { TendError } from '../../kernel/error.ts';
import type { Examples } from '../data/index.ts';

/** A number feature with more values than this makes no readable slices. */
const LEVELS_MAX = 400;

/**
 * A feature as a category to slice by; whole numbers become levels in their own order. @throws SPEC_INVALID.
 */
export function sliceColumn(examples: Examples, name: string): CategoryColumn {
  const column = examples.features.columns[name] ?? examples.fields.columns[name];
  if (column === undefined) {
    const known = Object.keys(examples.features.columns).join(', ');
    throw new TendError('SPEC_INVALID', `there is no feature ${name} to slice by; known: ${known}`);
  }
  return column.kind === 'category' ? column : numberLevels(column, name);
}

function numberLevels(column: Exclude<Column, CategoryColumn>, name: string): CategoryColumn {
  const found = new Set<number>();
  for (const value of column.values) {
    if (!Number.isNaN(value)) found.add(value);
    if (found.size > LEVELS_MAX) {
      throw new TendError(
        'SPEC_INVALID',
        `${name} has more than ${LEVELS_MAX} values: slice by a coarser feature`,
      );
    }
  }
  const sorted = [...found].sort((a, b) => a - b);
  const codeOf = new Map(sorted.map((value, code) => [value, code]));
  const codes = Int32Array.from(column.values, (value) => codeOf.get(value) ?? -1);
  return { kind: 'category', codes, levels: sorted.map(String) };
}
