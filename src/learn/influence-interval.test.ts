import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrapInterval } from './bootstrap.ts';
import { influenceDifference, influenceInterval } from './influence-interval.ts';
import { aucInterval } from './metrics/auc-interval.ts';
import { findMetric, METRIC_NAMES } from './metrics/find-metric.ts';
import { rocAuc } from './metrics/roc-auc.ts';
import { brier, rmse } from './metrics/squared-error.ts';
import { normal } from './normal.ts';
import { seededRandom } from './random.ts';

const NONE = new Float64Array(0);
const REGRESSION = ['rmse', 'mae', 'r2'];

/** `levels`: scores rounded to so many steps, for ties. */
function classified(seed: number, rows: number, levels = 0): { target: Float64Array; score: Float64Array } {
  const random = seededRandom(seed);
  const target = Float64Array.from({ length: rows }, () => Number(random.next() < 0.3));
  const score = target.map((label) => {
    const raw = 1 / (1 + Math.exp(1.2 - 1.4 * label - normal(random)));
    return levels === 0 ? raw : Math.round(raw * levels) / levels;
  });
  return { target, score };
}

function regressed(seed: number, rows: number): { target: Float64Array; score: Float64Array } {
  const random = seededRandom(seed);
  const target = Float64Array.from({ length: rows }, () => 3 * normal(random));
  return { target, score: target.map((value) => value + normal(random) ** 3) };
}

const rowsFor = (name: string, seed: number, rows: number, levels = 0) =>
  REGRESSION.includes(name) ? regressed(seed, rows) : classified(seed, rows, levels);

test('influences are the derivatives of the metric by the weights of the rows, and add up to 0', () => {
  // Weighted 4,000 times each, one row once more: a difference quotient whose step is 1 / 4,000.
  const STEP = 4000;
  for (const name of METRIC_NAMES) {
    // The bins of another weighting have other edges, for which the calibration error has no derivative.
    if (name === 'calibration_error') continue;
    for (const levels of [0, 5]) {
      const { target, score } = rowsFor(name, 4, 60, levels);
      const metric = findMetric(name);
      const statistic = metric.prepare(target, score);
      const weights = new Uint32Array(target.length).fill(STEP);
      const influence = metric.influence(target, score);
      let sum = 0;
      for (let i = 0; i < weights.length; i++) {
        weights[i] = STEP + 1;
        const quotient = (statistic(weights) - statistic()) * STEP;
        weights[i] = STEP;
        sum += influence[i]!;
        // The next term of the series is about 1 / 4,000 of the first.
        assert.ok(Math.abs(influence[i]! - quotient) < 1e-4 * (1 + Math.abs(quotient)), `${name} ${i}`);
      }
      assert.ok(Math.abs(sum) < 1e-12, `${name}: ${sum}`);
    }
  }
});

test('every interval is that of a large bootstrap', () => {
  for (const name of METRIC_NAMES) {
    const { target, score } = rowsFor(name, 8, 2000);
    const metric = findMetric(name);
    const drawn = bootstrapInterval(metric, target, score, { seed: 7, resamples: 2000 });
    const own = influenceInterval(metric, target, score);
    const error = (own.high - own.low) / 3.92;
    assert.equal(own.estimate, metric.compute(target, score));
    // The ends of 2,000 resamples have a standard error of 6 % of it, and their middle is biased by some
    // percent more; resampling moves the calibration error itself upwards, by most of one.
    const slack = name === 'calibration_error' ? 1.2 : 0.35;
    assert.ok(Math.abs(own.low - drawn.low) < slack * error, `${name} ${own.low} ${drawn.low}`);
    assert.ok(Math.abs(own.high - drawn.high) < slack * error, `${name} ${own.high} ${drawn.high}`);
  }
});

test('the interval of the AUC is DeLong’s but for the degrees of freedom, with ties and without', () => {
  for (const levels of [0, 3]) {
    const { target, score } = classified(5, 400, levels);
    const own = influenceInterval(rocAuc, target, score);
    const { estimate, low, high } = aucInterval(target, score);
    assert.ok(Math.abs(own.estimate - estimate) < 1e-12);
    // The smaller class has about 120 rows: n - 1 in place of n is 0.4 % of the standard error.
    assert.ok(Math.abs(own.low - low) < 0.006 * (high - low));
    assert.ok(Math.abs(own.high - high) < 0.006 * (high - low));
  }
});

