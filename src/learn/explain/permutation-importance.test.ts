import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureMatrix } from '../matrix.ts';
import { rmse } from '../metrics/squared-error.ts';
import { rocAuc } from '../metrics/roc-auc.ts';
import { normal } from '../normal.ts';
import { seededRandom } from '../random.ts';
import { permutationImportance } from './permutation-importance.ts';

const random = seededRandom(1);
const ROWS = 4000;
const matrix: FeatureMatrix = {
  rows: ROWS,
  names: ['strong', 'weak', 'unused', 'constant'],
  columns: [
    Float32Array.from({ length: ROWS }, () => normal(random)),
    Float32Array.from({ length: ROWS }, () => normal(random)),
    Float32Array.from({ length: ROWS }, () => normal(random)),
    new Float32Array(ROWS).fill(2),
  ],
};
/** 3 × strong + weak: for the target that it is, the RMSE after shuffling a column c is √2 × its slope. */
const predict = (m: FeatureMatrix): Float64Array =>
  Float64Array.from({ length: m.rows }, (_, i) => 3 * m.columns[0]![i]! + m.columns[1]![i]!);
const target = predict(matrix);

test('shuffling a column of a linear model costs √2 × slope × sd in RMSE', () => {
  const importances = permutationImportance({ matrix, target, predict, metric: rmse, seed: 1, repeats: 10 });
  assert.equal(importances.reference, 0);
  // 4,000 rows: an RMSE is known to about 1 %.
  assert.ok(Math.abs(importances.mean[0]! - 3 * Math.SQRT2) < 0.15, `${importances.mean[0]}`);
  assert.ok(Math.abs(importances.mean[1]! - Math.SQRT2) < 0.05, `${importances.mean[1]}`);
  assert.deepEqual([importances.mean[2], importances.sd[2]], [0, 0]);
  assert.deepEqual([importances.mean[3], importances.sd[3]], [0, 0]);
  assert.ok(importances.sd[0]! > 0 && importances.sd[0]! < 0.1);
});

test('a metric where higher is better gives positive importances, and the matrix stays as it was', () => {
  const before = matrix.columns.map((column) => column.slice());
  const labels = target.map((value) => (value > 0 ? 1 : 0));
  const { mean, reference } = permutationImportance({
    matrix,
    target: labels,
    predict,
    metric: rocAuc,
    seed: 2,
  });
  assert.equal(reference, 1);
  assert.ok(mean[0]! > mean[1]! && mean[1]! > 0.01);
  assert.deepEqual(matrix.columns, before);
});

test('a feature has the same figure for a seed whichever features follow it', () => {
  const narrow = { rows: ROWS, names: ['strong', 'weak'], columns: matrix.columns.slice(0, 2) };
  const all = permutationImportance({ matrix, target, predict, metric: rmse, seed: 3 });
  const two = permutationImportance({ matrix: narrow, target, predict, metric: rmse, seed: 3 });
  assert.deepEqual(two.mean, all.mean.slice(0, 2));
});

test('no rows give NaN', () => {
  const empty = { rows: 0, names: ['a', 'b'], columns: [new Float32Array(0), new Float32Array(0)] };
  const input = { matrix: empty, target: new Float64Array(0), predict, metric: rmse, seed: 1 };
  const { reference, mean } = permutationImportance(input);
  assert.ok(Number.isNaN(reference) && mean.every(Number.isNaN));
});
