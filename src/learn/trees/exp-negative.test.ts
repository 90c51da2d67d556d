import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { seededRandom } from '../random.ts';
import { expNegative } from './exp-negative.ts';

test('expNegative is exp(-a) to a few units in the last place, from 0 to 700', () => {
  const random = seededRandom(4);
  assert.equal(expNegative(0), 1);
  for (let i = 0; i < 20_000; i++) {
    const a = i % 2 === 0 ? 700 * random.next() : 5 * random.next();
    const ratio = expNegative(a) / Math.exp(-a);
    // one rounding of k log 2 at a = 700 is worth 1e-14 where the two parts would not be used
    assert.ok(Math.abs(ratio - 1) < 1e-15, `${a}: ${ratio}`);
  }
});
