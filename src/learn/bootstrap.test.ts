import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrap, bootstrapInterval } from './bootstrap.ts';
import { accuracyAt } from './metrics/decision.ts';
import { rocAuc } from './metrics/roc-auc.ts';
import { brier } from './metrics/squared-error.ts';
import { normal } from './normal.ts';
import { seededRandom } from './random.ts';

const NONE = new Float64Array(0);

function rowsOf(seed: number, rows: number): { target: Float64Array; score: Float64Array } {
  const random = seededRandom(seed);
  const target = Float64Array.from({ length: rows }, () => Number(random.next() < 0.2));
  const score = target.map((label) => 1 / (1 + Math.exp(-0.8 * label - normal(random))));
  return { target, score };
}

/**
 * Standard error of the AUC by DeLong, DeLong and Clarke-Pearson (1988), equations 2 to 5: the variances of
 * the placements of positives among negatives and the other way round. By plain pair counting, O(n²).
 */
function delongStandardError(target: Float64Array, score: Float64Array): number {
  const positives = score.filter((_, i) => target[i] === 1);
  const negatives = score.filter((_, i) => target[i] === 0);
  const psi = (a: number, b: number): number => (a > b ? 1 : a === b ? 0.5 : 0);
  const placements = (of: Float64Array, among: Float64Array, sign: number): Float64Array =>
    of.map((a) => among.reduce((sum, b) => sum + psi(sign * a, sign * b), 0) / among.length);
  const variance = (values: Float64Array): number => {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
  };
  return Math.sqrt(
    variance(placements(positives, negatives, 1)) / positives.length +
      variance(placements(negatives, positives, -1)) / negatives.length,
  );
}

test('the AUC interval is that of DeLong', () => {
  const { target, score } = rowsOf(1, 3000);
  const interval = bootstrapInterval(rocAuc, target, score, { seed: 7, resamples: 2000 });
  const error = delongStandardError(target, score);
  assert.equal(interval.estimate, rocAuc.compute(target, score));
  // The ends of 2,000 resamples have a standard error of about 6 % of the standard error of the AUC.
  assert.ok(Math.abs(interval.low - (interval.estimate - 1.96 * error)) < 0.25 * error);
  assert.ok(Math.abs(interval.high - (interval.estimate + 1.96 * error)) < 0.25 * error);
});

test('the interval of a share is the binomial one', () => {
  const score = new Float64Array(1000).fill(1);
  const target = score.map((_, i) => (i < 300 ? 1 : 0));
  const interval = bootstrapInterval(accuracyAt(0.5), target, score, { seed: 1, resamples: 4000 });
  // Quantiles 0.025 and 0.975 of Binomial(1000, 0.3) / 1000.
  assert.ok(Math.abs(interval.low - 0.272) <= 0.002, `${interval.low}`);
  assert.ok(Math.abs(interval.high - 0.329) <= 0.002, `${interval.high}`);
});

test('intervals cover the truth about as often as they say', () => {
  let covered = 0;
  const trials = 200;
  // Two unit normals 0.8 apart: AUC = Φ(0.8 / √2).
  const truth = 0.714196;
  for (let trial = 0; trial < trials; trial++) {
    const { target, score } = rowsOf(100 + trial, 400);
    const { low, high } = bootstrapInterval(rocAuc, target, score, { seed: trial, resamples: 200 });
    if (low <= truth && truth <= high) covered++;
  }
  // 95 % of 200 is 190; three standard errors are 9, and the percentile interval is a little too narrow.
  assert.ok(covered >= 178 && covered <= 199, `${covered}`);
});

test('a seed fixes the interval, and another seed moves it', () => {
  const { target, score } = rowsOf(2, 500);
  const once = bootstrapInterval(rocAuc, target, score, { seed: 1 });
  assert.deepEqual(bootstrapInterval(rocAuc, target, score, { seed: 1 }), once);
  assert.notDeepEqual(bootstrapInterval(rocAuc, target, score, { seed: 2 }), once);
});

test('no rows, one row and an undefined metric give the documented intervals', () => {
  const empty = bootstrapInterval(brier, NONE, NONE, { seed: 1 });
  assert.deepEqual(empty, { estimate: Number.NaN, low: Number.NaN, high: Number.NaN, level: 0.95 });
  const one = bootstrapInterval(brier, Float64Array.of(1), Float64Array.of(0.5), { seed: 1 });
  assert.deepEqual(one, { estimate: 0.25, low: 0.25, high: 0.25, level: 0.95 });
  const ones = Float64Array.of(1, 1, 1);
  const undefinedAuc = bootstrapInterval(rocAuc, ones, ones, { seed: 1 });
  assert.ok(Number.isNaN(undefinedAuc.estimate) && Number.isNaN(undefinedAuc.low));
});

test('115,000 rows and 200 resamples of the AUC take under 1.5 s', () => {
  const { target, score } = rowsOf(5, 115_000);
  const start = process.cpuUsage();
  const interval = bootstrapInterval(rocAuc, target, score, { seed: 1 });
  const { user } = process.cpuUsage(start);
  assert.ok(user < 1_500_000, `${user / 1000} ms of CPU time`);
  assert.ok(interval.high - interval.low < 0.01);
});

test('several statistics share the resamples', () => {
  const { target, score } = rowsOf(6, 400);
  const [auc, loss] = bootstrap(400, [rocAuc.prepare(target, score), brier.prepare(target, score)], {
    seed: 5,
  });
  assert.deepEqual(auc, bootstrapInterval(rocAuc, target, score, { seed: 5 }));
  assert.deepEqual(loss, bootstrapInterval(brier, target, score, { seed: 5 }));
});
