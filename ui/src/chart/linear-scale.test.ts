import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { extent, linearScale, ticksBetween } from './linear-scale.ts';

test('ticks are round and free of binary noise', () => {
  assert.deepEqual(ticksBetween(0, 1, 4), [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(ticksBetween(0.1, 0.72, 7), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  assert.deepEqual(ticksBetween(0, 10_000, 4), [0, 2500, 5000, 7500, 10_000]);
  assert.deepEqual(ticksBetween(-30, 30, 3), [-20, 0, 20]);
});

test('ticks lie within their bounds and number at most half as many again as asked for', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      fc.integer({ min: 2, max: 10 }),
      (low, span, count) => {
        const ticks = ticksBetween(low, low + span, count);
        const slack = span * 1e-6;
        assert.ok(ticks.every((tick) => tick >= low - slack && tick <= low + span + slack));
        assert.ok(ticks.length <= count * 1.5 + 1);
      },
    ),
    { seed: 7 },
  );
});

test('a scale maps the ends of its domain to the ends of its range', () => {
  const scale = linearScale([2, 4], [10, 110], { count: 4 });
  assert.equal(scale.at(2), 10);
  assert.equal(scale.at(3), 60);
  assert.equal(scale.at(4), 110);
});

test('a rounded domain ends on ticks', () => {
  const scale = linearScale([0.61, 0.738], [0, 1], { count: 4, round: true });
  assert.equal(scale.ticks[0], Number(scale.domain[0].toFixed(6)));
  assert.equal(scale.ticks.at(-1), Number(scale.domain[1].toFixed(6)));
});

test('extent() ignores what is no number and gives a single value some room', () => {
  assert.deepEqual(extent([3, null, Number.NaN, -1, undefined, Infinity]), [-1, 3]);
  assert.deepEqual(extent([5]), [4.5, 5.5]);
  assert.deepEqual(extent([]), [0, 1]);
});
