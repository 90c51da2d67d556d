import fc from 'fast-check';
import type { Expression, Field, FunctionName, ValueType } from './expression.ts';

/** Fields of the rows that random expressions read. */
export const FIELDS: readonly Field[] = [
  { name: 'x', type: 'number' },
  { name: 'n', type: 'number' },
  { name: 'b', type: 'boolean' },
  { name: 's', type: 'string' },
  { name: 'u', type: 'string' },
  { name: 't', type: 'time' },
];

/** A call in fewer words. */
export const call = (fn: FunctionName, ...args: readonly Expression[]): Expression => ({
  kind: 'call',
  fn,
  args,
});
/** A literal in fewer words. */
export const literal = (value: number | string | boolean): Expression => ({ kind: 'literal', value });
const fieldsOfType = (type: ValueType): fc.Arbitrary<Expression> =>
  fc.constantFrom(...FIELDS.filter((f) => f.type === type)).map(({ name }) => ({ kind: 'field', name }));

/** Texts that look like numbers, times and truths, and letters beyond ASCII. */
export const TEXTS = [
  '',
  'a',
  'Ab',
  'straße',
  'ΑΣ',
  '😀x',
  '￿',
  '  pad ',
  '12',
  ' -3.5e2',
  'true',
  'N',
  '2020-02-29',
];
const TIMES = [
  '1969-12-31 23:59:59.999',
  '2000-02-29 00:00:00',
  '2023-07-05 13:14:15.678',
  '2100-03-01 06:00:00',
];

type Arbitrary = fc.Arbitrary<Expression>;
type Parts = Readonly<Record<ValueType, Arbitrary>>;

const COMPARISONS = ['=', '<>', '<', '<=', '>', '>='] as const;

function unary(arg: Arbitrary, ...fns: FunctionName[]): Arbitrary {
  return fc.tuple(fc.constantFrom(...fns), arg).map(([fn, a]) => call(fn, a));
}

function binary(arg: Arbitrary, ...fns: FunctionName[]): Arbitrary {
  return fc.tuple(fc.constantFrom(...fns), arg, arg).map(([fn, x, y]) => call(fn, x, y));
}

function many(arg: Arbitrary, ...fns: FunctionName[]): Arbitrary {
  const args = fc.array(arg, { minLength: 2, maxLength: 4 });
  return fc.tuple(fc.constantFrom(...fns), args).map(([fn, list]) => call(fn, ...list));
}

function choice(b: Arbitrary, arg: Arbitrary): Arbitrary {
  return fc
    .tuple(b, arg, b, arg, fc.option(arg))
    .map(([c, v, d, w, otherwise]) => call('case', c, v, d, w, ...(otherwise === null ? [] : [otherwise])));
}

function numbers({ number: n, string: s, time: t, boolean: b }: Parts): Arbitrary {
  const digits = fc.integer({ min: -3, max: 4 }).map(literal);
  return fc.oneof(
    { maxDepth: 5 },
    fieldsOfType('number'),
    fc.constantFrom(-2.5, 0, 0.5, 1, 3, 1000).map(literal),
    binary(n, '+', '-', '*', '/', '//', '%'),
    unary(n, '-', 'abs', 'floor', 'ceil', 'round', 'sqrt'),
    fc.tuple(n, digits).map(([x, d]) => call('round', x, d)),
    many(n, 'coalesce', 'greatest', 'least'),
    choice(b, n),
    unary(s, 'length', 'cast_number'),
    unary(b, 'cast_number'),
    unary(
      t,
      'year',
      'month',
      'day',
      'hour',
      'minute',
      'second',
      'dayofweek',
      'isodow',
      'dayofyear',
      'epoch',
      'epoch_ms',
    ),
    binary(t, 'diff_ms'),
  );
}

function texts({ string: s, time: t, boolean: b }: Parts): Arbitrary {
  const place = fc.integer({ min: -4, max: 5 }).map(literal);
  return fc.oneof(
    { maxDepth: 5 },
    fieldsOfType('string'),
    fc.constantFrom(...TEXTS).map(literal),
    unary(s, 'lower', 'upper', 'trim'),
    many(s, 'concat', '||', 'coalesce', 'greatest', 'least'),
    choice(b, s),
    unary(b, 'cast_string'),
    unary(t, 'cast_string'),
    fc.tuple(s, place, fc.option(place)).map(([x, p, c]) => call('substr', x, p, ...(c === null ? [] : [c]))),
  );
}

function times({ time: t, boolean: b }: Parts): Arbitrary {
  const ms = fc.integer({ min: -1e9, max: 1e9 }).map(literal);
  const part = fc
    .constantFrom('second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year')
    .map(literal);
  return fc.oneof(
    { maxDepth: 5 },
    fieldsOfType('time'),
    fc.constantFrom(...TIMES).map((text) => call('cast_time', literal(text))),
    unary(fieldsOfType('string'), 'cast_time'),
    many(t, 'coalesce', 'greatest', 'least'),
    choice(b, t),
    fc.tuple(part, t).map(([p, x]) => call('date_trunc', p, x)),
    fc.tuple(t, ms).map(([x, by]) => call('add_interval', x, by)),
  );
}

function truths({ number: n, string: s, time: t, boolean: b }: Parts): Arbitrary {
  return fc.oneof(
    { maxDepth: 5 },
    fieldsOfType('boolean'),
    fc.boolean().map(literal),
    binary(n, ...COMPARISONS),
    binary(s, ...COMPARISONS, 'contains', 'starts_with'),
    binary(t, ...COMPARISONS),
    binary(b, ...COMPARISONS),
    many(b, 'and', 'or', 'coalesce'),
    unary(b, 'not'),
    unary(fc.oneof(n, s, t, b), 'is_null', 'is_not_null'),
    many(n, 'in'),
    many(s, 'in'),
    fc.tuple(n, n, n).map(([x, low, high]) => call('between', x, low, high)),
    unary(s, 'cast_boolean'),
    unary(n, 'cast_boolean'),
    choice(b, b),
  );
}

/** Random expressions of each type, without the functions whose last digit depends on the C library. */
export const EXPRESSIONS = fc.letrec<Record<ValueType, Expression>>((tie) => {
  const parts = {
    number: tie('number'),
    string: tie('string'),
    time: tie('time'),
    boolean: tie('boolean'),
  };
  return { number: numbers(parts), string: texts(parts), time: times(parts), boolean: truths(parts) };
});
