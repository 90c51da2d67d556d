import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { TendError } from '../../kernel/error.ts';
import type { LabelledRows } from '../labelled-rows.ts';
import type { FeatureMatrix } from '../matrix.ts';
import { seededRandom } from '../random.ts';
import { jsKernel } from './kernel-js.ts';
import { predictTrees } from './predict-trees.ts';
import { trainTrees } from './train-trees.ts';
import { defaultTreeParams, type TreeParams } from './tree-params.ts';

function matrixOf(...columns: readonly (readonly number[])[]): FeatureMatrix {
  return {
    rows: columns[0]?.length ?? 0,
    names: columns.map((_, i) => `x${i}`),
    columns: columns.map((column) => Float32Array.from(column)),
  };
}

/** A stump on squared error with learning rate 1: leaf values are means of residuals. */
const STUMP: TreeParams = {
  ...defaultTreeParams('regression'),
  rounds: 1,
  leaves: 2,
  learningRate: 1,
  rowsPerLeafMin: 1,
};

function stump(matrix: FeatureMatrix, target: readonly number[], params: Partial<TreeParams> = {}) {
  const { model } = trainTrees({
    matrix,
    target: Float64Array.from(target),
    params: { ...STUMP, ...params },
    seed: 0,
  });
  const [tree] = model.trees;
  return { model, tree };
}

/** Rows of a noisy target with missing values and ties. */
function noisyRows(rows: number, seed: number): LabelledRows {
  const random = seededRandom(seed);
  const columns = Array.from({ length: 5 }, () =>
    Float32Array.from({ length: rows }, () =>
      random.next() < 0.1 ? Number.NaN : Math.round(random.next() * 200) / 10,
    ),
  );
  const target = Float64Array.from({ length: rows }, (_, i) => {
    const a = columns[0]?.[i] ?? 0;
    const b = columns[1]?.[i] ?? 0;
    const signal = (Number.isNaN(a) ? 14 : a) + (Number.isNaN(b) ? 2 : 0.5 * b);
    return signal + 6 * random.next() > 17 ? 1 : 0;
  });
  return { matrix: { rows, names: columns.map((_, i) => `x${i}`), columns }, target };
}

test('a stump splits between the groups and predicts their means', () => {
  const matrix = matrixOf([1, 2, 3, 10, 11, 12]);
  const { model, tree } = stump(matrix, [5, 5, 5, 9, 9, 9]);
  assert.equal(model.base, 7);
  assert.deepEqual([...(tree?.threshold ?? [])], [6.5, 0, 0]);
  assert.deepEqual([...(tree?.value ?? [])], [0, -2, 2]);
  assert.deepEqual([...(tree?.cover ?? [])], [6, 3, 3]);
  assert.deepEqual([...predictTrees(model, matrix)], [5, 5, 5, 9, 9, 9]);
});

test('the feature and the threshold are those of greatest gain, worked out by hand', () => {
  // residuals -3 -1 1 3: splits of x0 gain 9/1+9/3=12, 16/2+16/2=16, 12; the order of x1 gains at most 1+1/3
  const { tree } = stump(matrixOf([0, 1, 2, 3], [5, 4, 6, 3]), [0, 2, 4, 6]);
  assert.equal(tree?.feature[0], 0);
  assert.equal(tree?.threshold[0], 1.5);
});

test('l2 and l1 shrink the leaves as the formula says', () => {
  const matrix = matrixOf([0, 0, 1, 1]);
  const target = [0, 0, 4, 4];
  // residuals are -2 -2 2 2, so G = 4, H = 2 on either side
  assert.deepEqual([...(stump(matrix, target, { l2: 2 }).tree?.value ?? [])], [0, -1, 1]);
  assert.deepEqual([...(stump(matrix, target, { l1: 1 }).tree?.value ?? [])], [0, -1.5, 1.5]);
});

test('a split must gain more than the least gain', () => {
  const matrix = matrixOf([0, 0, 1, 1]);
  // the gain is 16/2 + 16/2 - 0 = 16
  assert.equal(stump(matrix, [0, 0, 4, 4], { gainMin: 15.9 }).model.trees.length, 1);
  assert.equal(stump(matrix, [0, 0, 4, 4], { gainMin: 16 }).model.trees.length, 0);
});

test('missing values go to the side where they lower the loss', () => {
  const x = [Number.NaN, Number.NaN, 1, 2, 3, 4];
  const withHigh = stump(matrixOf(x), [9, 9, 0, 0, 9, 9]);
  const withLow = stump(matrixOf(x), [0, 0, 0, 0, 9, 9]);
  assert.equal(withHigh.tree?.missingLeft[0], 0);
  assert.equal(withLow.tree?.missingLeft[0], 1);
  assert.equal(withHigh.tree?.threshold[0], 2.5);
  assert.deepEqual([...predictTrees(withLow.model, matrixOf([Number.NaN]))], [0]);
  assert.deepEqual([...predictTrees(withHigh.model, matrixOf([Number.NaN]))], [9]);
});

