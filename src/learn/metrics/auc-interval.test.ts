import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normal } from '../normal.ts';
import { seededRandom } from '../random.ts';
import { aucInterval } from './auc-interval.ts';
import { rocAuc } from './roc-auc.ts';
import { sliceAuc } from './slice-auc.ts';

interface Rows {
  readonly target: Float64Array;
  readonly score: Float64Array;
}

function rowsOf(rows: number, levels: number, seed: number, shift = 1): Rows {
  const random = seededRandom(seed);
  const target = Float64Array.from({ length: rows }, () => Number(random.next() < 0.3));
  const score = target.map((truth) => {
    const raw = normal(random) + shift * truth;
    return levels === 0 ? raw : Math.round(raw * levels) / levels;
  });
  return { target, score };
}

/** DeLong, DeLong and Clarke-Pearson (1988), equations 3 to 6 word for word: all pairs. */
function allPairs({ target, score }: Rows): { auc: number; half: number } {
  const x = score.filter((_, i) => target[i] === 1);
  const y = score.filter((_, i) => target[i] === 0);
  const kernel = (a: number, b: number): number => (b < a ? 1 : b === a ? 0.5 : 0);
  const v10 = [...x].map((a) => y.reduce((sum, b) => sum + kernel(a, b), 0) / y.length);
  const v01 = [...y].map((b) => x.reduce((sum, a) => sum + kernel(a, b), 0) / x.length);
  const auc = v10.reduce((sum, v) => sum + v, 0) / x.length;
  const s = (v: number[]): number => v.reduce((sum, one) => sum + (one - auc) ** 2, 0) / (v.length - 1);
  return { auc, half: 1.959963984540054 * Math.sqrt(s(v10) / x.length + s(v01) / y.length) };
}

test('aucInterval() is DeLong’s over all pairs, with ties and without', () => {
  for (const [rows, levels] of [
    [400, 0],
    [400, 3],
    [400, 1],
    [25, 0],
    [25, 2],
  ] as const) {
    const sample = rowsOf(rows, levels, rows + levels);
    const { auc, half } = allPairs(sample);
    const interval = aucInterval(sample.target, sample.score);
    assert.ok(Math.abs(interval.estimate - auc) < 1e-12);
    assert.ok(Math.abs(interval.low - Math.max(auc - half, 0)) < 1e-12);
    assert.ok(Math.abs(interval.high - Math.min(auc + half, 1)) < 1e-12);
  }
});

test('the interval covers the true area about 95 times of 100', () => {
  // Normal scores one standard deviation apart: the area is Φ(1 / √2) = 0.76025.
  let covered = 0;
  for (let round = 0; round < 600; round++) {
    const { target, score } = rowsOf(400, 0, 1000 + round);
    const { low, high } = aucInterval(target, score);
    covered += Number(low <= 0.76025 && 0.76025 <= high);
  }
  // 0.95 ± 4 standard errors of 600 rounds.
  assert.ok(Math.abs(covered / 600 - 0.95) < 0.036, `${covered / 600}`);
});

test('one class has no area, one row of a class no interval, equal scores are one half', () => {
  const one = aucInterval(Float64Array.of(1, 1), Float64Array.of(0.1, 0.2));
  assert.ok(Number.isNaN(one.estimate) && Number.isNaN(one.low) && Number.isNaN(one.high));
  assert.ok(Number.isNaN(aucInterval(new Float64Array(0), new Float64Array(0)).estimate));
  const lone = aucInterval(Float64Array.of(1, 0, 0), Float64Array.of(0.5, 0.2, 0.7));
  assert.equal(lone.estimate, 0.5);
  assert.ok(Number.isNaN(lone.low));
  const equal = aucInterval(Float64Array.of(1, 0, 1, 0), new Float64Array(4).fill(0.3));
  assert.deepEqual([equal.estimate, equal.low, equal.high], [0.5, 0.5, 0.5]);
  const apart = aucInterval(Float64Array.of(0, 0, 1, 1), Float64Array.of(0.1, 0.2, 0.3, 0.4));
  assert.deepEqual([apart.estimate, apart.low, apart.high], [1, 1, 1]);
});

test('the same rows in another order give the same interval to the last digit', () => {
  const { target, score } = rowsOf(5000, 50, 9);
  const turned = aucInterval(target.slice().reverse(), score.slice().reverse());
  assert.deepEqual(turned, aucInterval(target, score));
});

test('sliceAuc() is the area and the interval of each slice by itself, exact with ties', () => {
  const { target, score } = rowsOf(3000, 4, 12);
  const random = seededRandom(2);
  const codes = Int32Array.from(target, () => random.below(7) - 1);
  // Slice 6 has no rows, slice 7 one class alone.
  for (let i = 0; i < codes.length; i++) if (i % 50 === 0 && target[i] === 0) codes[i] = 7;
  const slices = sliceAuc({ codes, target, score }, 8);
  assert.equal(slices.length, 8);
  for (let slice = 0; slice < 8; slice++) {
    const pick = (values: Float64Array): Float64Array => values.filter((_, i) => codes[i] === slice);
    const own = slices[slice]!;
    assert.equal(own.rows, pick(target).length);
    assert.deepEqual(own.interval, aucInterval(pick(target), pick(score)));
    const area = rocAuc.compute(pick(target), pick(score));
    if (Number.isNaN(area)) assert.ok(Number.isNaN(own.interval.estimate));
    else assert.ok(Math.abs(own.interval.estimate - area) < 1e-12);
  }
});
