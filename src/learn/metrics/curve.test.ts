import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normal } from '../normal.ts';
import { seededRandom } from '../random.ts';
import { type Curve, CURVE_POINTS_MAX, precisionRecallCurve, rocCurve } from './curve.ts';
import { rocAuc } from './roc-auc.ts';

const random = seededRandom(8);
const target = Float64Array.from({ length: 20_000 }, () => Number(random.next() < 0.1));
const score = target.map((label) => label + normal(random));

function areaBelow(curve: Curve): number {
  let area = 0;
  for (let i = 1; i < curve.x.length; i++) {
    area += ((curve.x[i]! - curve.x[i - 1]!) * (curve.y[i]! + curve.y[i - 1]!)) / 2;
  }
  return area;
}

test('a thinned ROC curve keeps its ends, its order and its area', () => {
  const curve = rocCurve(target, score);
  assert.ok(curve.x.length <= CURVE_POINTS_MAX && curve.x.length > CURVE_POINTS_MAX / 2);
  assert.deepEqual([curve.x[0], curve.y[0], curve.x.at(-1), curve.y.at(-1)], [0, 0, 1, 1]);
  for (let i = 1; i < curve.x.length; i++) {
    assert.ok(curve.x[i]! >= curve.x[i - 1]! && curve.y[i]! >= curve.y[i - 1]!);
    assert.ok(curve.threshold[i]! < curve.threshold[i - 1]!);
  }
  // Chords of at most 1 % of the way cut off less than 1e-4 of a concave curve each, 1e-3 together.
  assert.ok(Math.abs(areaBelow(curve) - rocAuc.compute(target, score)) < 1e-3);
});

test('a precision-recall curve ends at recall 1 with the share of positives', () => {
  const curve = precisionRecallCurve(target, score);
  assert.ok(curve.x.length <= CURVE_POINTS_MAX && curve.x.length > CURVE_POINTS_MAX / 2);
  const positives = target.reduce((sum, label) => sum + label, 0);
  assert.equal(curve.x.at(-1), 1);
  assert.equal(curve.y.at(-1), positives / target.length);
});

test('curves of no rows or of one class are empty, and of one score a single step', () => {
  const none = new Float64Array(0);
  const ones = Float64Array.of(1, 1);
  const zeros = Float64Array.of(0, 0);
  assert.equal(rocCurve(none, none).x.length, 0);
  assert.equal(rocCurve(ones, ones).x.length, 0);
  assert.equal(precisionRecallCurve(none, none).x.length, 0);
  assert.equal(precisionRecallCurve(zeros, ones).x.length, 0);
  const step = rocCurve(Float64Array.of(0, 1), ones);
  assert.deepEqual(
    [Array.from(step.x), Array.from(step.y)],
    [
      [0, 1],
      [0, 1],
    ],
  );
});
