import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CategoryColumn } from '../../kernel/column.ts';
import { influenceInterval } from '../influence-interval.ts';
import { seededRandom } from '../random.ts';
import { accuracyAt } from './decision.ts';
import { rocAuc } from './roc-auc.ts';
import { metricBySlice } from './slices.ts';
import { brier } from './squared-error.ts';

/** 1,000 rows: `big` 600, `small` 300 (decided worse), `tiny` 20, missing 80; level `none` has no rows. */
function rows(): { column: CategoryColumn; target: Float64Array; score: Float64Array } {
  const random = seededRandom(1);
  const codes = Int32Array.from({ length: 1000 }, (_, i) => (i < 600 ? 1 : i < 900 ? 0 : i < 920 ? 2 : -1));
  const target = Float64Array.from({ length: 1000 }, () => Number(random.next() < 0.5));
  const score = target.map((label, i) => {
    const rightly = random.next() < (codes[i] === 0 ? 0.6 : 0.9);
    return rightly ? label : 1 - label;
  });
  return { column: { kind: 'category', codes, levels: ['small', 'big', 'tiny', 'none'] }, target, score };
}

test('levels are counted, the small ones not judged, and the worst is found', () => {
  const { column, target, score } = rows();
  const report = metricBySlice(accuracyAt(0.5), column, target, score);
  assert.deepEqual(
    report.slices.map((slice) => [slice.level, slice.rows, slice.judged]),
    [
      ['big', 600, true],
      ['small', 300, true],
      [null, 80, true],
      ['tiny', 20, false],
    ],
  );
  assert.equal(report.worst?.level, 'small');
  assert.ok(Number.isNaN(report.slices[3]!.interval.estimate));
  assert.ok(report.worst.interval.high < report.slices[0]!.interval.low, 'the gap is beyond chance');
});

test('a slice is the metric of its rows alone', () => {
  const { column, target, score } = rows();
  const report = metricBySlice(brier, column, target, score);
  assert.deepEqual(
    report.slices[0]!.interval,
    influenceInterval(brier, target.subarray(0, 600), score.subarray(0, 600)),
  );
  assert.equal(report.worst?.level, 'small', 'for a loss the worst is the highest');
});

test('slices of one class are judged and never the worst; no rows give no slices', () => {
  const { column, target, score } = rows();
  const ones = target.map((label, i) => (column.codes[i] === 0 ? 1 : label));
  const report = metricBySlice(rocAuc, column, ones, score);
  const small = report.slices.find((slice) => slice.level === 'small');
  assert.ok(small?.judged === true && Number.isNaN(small.interval.estimate));
  assert.notEqual(report.worst?.level, 'small');
  const none = new Float64Array(0);
  const empty: CategoryColumn = { kind: 'category', codes: new Int32Array(0), levels: ['a'] };
  assert.deepEqual(metricBySlice(rocAuc, empty, none, none), { slices: [], worst: null });
});
