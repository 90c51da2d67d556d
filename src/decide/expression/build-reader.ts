import type { CheckedExpression } from './check-expression.ts';
import type { Value } from './functions/meaning.ts';

/** Gives the value of an expression for one row, whatever a row is. */
export type Reader<R> = (row: R) => Value;

type Apply1 = (a: Value) => Value;
type Apply2 = (a: Value, b: Value) => Value;
type Apply3 = (a: Value, b: Value, c: Value) => Value;

/**
 * Closures for an expression; `leaf` may answer for any part of it, and must for fields. Rows of requests and
 * rows of columns differ in their leaves alone, so what is computed cannot differ.
 */
export function buildReader<R>(
  expression: CheckedExpression,
  leaf: (part: CheckedExpression) => Reader<R> | undefined,
): Reader<R> {
  const own = leaf(expression);
  if (own !== undefined) return own;
  if (expression.kind === 'constant') {
    const { value } = expression;
    return () => value;
  }
  if (expression.kind === 'field') throw new TypeError(`no leaf reads the field ${expression.name}`);
  const [a, b, c] = expression.args.map((arg) => buildReader(arg, leaf));
  // The check chose an overload of these very argument types; the table's own types end there.
  const apply = expression.apply as unknown;
  if (a === undefined) return apply as Reader<R>;
  if (b === undefined) {
    const apply1 = apply as Apply1;
    return (row) => apply1(a(row));
  }
  if (c === undefined) {
    const apply2 = apply as Apply2;
    return (row) => apply2(a(row), b(row));
  }
  const apply3 = apply as Apply3;
  return (row) => apply3(a(row), b(row), c(row));
}