test('missing against present is a split of its own', () => {
  const matrix = matrixOf([Number.NaN, Number.NaN, 1, 2, 3, 4]);
  const { model, tree } = stump(matrix, [9, 9, 0, 0, 0, 0]);
  assert.equal(tree?.missingLeft[0], 0);
  assert.deepEqual([...predictTrees(model, matrix)], [9, 9, 0, 0, 0, 0]);
});

test('without missing values in training they follow the greater part', () => {
  const { tree } = stump(matrixOf([1, 2, 3, 4, 5]), [0, 0, 0, 9, 9]);
  assert.equal(tree?.missingLeft[0], 1);
  assert.equal(stump(matrixOf([1, 2, 3, 4, 5]), [0, 0, 9, 9, 9]).tree?.missingLeft[0], 0);
});

test('constant columns, one row, no rows and all-missing columns give the base alone', () => {
  const matrices = [matrixOf([4, 4, 4, 4]), matrixOf([Number.NaN, Number.NaN, Number.NaN, Number.NaN])];
  for (const matrix of matrices) {
    const { model } = stump(matrix, [1, 2, 3, 6]);
    assert.deepEqual({ trees: model.trees.length, base: model.base }, { trees: 0, base: 3 });
  }
  assert.deepEqual([...predictTrees(stump(matrixOf([1]), [8]).model, matrixOf([1]))], [8]);
  assert.equal(stump(matrixOf([]), []).model.base, 0);
});

test('no leaf has fewer training rows than asked, also when hessians differ much', () => {
  const { matrix, target } = noisyRows(3_000, 5);
  const rare = target.map((value, i) => (i % 40 === 0 ? value : 0));
  const params = {
    ...defaultTreeParams('binary'),
    rounds: 60,
    leaves: 63,
    rowsPerLeafMin: 15,
    learningRate: 0.3,
  };
  const { model } = trainTrees({ matrix, target: rare, params, seed: 1 });
  const covers = model.trees.flatMap((tree) =>
    [...tree.cover].filter((_, node) => tree.feature[node] === -1),
  );
  assert.ok(covers.length > 60);
  assert.ok(Math.min(...covers) >= 15, `least ${Math.min(...covers)}`);
  for (const tree of model.trees) {
    const leaves = tree.cover.filter((_, node) => tree.feature[node] === -1);
    assert.equal(
      leaves.reduce((sum, rows) => sum + rows, 0),
      3_000,
    );
  }
});