/** DeLong, DeLong and Clarke-Pearson (1988), equations 5 to 7 for two areas, word for word: all pairs. */
function delongDifferenceError(target: Float64Array, scores: readonly [Float64Array, Float64Array]): number {
  const psi = (x: number, y: number): number => (y < x ? 1 : y === x ? 0.5 : 0);
  const parts = scores.map((score) => {
    const x = [...score].filter((_, i) => target[i] === 1);
    const y = [...score].filter((_, i) => target[i] === 0);
    return {
      v10: x.map((a) => y.reduce((sum, b) => sum + psi(a, b), 0) / y.length),
      v01: y.map((b) => x.reduce((sum, a) => sum + psi(a, b), 0) / x.length),
    };
  });
  const variance = (key: 'v10' | 'v01'): number => {
    const [first, second] = parts as [(typeof parts)[0], (typeof parts)[0]];
    const values = first[key].map((value, i) => value - second[key][i]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / values.length;
  };
  return Math.sqrt(variance('v10') + variance('v01'));
}

test('a paired difference of areas is that of DeLong', () => {
  const { target, score } = classified(6, 500);
  const random = seededRandom(9);
  const second = score.map((p) => p + 0.2 * normal(random));
  const { estimate, low, high } = influenceDifference(rocAuc, target, { first: score, second });
  const half = 1.959963984540054 * delongDifferenceError(target, [score, second]);
  assert.ok(Math.abs(estimate - (rocAuc.compute(target, score) - rocAuc.compute(target, second))) < 1e-15);
  assert.ok(Math.abs((high - low) / 2 - half) < 0.006 * half, `${(high - low) / 2} ${half}`);
});

test('a paired difference shows what two separate intervals hide', () => {
  const { target, score } = classified(4, 2000);
  const random = seededRandom(9);
  const second = score.map((p) => p + 0.1 * normal(random));
  const pair = influenceDifference(rocAuc, target, { first: score, second });
  const alone = influenceInterval(rocAuc, target, score);
  assert.ok(influenceInterval(rocAuc, target, second).high > alone.low, 'the separate intervals overlap');
  assert.ok(pair.low > 0, 'the paired one excludes 0');
});

test('intervals and paired intervals cover the truth about 95 times of 100', () => {
  let covered = 0;
  let paired = 0;
  const rounds = 400;
  // The mean absolute third power of a unit normal.
  const truth = Math.sqrt(8 / Math.PI);
  for (let round = 0; round < rounds; round++) {
    const numbers = regressed(100 + round, 300);
    const { low, high } = influenceInterval(findMetric('mae'), numbers.target, numbers.score);
    covered += Number(low <= truth && truth <= high);
    // Two scores that see the same through noise of their own: the difference of their areas is 0.
    const { target, score } = classified(round, 300);
    const random = seededRandom(round, 1);
    const noisy = (): Float64Array => score.map((value) => value + 0.1 * normal(random));
    const difference = influenceDifference(rocAuc, target, { first: noisy(), second: noisy() });
    paired += Number(difference.low <= 0 && difference.high >= 0);
  }
  // 0.95 ± 4 standard errors of 400 rounds are 0.044; errors that are skewed cost a percent or two more.
  assert.ok(covered / rounds > 0.89 && covered / rounds < 0.99, `${covered}`);
  assert.ok(Math.abs(paired / rounds - 0.95) < 0.044, `${paired}`);
});

test('no rows, one row, a constant and an undefined metric give the documented intervals', () => {
  const empty = influenceInterval(brier, NONE, NONE);
  assert.deepEqual(empty, { estimate: Number.NaN, low: Number.NaN, high: Number.NaN, level: 0.95 });
  const one = influenceInterval(brier, Float64Array.of(1), Float64Array.of(0.5));
  assert.deepEqual(one, { estimate: 0.25, low: 0.25, high: 0.25, level: 0.95 });
  const ones = Float64Array.of(1, 1, 1);
  const area = influenceInterval(rocAuc, ones, ones);
  assert.ok(Number.isNaN(area.estimate) && Number.isNaN(area.low) && Number.isNaN(area.high));
  const right = influenceInterval(rmse, ones, ones);
  assert.deepEqual([right.estimate, right.low, right.high], [0, 0, 0]);
  assert.ok(Number.isNaN(influenceDifference(brier, NONE, { first: NONE, second: NONE }).low));
  const { target, score } = classified(3, 300);
  const same = influenceDifference(brier, target, { first: score, second: score });
  assert.deepEqual(same, { estimate: 0, low: 0, high: 0, level: 0.95 });
});

test('115,000 rows take under 0.1 s', () => {
  const { target, score } = classified(5, 115_000);
  influenceInterval(rocAuc, target, score);
  const start = process.cpuUsage();
  const interval = influenceInterval(rocAuc, target, score);
  const { user } = process.cpuUsage(start);
  assert.ok(user < 100_000, `${user / 1000} ms of CPU time`);
  assert.ok(interval.high - interval.low < 0.01);
});
