import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normal } from './normal.ts';
import { seededRandom } from './random.ts';

test('normal draws have mean 0, variance 1 and kurtosis 3', () => {
  const random = seededRandom(4);
  const rows = 200_000;
  let mean = 0;
  let variance = 0;
  let kurtosis = 0;
  for (let i = 0; i < rows; i++) {
    const z = normal(random);
    mean += z / rows;
    variance += z ** 2 / rows;
    kurtosis += z ** 4 / rows;
  }
  // Four standard errors of each: √(1, 2, 96) / √200,000.
  assert.ok(Math.abs(mean) < 0.009, `${mean}`);
  assert.ok(Math.abs(variance - 1) < 0.013, `${variance}`);
  assert.ok(Math.abs(kurtosis - 3) < 0.088, `${kurtosis}`);
});