const value = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 2, arbitrary: fc.float({ noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);

test('the plain and the compiled kernel give the same trees, bit for bit', () => {
  const cases = fc.record({
    rows: fc.array(fc.tuple(value, value, value, fc.integer({ min: 0, max: 1 })), {
      minLength: 1,
      maxLength: 120,
    }),
    leaves: fc.integer({ min: 2, max: 16 }),
    rowsPerLeafMin: fc.integer({ min: 1, max: 6 }),
    rowFraction: fc.constantFrom(0.6, 1),
    featureFraction: fc.constantFrom(0.5, 1),
    objective: fc.constantFrom('binary' as const, 'regression' as const),
    bins: fc.constantFrom(3, 255),
  });
  fc.assert(
    fc.property(cases, ({ rows, objective, ...rest }) => {
      const matrix = matrixOf(...[0, 1, 2].map((column) => rows.map((row) => row[column] ?? 0)));
      const target = Float64Array.from(rows, (row) => row[3]);
      const params = { ...defaultTreeParams(objective), rounds: 6, hessianPerLeafMin: 0, ...rest };
      const input = { matrix, target, params, seed: 7, validation: { matrix, target } };
      const compiled = trainTrees(input);
      assert.deepEqual(trainTrees({ ...input, kernel: jsKernel }), compiled);
      // binned validation rows take the paths that the raw values take
      const last = compiled.history.at(compiled.bestIteration - 1);
      if (last === undefined || rest.rowFraction < 1) return;
      // the same scores, summed in another order
      const apart = Math.abs((last.validation ?? Number.NaN) - last.train);
      assert.ok(apart <= 1e-12 * (1 + last.train), `${last.validation} and ${last.train}`);
    }),
    { numRuns: 150, seed: 11 },
  );
});

test('larger fits with many leaves are the same in both kernels', () => {
  const { matrix, target } = noisyRows(6_000, 3);
  const params = {
    ...defaultTreeParams('binary'),
    rounds: 12,
    leaves: 80,
    rowsPerLeafMin: 3,
    l1: 0.1,
    l2: 1,
  };
  const input = { matrix, target, params, seed: 2 };
  assert.deepEqual(trainTrees({ ...input, kernel: jsKernel }), trainTrees(input));
});

test('validation loss is the loss of what predictTrees says', () => {
  const train = noisyRows(2_000, 21);
  const validation = noisyRows(700, 22);
  const params = { ...defaultTreeParams('binary'), rounds: 25, rowFraction: 0.7, featureFraction: 0.6 };
  const fit = trainTrees({ ...train, validation, params, seed: 4 });
  const margins = predictTrees(fit.model, validation.matrix);
  let loss = 0;
  for (const [i, s] of margins.entries()) {
    loss += Math.log1p(Math.exp(-Math.abs(s))) + Math.max(s, 0) - (validation.target[i] ?? 0) * s;
  }
  const told = fit.history[fit.bestIteration - 1]?.validation ?? 0;
  // sums of 700 terms in two orders of rounding
  assert.ok(Math.abs(told - loss / 700) < 1e-12, `${told} and ${loss / 700}`);
});

test('the same seed gives the same trees and another seed others', () => {
  const rows = noisyRows(1_500, 8);
  const params = { ...defaultTreeParams('binary'), rounds: 8, rowFraction: 0.5, featureFraction: 0.5 };
  const once = trainTrees({ ...rows, params, seed: 3 });
  assert.deepEqual(trainTrees({ ...rows, params, seed: 3 }), once);
  assert.notDeepEqual(trainTrees({ ...rows, params, seed: 4 }).model, once.model);
});

test('training loss falls in every round of plain boosting, for both objectives', () => {
  const rows = noisyRows(1_000, 13);
  for (const objective of ['binary', 'regression'] as const) {
    const params = { ...defaultTreeParams(objective), rounds: 40, learningRate: 0.2 };
    const { history } = trainTrees({ ...rows, params, seed: 0 });
    const losses = history.map((iteration) => iteration.train);
    assert.equal(losses.length, 40);
    for (const [i, loss] of losses.entries())
      assert.ok(i === 0 || loss < (losses[i - 1] ?? 0), `round ${i + 1}`);
  }
});

test('training stops when patience is out and keeps the trees up to the best round', () => {
  const train = noisyRows(400, 31);
  const validation = noisyRows(400, 32);
  const params = {
    ...defaultTreeParams('binary'),
    rounds: 500,
    learningRate: 0.4,
    rowsPerLeafMin: 2,
    patience: 7,
  };
  const seen: number[] = [];
  const fit = trainTrees({
    ...train,
    validation,
    params,
    seed: 0,
    onIteration: (i) => seen.push(i.iteration),
  });
  const losses = fit.history.map((iteration) => iteration.validation ?? Number.NaN);
  assert.equal(fit.bestIteration, losses.indexOf(Math.min(...losses)) + 1);
  assert.equal(fit.history.length, fit.bestIteration + 7);
  assert.equal(fit.model.trees.length, fit.bestIteration);
  assert.deepEqual(
    seen,
    fit.history.map((iteration) => iteration.iteration),
  );
});

test('depth, leaves and the drawn features keep to their limits', () => {
  const rows = noisyRows(2_000, 41);
  const params = { ...defaultTreeParams('binary'), rounds: 10, leaves: 31, depthMax: 2, rowsPerLeafMin: 2 };
  const { model } = trainTrees({ ...rows, params, seed: 0 });
  assert.equal(model.trees.length, 10);
  for (const tree of model.trees) assert.ok(tree.feature.length <= 7);
  const leafy = trainTrees({ ...rows, params: { ...params, depthMax: 0, leaves: 5 }, seed: 0 }).model;
  const leaves = leafy.trees.map((tree) => tree.feature.filter((feature) => feature < 0).length);
  assert.equal(Math.max(...leaves), 5);
  const one = trainTrees({ ...rows, params: { ...params, depthMax: 0, featureFraction: 0.2 }, seed: 0 });
  assert.equal(one.model.trees.length, 10);
  for (const tree of one.model.trees) {
    assert.equal(new Set(tree.feature.filter((feature) => feature >= 0)).size, 1);
  }
});

test('targets and parameters out of range are refused by name', () => {
  const matrix = matrixOf([1, 2]);
  const refused = (error: unknown): boolean => error instanceof TendError && error.code === 'INVALID_INPUT';
  const binary = { ...STUMP, objective: 'binary' as const };
  assert.throws(
    () => trainTrees({ matrix, target: Float64Array.of(0, 2), params: binary, seed: 0 }),
    refused,
  );
  assert.throws(() => stump(matrix, [1, Number.NaN]), refused);
  assert.throws(() => stump(matrix, [1]), refused);
  assert.throws(() => stump(matrix, [1, 2], { learningRate: 0 }), /learningRate/);
  assert.throws(() => stump(matrix, [1, 2], { bins: 256 }), /bins/);
  assert.throws(() => predictTrees(stump(matrix, [1, 2]).model, matrixOf([1], [2])), refused);
});
