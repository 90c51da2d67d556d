import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantileOfSorted } from './quantile.ts';

test('quantiles are those of R type 7', () => {
  // R: quantile(c(1, 2, 4, 8), c(0, .1, .25, .5, .9, 1))
  const quantiles = [0, 0.1, 0.25, 0.5, 0.9, 1].map((q) => quantileOfSorted(Float64Array.of(1, 2, 4, 8), q));
  for (const [i, expected] of [1, 1.3, 1.75, 3, 6.8, 8].entries()) {
    assert.ok(Math.abs(quantiles[i]! - expected) < 1e-12, `${quantiles[i]}`);
  }
});

test('one number is every quantile of itself, and no number has none', () => {
  assert.equal(quantileOfSorted(Float64Array.of(7), 0.3), 7);
  assert.ok(Number.isNaN(quantileOfSorted(new Float64Array(0), 0.5)));
});
