import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureMatrix } from '../matrix.ts';
import { seededRandom } from '../random.ts';
import { shuffledPredictor } from './predict-shuffled.ts';
import { predictTrees } from './predict-trees.ts';
import { trainTrees } from './train-trees.ts';
import { defaultTreeParams } from './tree-params.ts';

const ROWS = 700;
const random = seededRandom(5);
const column = (): Float32Array =>
  Float32Array.from({ length: ROWS }, () => (random.next() < 0.1 ? Number.NaN : random.next()));
const matrix: FeatureMatrix = { rows: ROWS, names: ['a', 'b', 'c', 'd'], columns: [1, 2, 3, 4].map(column) };
const target = Float64Array.from({ length: ROWS }, (_, i) =>
  Number((matrix.columns[0]?.[i] ?? 0) + (matrix.columns[1]?.[i] ?? 0) + random.next() > 1.4),
);

test('shuffledPredictor() gives the margins of predictTrees() to the last bit, whatever is replaced', () => {
  const params = { ...defaultTreeParams('binary'), rounds: 20, leaves: 7, featureFraction: 0.5 };
  const { model } = trainTrees({ matrix, target, params, seed: 3 });
  const predict = shuffledPredictor(model, matrix);
  const replaced = [[], [0], [3], [1, 2], [0, 1, 2, 3], []];
  for (const places of replaced) {
    const columns = matrix.columns.map((own, f) => (places.includes(f) ? own.toReversed() : own));
    const other = { ...matrix, columns };
    assert.deepEqual(predict(other), predictTrees(model, other), `columns ${places.join(', ')}`);
  }
});

test('a model without trees gives its base, and other features are refused', () => {
  const model = { kind: 'trees', objective: 'binary', base: 0.5, features: matrix.names, trees: [] } as const;
  assert.deepEqual(shuffledPredictor(model, matrix)(matrix), new Float64Array(ROWS).fill(0.5));
  const fewer = { ...matrix, names: ['a', 'b', 'c', 'e'] };
  assert.throws(() => shuffledPredictor(model, fewer), /expected the features/);
});
