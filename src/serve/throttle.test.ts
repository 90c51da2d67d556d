import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Throttle } from './throttle.ts';

/** Takes `count` every `everyMs` for a minute; what was let through. */
function letThrough(perSecond: number, count: number, everyMs: number): number {
  const throttle = new Throttle(perSecond);
  let passed = 0;
  for (let now = 0; now < 60_000; now += everyMs) if (throttle.take(count, now) === 0) passed += count;
  return passed;
}

test('over time the rate holds, for single predictions and for batches larger than a second of them', () => {
  for (const [perSecond, count, everyMs] of [
    [50, 1, 1],
    [0.5, 1, 10],
    [50, 400, 10],
    [5, 100, 100],
  ] as const) {
    const passed = letThrough(perSecond, count, everyMs);
    const burst = Math.max(1, perSecond) + count;
    assert.ok(Math.abs(passed - 60 * perSecond) <= burst, `${passed} of ${60 * perSecond}`);
  }
});

test('what stays below the rate is never refused', () => {
  assert.equal(letThrough(50, 1, 25), 2_400);
  assert.equal(letThrough(50, 10, 250), 2_400);
});

test('whoever waits as long as it says is let through, and not before', () => {
  const throttle = new Throttle(4);
  let now = 0;
  for (let i = 0; i < 4; i++) assert.equal(throttle.take(1, now), 0);
  const seconds = throttle.take(1, now);
  assert.ok(seconds > 0 && seconds <= 0.25);
  assert.ok(throttle.take(1, now + seconds * 500) > 0);
  now += seconds * 1_000;
  assert.equal(throttle.take(1, now), 0);
});
