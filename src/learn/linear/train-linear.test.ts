import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { TendError } from '../../kernel/error.ts';
import type { FeatureMatrix } from '../matrix.ts';
import { seededRandom } from '../random.ts';
import { predictLinear } from './linear-model.ts';
import { trainLinear } from './train-linear.ts';

function matrixOf(...columns: readonly (readonly number[])[]): FeatureMatrix {
  return {
    rows: columns[0]?.length ?? 0,
    names: columns.map((_, i) => `x${i}`),
    columns: columns.map((column) => Float32Array.from(column)),
  };
}

function regress(matrix: FeatureMatrix, target: readonly number[], l2 = 0) {
  return trainLinear({ matrix, target: Float64Array.from(target), params: { objective: 'regression', l2 } });
}

function close(actual: number | undefined, expected: number, tolerance: number): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= tolerance, `${actual} is not ${expected}`);
}

test('least squares finds the line that the points lie on', () => {
  const matrix = matrixOf([0, 1, 2, 3], [1, -1, 2, 0]);
  const model = regress(matrix, [5, 6, 14, 14]);
  // y = 2 + 4 x0 + ... has no exact fit; the normal equations do: checked against the residual's
  // orthogonality
  const residuals = predictLinear(model, matrix).map((value, i) => value - ([5, 6, 14, 14][i] ?? 0));
  for (const column of [Float32Array.of(1, 1, 1, 1), ...matrix.columns]) {
    // rounding of four products
    close(
      residuals.reduce((sum, r, i) => sum + r * (column[i] ?? 0), 0),
      0,
      1e-12,
    );
  }
});

test('ridge shrinks a standardised coefficient by n / (n + l2)', () => {
  // x has mean 0 and standard deviation 1, so least squares gives 3 and ridge 3 * 4 / (4 + 2)
  const model = regress(matrixOf([-1, 1, -1, 1]), [-3, 3, -3, 3], 2);
  close(model.coefficients[0], 2, 1e-14);
});

test('a missing value counts as the mean, and constant or repeated columns take no weight', () => {
  const model = regress(matrixOf([1, Number.NaN, 3], [7, 7, 7], [1, Number.NaN, 3]), [1, 5, 3]);
  assert.equal(model.means[0], 2);
  assert.equal(model.coefficients[1], 0);
  assert.equal(model.coefficients[2], 0);
  const margins = predictLinear(model, matrixOf([Number.NaN, 3], [0, 0], [0, 0]));
  close(margins[0], 3, 1e-12);
  close(margins[1], 4, 1e-12);
});

test('many features go the other way and arrive at the same weights', () => {
  const random = seededRandom(3);
  const rows = 60;
  const wide = Array.from({ length: 1_001 }, () => Array.from({ length: rows }, () => random.next()));
  const target = Array.from({ length: rows }, () => random.next());
  const many = regress(matrixOf(...wide), target, 5);
  // the optimum of ridge: l2 w = Z' r for every column
  const matrix = matrixOf(...wide);
  const residuals = predictLinear(many, matrix).map((value, i) => (target[i] ?? 0) - value);
  for (const j of [0, 500, 1_000]) {
    const along = residuals.reduce((sum, r, i) => {
      const z = ((matrix.columns[j]?.[i] ?? 0) - (many.means[j] ?? 0)) / (many.scales[j] ?? 1);
      return sum + r * z;
    }, 0);
    // the descent stops at a gradient of 1e-9 of its start
    close(along / 5, many.coefficients[j] ?? Number.NaN, 1e-7);
  }
});

test('logistic regression on one balanced binary feature gives the log-odds ratio', () => {
  // 3 of 4 are ones where x = 1, 1 of 4 where x = -1: log-odds are +-log 3, mean 0, standard deviation 1
  const x = [1, 1, 1, 1, -1, -1, -1, -1];
  const target = Float64Array.of(1, 1, 1, 0, 1, 0, 0, 0);
  const model = trainLinear({ matrix: matrixOf(x), target, params: { objective: 'binary', l2: 0 } });
  close(model.coefficients[0], Math.log(3), 1e-8);
  close(model.intercept, 0, 1e-8);
});

test('a separable target with a penalty stays finite', () => {
  const target = Float64Array.of(0, 0, 1, 1);
  const model = trainLinear({
    matrix: matrixOf([1, 2, 3, 4]),
    target,
    params: { objective: 'binary', l2: 1 },
  });
  assert.ok(Number.isFinite(model.coefficients[0]) && (model.coefficients[0] ?? 0) > 0);
});

test('no rows and no features give a constant', () => {
  assert.equal(regress(matrixOf(), []).intercept, 0);
  const none: FeatureMatrix = { rows: 2, names: [], columns: [] };
  close(regress(none, [1, 3]).intercept, 2, 1e-15);
});

test('infinite features and bad penalties are refused', () => {
  const refused = (error: unknown): boolean => error instanceof TendError && error.code === 'INVALID_INPUT';
  assert.throws(() => regress(matrixOf([1, Number.POSITIVE_INFINITY]), [1, 2]), refused);
  assert.throws(() => regress(matrixOf([1, 2]), [1, 2], -1), refused);
});
