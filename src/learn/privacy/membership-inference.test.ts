import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normal } from '../normal.ts';
import { seededRandom } from '../random.ts';
import { MEMBERSHIP_ROWS_MAX, membershipInference, membershipRows } from './membership-inference.ts';

const random = seededRandom(1);
const losses = (rows: number, mean: number): Float64Array =>
  Float64Array.from({ length: rows }, () => mean + normal(random));

test('losses of one distribution leak nothing', () => {
  const report = membershipInference(losses(5000, 1), losses(5000, 1));
  assert.ok(report.auc.low < 0.5 && report.auc.high > 0.5, `${report.auc.low} ${report.auc.high}`);
  // The one-sided Kolmogorov-Smirnov statistic of 5,000 and 5,000 rows passes 0.04 once in 3,000 times.
  assert.ok(report.advantage < 0.04);
  assert.ok(report.truePositiveRateAtOnePercent < 0.02);
  // The gap has a standard error of 0.02.
  assert.ok(Math.abs(report.trainTestGap) < 0.08);
});

test('normal losses one apart leak what theory says', () => {
  const report = membershipInference(losses(20_000, 0), losses(20_000, 1));
  // AUC = Φ(1/√2), advantage = 2 Φ(1/2) - 1, TPR at 1 % = Φ(1 + Φ⁻¹(0.01)); four standard errors each.
  assert.ok(Math.abs(report.auc.estimate - 0.76025) < 0.01);
  assert.ok(Math.abs(report.advantage - 0.38292) < 0.02);
  assert.ok(Math.abs(report.truePositiveRateAtOnePercent - 0.09236) < 0.015);
  assert.ok(Math.abs(report.trainTestGap - 1) < 0.04);
  assert.ok(report.auc.low < 0.76025 && report.auc.high > 0.76025);
});

test('equal losses are not told apart, whichever side comes first', () => {
  const same = new Float64Array(200).fill(0.5);
  const report = membershipInference(same, same);
  assert.equal(report.auc.estimate, 0.5);
  assert.equal(report.advantage, 0);
  assert.equal(report.truePositiveRateAtOnePercent, 0);
});

test('a remembered training set is found out', () => {
  const report = membershipInference(new Float64Array(50), new Float64Array(50).fill(1));
  assert.equal(report.auc.estimate, 1);
  assert.equal(report.advantage, 1);
  assert.equal(report.truePositiveRateAtOnePercent, 1);
  assert.equal(report.trainTestGap, 1);
  assert.equal(report.auc.low, 1);
});

test('without rows on a side everything is NaN', () => {
  const none = new Float64Array(0);
  for (const report of [
    membershipInference(none, none),
    membershipInference(none, Float64Array.of(1)),
    membershipInference(Float64Array.of(1), none),
  ]) {
    const { auc, advantage, truePositiveRateAtOnePercent, trainTestGap } = report;
    const figures = [auc.estimate, auc.low, advantage, truePositiveRateAtOnePercent, trainTestGap];
    assert.deepEqual(figures, new Array(5).fill(Number.NaN));
  }
});

test('of many rows a sample is drawn, the same for a seed; of few all', () => {
  const rows = membershipRows({ train: 50_000, heldOut: 300 }, 3);
  assert.deepEqual([rows.train.length, rows.heldOut.length], [MEMBERSHIP_ROWS_MAX, 300]);
  assert.equal(new Set(rows.train).size, MEMBERSHIP_ROWS_MAX);
  assert.deepEqual(
    rows.heldOut.toSorted(),
    Uint32Array.from({ length: 300 }, (_, row) => row),
  );
  assert.deepEqual(membershipRows({ train: 50_000, heldOut: 300 }, 3), rows);
});
