import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeFeatureTable, encodeFeatureTable, type KeyPart } from './feature-table-file.ts';

const LEVELS = ['', 'a', "b'", '\u0000', 'ü', '😀'];

const state = fc.nat(30).chain((rows) => {
  const list = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
    fc.array(of, { minLength: rows, maxLength: rows });
  const coded = list(fc.nat(LEVELS.length - 1)).map(
    (codes): KeyPart => ({ kind: 'coded', levels: LEVELS, codes: Int32Array.from(codes) }),
  );
  const plain = list(fc.oneof(fc.string(), fc.integer(), fc.constant(null))).map(
    (values): KeyPart => ({ kind: 'plain', values }),
  );
  const numbers = list(fc.double()).map((values) => Float64Array.from(values));
  return fc.record({
    table: fc.constant('rates'),
    at: fc.maxSafeInteger(),
    key: fc.constant(['origin', 'shop']),
    columns: fc.constant(['mean', 'count']),
    rows: fc.constant(rows),
    keys: fc.tuple(coded, plain),
    values: fc.tuple(numbers, numbers),
  });
});

test('a table file says what it was given, to the bit', () => {
  fc.assert(
    fc.property(state, ({ rows, ...given }) => {
      const read = decodeFeatureTable(encodeFeatureTable(given));
      assert.deepEqual(read, { ...given, rows });
    }),
  );
});

test('a view into larger memory is written alone', () => {
  const memory = Float64Array.from([1, 2, 3, 4]);
  const codes = Int32Array.from([0, 1, 0, 1]).subarray(1, 3);
  const keys: KeyPart[] = [{ kind: 'coded', levels: ['a', 'b'], codes }];
  const values = [memory.subarray(2)];
  const read = decodeFeatureTable(
    encodeFeatureTable({ table: 't', at: 0, key: ['k'], columns: ['v'], keys, values }),
  );
  assert.deepEqual([read.rows, read.values, read.keys], [2, [Float64Array.from([3, 4])], keys]);
});
