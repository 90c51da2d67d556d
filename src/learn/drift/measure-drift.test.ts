import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../random.ts';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { chiSquareQuantile } from './chi-square.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { type DriftTest, measureDrift } from './measure-drift.ts';
import { psi } from './psi.ts';

const TESTS: readonly DriftTest[] = ['psi', 'ks', 'js'];

/** Rows by bin, drawn from equal shares. */
function drawn(rows: number, bins: number, random = seededRandom(1)): Uint32Array {
  const counts = new Uint32Array(bins);
  for (let i = 0; i < rows; i++) {
    const bin = random.below(bins);
    counts[bin] = counts[bin]! + 1;
  }
  return counts;
}

test('chiSquareQuantile() is what tables print (NIST/SEMATECH handbook 1.3.6.7.4)', () => {
  const printed = [
    [0.05, 1, 3.841],
    [0.05, 9, 16.919],
    [0.01, 10, 23.209],
    [0.95, 5, 1.145],
    [0.05, 100, 124.342],
  ] as const;
  for (const [tail, df, value] of printed)
    assert.equal(chiSquareQuantile(tail, df).toFixed(3), value.toFixed(3));
});

test('psi() and jensenShannon() of two bins are what is computed by hand', () => {
  // (0.25 - 0.5) ln 0.5 + (0.75 - 0.5) ln 1.5 = 0.25 ln 3.
  assert.ok(Math.abs(psi([50, 50], [25, 75]) - 0.25 * Math.log(3)) < 1e-15);
  assert.equal(jensenShannon([10, 0], [0, 99]), 1);
  assert.equal(jensenShannon([10, 20], [1, 2]), 0);
});

test('every measure is 0 for equal shares, symmetric, and grows with the difference', () => {
  for (const name of TESTS) {
    for (const ordered of [true, false]) {
      const effect = (reference: number[], current: number[]): number =>
        measureDrift(name, { reference, current, ordered }).effect;
      assert.equal(effect([10, 20, 70], [100, 200, 700]), 0);
      const little = effect([10, 20, 70], [20, 20, 60]);
      assert.ok(Math.abs(little - effect([20, 20, 60], [10, 20, 70])) < 1e-15);
      assert.ok(little > 0 && effect([10, 20, 70], [60, 20, 20]) > little);
    }
  }
});

test('an empty side says nothing, a constant that stays is no drift, one that moves is the most', () => {
  for (const name of TESTS) {
    const empty = measureDrift(name, { reference: [0, 9], current: [0, 0], ordered: true });
    assert.ok(Number.isNaN(empty.effect) && Number.isNaN(empty.pValue) && empty.rows === 0);
    const still = measureDrift(name, { reference: [0, 900, 0], current: [0, 50, 0], ordered: true });
    assert.deepEqual([still.effect, still.bound, still.pValue], [0, 0, 1]);
    const moved = measureDrift(name, { reference: [0, 900, 0], current: [0, 0, 50], ordered: true });
    assert.ok(moved.effect > 0.99 && moved.effect > moved.bound && moved.pValue < 1e-9, name);
    assert.ok(Number.isFinite(moved.effect));
  }
});

test('bounds hold without drift: about one in twenty exceeds them, for few rows and many', () => {
  const random = seededRandom(5);
  const rounds = 1500;
  for (const name of TESTS) {
    for (const rows of [200, 5000]) {
      let over = 0;
      let agree = 0;
      for (let round = 0; round < rounds; round++) {
        const reference = drawn(2000, 10, random);
        const { effect, bound, pValue } = measureDrift(name, {
          reference,
          current: drawn(rows, 10, random),
          ordered: true,
        });
        over += Number(effect > bound);
        agree += Number(effect > bound === pValue < 0.05);
      }
      // 0.05 ± 4 standard errors; from ten bins Kolmogorov and Smirnov exceed theirs less often.
      assert.ok(over / rounds < 0.073, `${name}, ${rows} rows: ${over / rounds}`);
      if (name !== 'ks') assert.ok(over / rounds > 0.03, `${name}, ${rows} rows: ${over / rounds}`);
      assert.ok(agree / rounds > 0.99, 'bound and p-value say the same');
    }
  }
});

test('a fixed PSI of 0.1 is noise at 100 rows, and the bound says so', () => {
  const random = seededRandom(6);
  let above = 0;
  let bound = 0;
  for (let round = 0; round < 400; round++) {
    const reference = drawn(10_000, 10, random);
    const drift = measureDrift('psi', { reference, current: drawn(100, 10, random), ordered: true });
    above += Number(drift.effect > 0.1);
    bound = drift.bound;
  }
  assert.ok(above / 400 > 0.3, `${above / 400} of windows without drift are above 0.1`);
  assert.ok(bound > 0.16 && bound < 0.18, `the bound is ${bound}`);
});

test('ks of levels without an order is the total variation distance', () => {
  const drift = measureDrift('ks', { reference: [500, 300, 200], current: [100, 50, 50], ordered: false });
  assert.equal(drift.measure, 'tv');
  assert.ok(Math.abs(drift.effect - 0.05) < 1e-12);
});

test('benjaminiHochberg() gives the example of its paper: four of fifteen at 0.05', () => {
  const published = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ];
  const adjusted = benjaminiHochberg(published);
  assert.equal(adjusted.filter((value) => value <= 0.05).length, 4);
  const withGap = benjaminiHochberg([0.01, Number.NaN, 0.04]);
  assert.deepEqual([...withGap], [0.02, Number.NaN, 0.04]);
});
