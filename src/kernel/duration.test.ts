import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from './duration.ts';

test('parseDuration() reads a number and one unit', () => {
  const cases = {
    '50ms': 50,
    '5s': 5_000,
    '15m': 900_000,
    '1h': 3_600_000,
    '31d': 2_678_400_000,
    '2w': 1_209_600_000,
  };
  for (const [text, ms] of Object.entries(cases)) assert.equal(parseDuration(text), ms);
  assert.equal(parseDuration(' 1.5h '), 5_400_000);
  assert.equal(parseDuration('0.5ms'), 0.5);
  assert.equal(parseDuration('0s'), 0);
});

test('a decimal of a longer unit is a whole number of milliseconds where it means one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (ms) => {
      const text = `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}s`;
      assert.equal(parseDuration(text), ms);
    }),
  );
});

test('anything else is no duration', () => {
  for (const text of ['', '5', 's', '-5s', '5 s', '1h30m', '5S', '1e3s', '.5s', '5.s', '5y', '١s']) {
    assert.equal(parseDuration(text), undefined, text);
  }
});

test('formatDuration() is read back as the same, and shortens', () => {
  fc.assert(fc.property(fc.nat(), (ms) => assert.equal(parseDuration(formatDuration(ms)), ms)));
  assert.equal(formatDuration(3_600_000), '1h');
  assert.equal(formatDuration(1_209_600_000), '2w');
  assert.equal(formatDuration(90_000), '90s');
  assert.equal(formatDuration(0), '0ms');
});
