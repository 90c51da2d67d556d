import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TendError } from '../../kernel/error.ts';
import { typeOf } from './check-expression.ts';
import { compileRow } from './compile-row.ts';
import {
  EXPRESSION_DEPTH_MAX,
  EXPRESSION_NODES_MAX,
  type Expression,
  expressionSchema,
  type FunctionName,
} from './expression.ts';

const FIELDS = [
  { name: 'x', type: 'number' },
  { name: 's', type: 'string' },
  { name: 't', type: 'time' },
  { name: 'b', type: 'boolean' },
] as const;
const X: Expression = { kind: 'field', name: 'x' };
const S: Expression = { kind: 'field', name: 's' };
const T: Expression = { kind: 'field', name: 't' };
const B: Expression = { kind: 'field', name: 'b' };
const NULL: Expression = { kind: 'literal', value: null };
const call = (fn: FunctionName, ...args: Expression[]): Expression => ({ kind: 'call', fn, args });
const literal = (value: number | string | boolean): Expression => ({ kind: 'literal', value });
const valueOf = (
  expression: Expression,
  row: (number | string | null)[] = [2, 'a', 0, 1],
): number | string | null => compileRow(expression, FIELDS)(row);

describe('typeOf', () => {
  it('follows the arguments', () => {
    assert.equal(typeOf(call('hour', T), FIELDS), 'number');
    assert.equal(typeOf(call('case', B, S, literal('z')), FIELDS), 'string');
    assert.equal(typeOf(call('coalesce', NULL, T), FIELDS), 'time');
    assert.equal(typeOf(call('in', S, literal('a'), NULL), FIELDS), 'boolean');
    assert.equal(typeOf(call('date_trunc', literal('day'), T), FIELDS), 'time');
  });

  it('says what was expected and what stood there', () => {
    const cases: readonly [Expression, RegExp][] = [
      [call('+', X, S), /^\+ expects \(number, number\), found \(number, string\)$/],
      [call('hour', X), /^hour expects \(time\), found \(number\)$/],
      [call('=', T, S), /^= expects .*\(time, time\).*, found \(time, string\)$/],
      [call('case', X, S), /^case expects \(boolean, number, number\)/],
      [call('case', B), /^case expects condition, value/],
      [call('between', X, X), /^between expects a value, a low and a high end/],
      [call('date_trunc', S, T), /^date_trunc expects the part written out as one of second, minute/],
      [call('date_trunc', literal('decade'), T), /one of second, minute/],
      [{ kind: 'field', name: 'y' }, /^no field is called y; the fields are x, s, t, b$/],
      [NULL, /write cast_number\(null\)/],
      [call('coalesce', NULL, NULL), /write cast_number\(null\)/],
    ];
    for (const [expression, message] of cases) {
      assert.throws(
        () => typeOf(expression, FIELDS),
        (error) => error instanceof TendError && error.code === 'SPEC_INVALID' && message.test(error.message),
        String(message),
      );
    }
  });
});

describe('an expression', () => {
  it('gives missing where SQL raises an error or divides by zero', () => {
    for (const expression of [
      call('/', X, literal(0)),
      call('//', X, literal(0)),
      call('%', X, literal(0)),
      call('sqrt', literal(-1)),
      call('ln', literal(0)),
      call('log10', literal(-1)),
      call('cast_number', S),
      call('cast_time', literal('2023-02-29')),
      call('cast_boolean', literal('maybe')),
    ]) {
      assert.equal(valueOf(expression), null, JSON.stringify(expression));
    }
  });

  it('divides whole numbers toward zero, and writes them without a point', () => {
    assert.equal(valueOf(call('//', literal(-5), X)), -2);
    assert.equal(valueOf(call('cast_string', literal(3))), '3');
    assert.equal(valueOf(call('cast_string', literal(-0.5))), '-0.5');
  });

  it('reads the offset of a time', () => {
    assert.equal(
      valueOf(call('epoch_ms', call('cast_time', literal('2020-01-01T02:00:00.25+02:00')))),
      1_577_836_800_250,
    );
  });

  it('takes missing as unknown in comparisons, and as false in a condition', () => {
    const row = [null, null, null, null];
    assert.equal(valueOf(call('=', X, X), row), null);
    assert.equal(valueOf(call('or', B, literal(true)), row), 1);
    assert.equal(valueOf(call('case', B, literal('yes'), literal('no')), row), 'no');
    assert.equal(valueOf(call('concat', S, literal('-')), row), '-');
    assert.equal(valueOf(call('||', S, literal('-')), row), null);
  });
});

describe('expressionSchema', () => {
  const nested = (depth: number): Expression => {
    let expression: Expression = { kind: 'field', name: 'x' };
    for (let i = 1; i < depth; i++) expression = call('abs', expression);
    return expression;
  };

  it('takes what the limits allow', () => {
    const deep = nested(EXPRESSION_DEPTH_MAX);
    assert.deepEqual(expressionSchema.parse(JSON.parse(JSON.stringify(deep))), deep);
  });

  it('refuses what is too deep or too large, without overflowing the stack', () => {
    let text = '{"kind":"field","name":"x"}';
    for (let i = 0; i < 5_000; i++) text = `{"kind":"call","fn":"abs","args":[${text}]}`;
    assert.match(
      expressionSchema.safeParse(JSON.parse(text)).error?.issues[0]?.message ?? '',
      /inside each other/,
    );
    const wide = call('coalesce', ...Array.from({ length: EXPRESSION_NODES_MAX }, () => X));
    assert.match(expressionSchema.safeParse(wide).error?.issues[0]?.message ?? '', /at most 5000 parts/);
  });

  it('refuses functions and members that are not there', () => {
    for (const value of [
      { kind: 'call', fn: 'constructor', args: [] },
      { kind: 'call', fn: 'abs' },
      { kind: 'field', name: 'x', more: 1 },
      { kind: 'literal', value: { a: 1 } },
      { kind: 'eval', code: '1' },
      null,
    ]) {
      assert.equal(expressionSchema.safeParse(value).success, false, JSON.stringify(value));
    }
  });
});
