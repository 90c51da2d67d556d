import assert from 'node:assert/strict';
import test from 'node:test';
import { expressionText } from './expression-text.ts';
import type { Json } from './json.ts';

const field = (name: string): Json => ({ kind: 'field', name });
const literal = (value: Json): Json => ({ kind: 'literal', value });
const call = (fn: string, ...args: Json[]): Json => ({ kind: 'call', fn, args });

test('operators stand between their arguments, with brackets where one holds another', () => {
  const minutes = call(
    '+',
    call('*', call('hour', field('date')), literal(60)),
    call('minute', field('date')),
  );
  assert.equal(expressionText(minutes), '(hour(date) * 60) + minute(date)');
});

test('a case is read as in SQL, and a long list is counted', () => {
  const codes = ['ATL', 'BOS', 'BWI', 'CLT', 'CVG', 'DEN', 'DFW'].map(literal);
  const hub = call('case', call('in', field('origin'), ...codes), literal('large'), literal("small's"));
  assert.equal(
    expressionText(hub),
    "case when origin in ('ATL', 'BOS', 'BWI', 'CLT', 'CVG', … 7 values) then 'large' else 'small''s' end",
  );
});

test('what is no expression is left alone', () => {
  assert.equal(expressionText({ kind: 'bars', title: 'no' }), undefined);
  assert.equal(expressionText('hour(date)'), undefined);
});
