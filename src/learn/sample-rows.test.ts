import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from './random.ts';
import { sampleRows } from './sample-rows.ts';

test('each row is drawn at most once, and all of them when more are asked for', () => {
  assert.equal(new Set(sampleRows(1000, 100, seededRandom(5))).size, 100);
  const all = sampleRows(10, 99, seededRandom(5));
  assert.deepEqual(
    Array.from(all).sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assert.equal(sampleRows(0, 5, seededRandom(5)).length, 0);
});

test('each of the 24 orders of four rows is equally likely', () => {
  const random = seededRandom(6);
  const counts = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = sampleRows(4, 4, random).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  let chiSquare = 0;
  for (const count of counts.values()) chiSquare += (count - 1000) ** 2 / 1000;
  assert.equal(counts.size, 24);
  // Quantile 0.999 of chi-square with 23 degrees of freedom.
  assert.ok(chiSquare < 49.73, `${chiSquare}`);
});
