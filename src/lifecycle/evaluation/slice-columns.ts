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
  const codeOf = new Map<number, number>();
  const first = new Int32Array(column.values.length);
  for (let i = 0; i < first.length; i++) {
    const value = column.values[i] as number;
    if (Number.isNaN(value)) {
      first[i] = -1;
      continue;
    }
    let code = codeOf.get(value);
    if (code === undefined) {
      code = codeOf.size;
      codeOf.set(value, code);
    }
    first[i] = code;
    if (codeOf.size <= LEVELS_MAX) continue;
    throw new TendError(
      'SPEC_INVALID',
      `${name} has more than ${LEVELS_MAX} values: slice by a coarser feature`,
    );
  }
  const sorted = [...codeOf.keys()].sort((a, b) => a - b);
  const placeOf = Int32Array.from(codeOf.keys(), (value) => sorted.indexOf(value));
  return {
    kind: 'category',
    codes: first.map((code) => (code < 0 ? -1 : (placeOf[code] as number))),
    levels: sorted.map(String),
  };
}
