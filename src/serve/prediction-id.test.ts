import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predictionIds } from './prediction-id.ts';

const random = (seed: number) => ({ bytes: (count: number) => new Uint8Array(count).fill(seed) });

test('ids of a worker sort in the order in which they were made, also when the clock goes back', () => {
  const times = [1_000, 1_000, 1_001, 990, 1_001, 5_000, 5_000];
  let at = 0;
  const next = predictionIds(3, { now: () => times[at++] ?? 0, monotonic: () => 0 }, random(7));
  const ids = times.map(() => next());
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(ids).size, ids.length);
});

test('workers, and workers of one number that started apart, make different ids in one millisecond', () => {
  const clock = { now: () => 1_700_000_000_000, monotonic: () => 0 };
  const makers = [
    predictionIds(1, clock, random(1)),
    predictionIds(2, clock, random(1)),
    predictionIds(1, clock, random(2)),
  ];
  const ids = new Set(makers.flatMap((next) => Array.from({ length: 2_000 }, () => next())));
  assert.equal(ids.size, 6_000);
});

test('an id has the length and the letters of the other ids', () => {
  const next = predictionIds(31, { now: () => 1_700_000_000_000, monotonic: () => 0 }, random(255));
  assert.match(next(), /^prd_[0-9a-hjkmnp-tv-z]{26}$/);
});
