import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cumulativeWeights, weightedChoice } from './weighted-choice.ts';

test('every hundred requests meet each weight to within one request per hundred', () => {
  for (const weight of [0.01, 0.05, 0.1, 0.2, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.95, 0.99]) {
    const bounds = cumulativeWeights([1 - weight, weight]);
    let taken = 0;
    for (let n = 0; n < 20_000; n++) {
      taken += weightedChoice(bounds, n);
      if ((n + 1) % 100 !== 0) continue;
      const perHundred = Math.abs(taken - (n + 1) * weight) / ((n + 1) / 100);
      assert.ok(perHundred <= 1, `${weight} at ${n + 1}: off by ${perHundred} per hundred`);
    }
  }
});

test('a client that sends in pairs or triples meets both versions with its firsts', () => {
  const bounds = cumulativeWeights([0.5, 0.5]);
  for (const period of [2, 3, 4, 5, 7, 10]) {
    let taken = 0;
    for (let n = 0; n < 1_000; n++) taken += weightedChoice(bounds, n * period);
    assert.ok(Math.abs(taken - 500) <= 20, `every ${period}th request: ${taken} of 1000`);
  }
});

test('an item of weight 0 is never chosen, wherever it stands', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }), fc.nat(), (parts, start) => {
      const sum = parts.reduce((a, b) => a + b, 0);
      fc.pre(sum > 0);
      const bounds = cumulativeWeights(parts.map((part) => part / sum));
      for (let n = start; n < start + 50; n++) {
        assert.notEqual(parts[weightedChoice(bounds, n)], 0);
      }
    }),
  );
});
