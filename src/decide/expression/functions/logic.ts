import { type Meaning, type Overload, truth, VALUE_TYPES, type Value, type ValueType } from './meaning.ts';
import { compareText } from './text-order.ts';

type NumberPair = (a: number, b: number) => number;
type TextPair = (a: string, b: string) => number;

const NUMERIC = VALUE_TYPES.filter((type) => type !== 'string');

/** The same comparison on every type; `text` is called with strings that are there. */
function comparison(numbers: NumberPair, text: TextPair): Meaning {
  const onText = (a: string | null, b: string | null): number =>
    a === null || b === null ? Number.NaN : text(a, b);
  return { overloads: perType(2, numbers, onText, 'boolean') };
}

/** One overload for each type, all arguments of that type. Without `result` it is the type itself. */
function perType(
  arity: number,
  numbers: (a: number, b: number) => Value,
  text: (a: string | null, b: string | null) => Value,
  result?: ValueType,
): Overload[] {
  const overload = (type: ValueType, apply: Overload['apply']): Overload => ({
    args: Array.from({ length: arity }, () => type),
    result: result ?? type,
    apply,
  });
  return [...NUMERIC.map((type) => overload(type, numbers)), overload('string', text)];
}

/** What two numbers that are not equal give, if both are there. */
function unequal(a: number, b: number, known: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : known;
}

/** Three-valued: false and anything is false. */
function and(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  return a === 1 && b === 1 ? 1 : Number.NaN;
}

/** Three-valued: true or anything is true. */
function or(a: number, b: number): number {
  if (a === 1 || b === 1) return 1;
  return a === 0 && b === 0 ? 0 : Number.NaN;
}

function pickNumber(better: (a: number, b: number) => boolean): NumberPair {
  return (a, b) => (Number.isNaN(a) || better(b, a) ? b : a);
}

function pickText(better: (order: number) => boolean): (a: string | null, b: string | null) => string | null {
  return (a, b) => {
    if (a === null) return b;
    return b !== null && better(compareText(b, a)) ? b : a;
  };
}

/** `case when a then b else c end`; a missing condition counts as false. */
const choose: Meaning = {
  overloads: VALUE_TYPES.map((type) => ({
    args: ['boolean', type, type] as const,
    result: type,
    apply: (a: number, b: Value, c: Value) => (a === 1 ? b : c),
  })),
};

const binaryBoolean = (apply: NumberPair): Meaning => ({
  overloads: [{ args: ['boolean', 'boolean'], result: 'boolean', apply }],
});

/** Comparison and three-valued logic; missing is compared as unknown, never as equal. */
export const LOGIC = {
  '=': comparison(
    (a, b) => (a === b ? 1 : unequal(a, b, 0)),
    (a, b) => truth(a === b),
  ),
  '<>': comparison(
    (a, b) => (a === b ? 0 : unequal(a, b, 1)),
    (a, b) => truth(a !== b),
  ),
  '<': comparison(
    (a, b) => (a < b ? 1 : a >= b ? 0 : Number.NaN),
    (a, b) => truth(compareText(a, b) < 0),
  ),
  '<=': comparison(
    (a, b) => (a <= b ? 1 : a > b ? 0 : Number.NaN),
    (a, b) => truth(compareText(a, b) <= 0),
  ),
  '>': comparison(
    (a, b) => (a > b ? 1 : a <= b ? 0 : Number.NaN),
    (a, b) => truth(compareText(a, b) > 0),
  ),
  '>=': comparison(
    (a, b) => (a >= b ? 1 : a < b ? 0 : Number.NaN),
    (a, b) => truth(compareText(a, b) >= 0),
  ),
  and: binaryBoolean(and),
  or: binaryBoolean(or),
  not: { overloads: [{ args: ['boolean'], result: 'boolean', apply: (a: number) => 1 - a }] },
  is_null: {
    overloads: perType(
      1,
      (a) => truth(Number.isNaN(a)),
      (a) => truth(a === null),
      'boolean',
    ),
  },
  is_not_null: {
    overloads: perType(
      1,
      (a) => truth(!Number.isNaN(a)),
      (a) => truth(a !== null),
      'boolean',
    ),
  },
  case: choose,
  coalesce: {
    overloads: perType(
      2,
      (a, b) => (Number.isNaN(a) ? b : a),
      (a, b) => a ?? b,
    ),
  },
  greatest: {
    overloads: perType(
      2,
      pickNumber((b, a) => b > a),
      pickText((order) => order > 0),
    ),
  },
  least: {
    overloads: perType(
      2,
      pickNumber((b, a) => b < a),
      pickText((order) => order < 0),
    ),
  },
} as const satisfies Record<string, Meaning>;
