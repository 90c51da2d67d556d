import { buildReader, type Reader } from './build-reader.ts';
import { type CheckedExpression, checkExpression } from './check-expression.ts';
import type { Expression, Field } from './expression.ts';
import type { Value } from './functions/meaning.ts';

/**
 * A row by the order of its fields: numbers, booleans (0, 1), times (milliseconds UTC), strings; null is
 * missing.
 */
export type Row = readonly (number | string | null)[];

/**
 * An expression as a function of one row. Booleans come out as 0 and 1, times as milliseconds UTC, missing as
 * null.
 * @throws SPEC_INVALID where names or types do not fit
 */
export function compileRow(
  expression: Expression,
  fields: readonly Field[],
): (row: Row) => number | string | null {
  const reader = rowReader(checkExpression(expression, fields), fields);
  return (row) => {
    const value = reader(row);
    return typeof value === 'number' && Number.isNaN(value) ? null : value;
  };
}

/** The same for a checked expression, where a missing number stays NaN. */
export function rowReader(expression: CheckedExpression, fields: readonly Field[]): Reader<Row> {
  const places = new Map(fields.map((field, i) => [field.name, i]));
  return buildReader<Row>(expression, (part) => {
    if (part.kind !== 'field') return undefined;
    const place = places.get(part.name) ?? -1;
    if (part.type === 'string') return (row) => row[place] as Value;
    return (row) => row[place] ?? Number.NaN;
  });
}
