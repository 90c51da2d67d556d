import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, hashJson, sha256 } from './hash.ts';

test('canonicalJson() writes the sample object of RFC 8785, section 3.2.2, as section 3.2.3 has it', () => {
  const value: unknown = JSON.parse(
    String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`,
  );
  const numbers = '[333333333.3333333,1e+30,4.5,0.002,1e-27]';
  const string = String.raw`"€$\u000f\nA'B\"\\\\\"/"`;
  const expected = `{"literals":[null,true,false],"numbers":${numbers},"string":${string}}`;
  assert.equal(canonicalJson(value), expected);
});

test('canonicalJson() sorts keys by UTF-16 units, as in RFC 8785, section 3.2.3', () => {
  const value = { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 };
  assert.deepEqual(
    [...canonicalJson(value).matchAll(/:(\d)/g)].map(([, digit]) => Number(digit)),
    [2, 4, 6, 7, 1, 5, 3],
  );
});

test('canonicalJson() writes numbers as RFC 8785, appendix B, lists them', () => {
  const bits: readonly (readonly [string, string])[] = [
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['41b3de4355555553', '333333333.3333332'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
  ];
  for (const [hex, text] of bits) assert.equal(canonicalJson(Buffer.from(hex, 'hex').readDoubleBE()), text);
});

test('what JSON has no spelling for is refused, not written as null', () => {
  for (const value of [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1n,
    undefined,
    [undefined],
    () => 1,
    Symbol('a'),
  ]) {
    assert.throws(() => canonicalJson(value), TypeError);
  }
});

test('hashJson() does not depend on the order of keys, and leaves undefined members out', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const backwards = Object.fromEntries(Object.entries(value).reverse());
      assert.equal(hashJson(backwards), hashJson(value));
      assert.equal(hashJson({ ...value, extra: undefined }), hashJson(value));
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('sha256() is that of FIPS 180-2, appendix B.1', () => {
  assert.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.equal(sha256(Buffer.from('abc')), sha256('abc'));
});
