import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LinearModel, predictLinear } from '../linear/linear-model.ts';
import type { FeatureMatrix } from '../matrix.ts';
import { linearShap } from './linear-shap.ts';

const model: LinearModel = {
  kind: 'linear',
  objective: 'binary',
  features: ['a', 'b', 'constant'],
  intercept: -0.5,
  coefficients: Float64Array.of(2, -3, 0),
  means: Float64Array.of(10, 1, 4),
  scales: Float64Array.of(4, 0.5, 1),
};
const matrix: FeatureMatrix = {
  rows: 3,
  names: model.features,
  columns: [
    Float32Array.of(12, 10, Number.NaN),
    Float32Array.of(1.5, Number.NaN, 1),
    Float32Array.of(4, 4, 4),
  ],
};

test('a contribution is coefficient × (x - mean) / scale, and a missing value contributes nothing', () => {
  const { base, columns } = linearShap(model, matrix);
  assert.equal(base, -0.5);
  assert.deepEqual(
    columns.map((column) => Array.from(column, (value) => value + 0)),
    [
      [1, 0, 0],
      [-3, 0, 0],
      [0, 0, 0],
    ],
  );
});

test('base and contributions add up to the margin', () => {
  const { base, columns } = linearShap(model, matrix);
  const margins = predictLinear(model, matrix);
  for (let row = 0; row < matrix.rows; row++) {
    const sum = columns.reduce((total, column) => total + column[row]!, base);
    assert.ok(Math.abs(sum - margins[row]!) < 1e-12);
  }
});

test('no rows give empty columns, and other features are refused', () => {
  const columns = matrix.columns.map(() => new Float32Array(0));
  const { columns: none } = linearShap(model, { rows: 0, names: model.features, columns });
  assert.deepEqual(none, [new Float64Array(0), new Float64Array(0), new Float64Array(0)]);
  assert.throws(() => linearShap(model, { ...matrix, names: ['b', 'a', 'constant'] }), {
    code: 'INVALID_INPUT',
  });
});
