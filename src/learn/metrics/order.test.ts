import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normal } from '../normal.ts';
import { seededRandom } from '../random.ts';
import { orderAscending } from './order.ts';

test('the order is the stable one of a comparison sort, over signs, scales, ties and infinities', () => {
  const random = seededRandom(1);
  for (const rows of [0, 1, 2, 3, 100, 5000]) {
    const values = Float64Array.from({ length: rows }, () => {
      const special = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, -5e-324, 1][
        random.below(20)
      ];
      return special ?? normal(random) * 10 ** (random.below(40) - 20);
    });
    const expected = Array.from(values.keys()).sort((a, b) => {
      if (values[a]! < values[b]!) return -1;
      return values[a]! > values[b]! ? 1 : a - b;
    });
    assert.deepEqual(Array.from(orderAscending(values)), expected);
  }
});

test('orderAscending leaves equal values in row order', () => {
  assert.deepEqual(Array.from(orderAscending(new Float64Array(4).fill(0.5))), [0, 1, 2, 3]);
  assert.deepEqual(Array.from(orderAscending(Float64Array.of(0, -0, 0, -1))), [3, 0, 1, 2]);
});
