import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isExactObject, numberSource, parseExactJson, sortedJson } from './exact-json.ts';

test('numbers come back as they were written', () => {
  const text = '{"id":12345678901234567890,"one":1.0,"small":1E-7,"list":[1,-0,0.1,1e400]}';
  assert.equal(JSON.stringify(parseExactJson(text)), text);
});

test('one value has one spelling, whatever the order of its names', () => {
  const [a, b] = [
    '{"b":{"y":1,"x":[{"d":1.0,"c":null}]},"a":2}',
    '{"a":2,"b":{"x":[{"c":null,"d":1.0}],"y":1}}',
  ];
  assert.equal(sortedJson(parseExactJson(a)), sortedJson(parseExactJson(b)));
  assert.notEqual(sortedJson(parseExactJson('[1]')), sortedJson(parseExactJson('[1.0]')));
  assert.equal(sortedJson(parseExactJson('{"__proto__":1}')), '{"__proto__":1}');
});

test('a number that is kept as text is no object with names', () => {
  const value = parseExactJson('1.0');
  assert.deepEqual(
    [isExactObject(value), numberSource(value), numberSource(2), numberSource('2')],
    [false, '1.0', '2', undefined],
  );
  assert.equal(isExactObject(parseExactJson('{}')), true);
});
