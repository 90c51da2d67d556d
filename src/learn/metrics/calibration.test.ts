import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../random.ts';
import { calibrationError, calibrationTable } from './calibration.ts';

test('bins hold equally many rows when scores are distinct', () => {
  const random = seededRandom(2);
  const score = Float64Array.from({ length: 1000 }, () => random.next());
  const target = score.map((p) => Number(random.next() < p));
  assert.deepEqual(
    calibrationTable(target, score).map((bin) => bin.rows),
    Array.from({ length: 10 }, () => 100),
  );
});

test('equal scores share a bin, and no rows make none', () => {
  const half = new Float64Array(50).fill(0.5);
  const target = half.map((_, i) => (i % 5 === 0 ? 1 : 0));
  assert.deepEqual(calibrationTable(target, half), [{ rows: 50, score: 0.5, rate: 0.2 }]);
  assert.deepEqual(calibrationTable(new Float64Array(0), new Float64Array(0)), []);
});

test('calibration_error is small for honest probabilities and the shift for shifted ones', () => {
  const random = seededRandom(7);
  const score = Float64Array.from({ length: 100_000 }, () => 0.1 + 0.7 * random.next());
  const target = score.map((p) => Number(random.next() < p));
  // Ten bins of 10,000 rows: each shows about sqrt(2 · 0.25 / (π · 10,000)) = 0.004 by chance.
  assert.ok(calibrationError.compute(target, score) < 0.01);
  const shifted = score.map((p) => p + 0.2);
  assert.ok(Math.abs(calibrationError.compute(target, shifted) - 0.2) < 0.01);
});
