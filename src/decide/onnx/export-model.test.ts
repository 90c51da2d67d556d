import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { CategoryColumn } from '../../kernel/column.ts';
import { applyTargetEncoding, type TargetEncoding } from '../../learn/encode/target-encoding.ts';
import { predictLinear } from '../../learn/linear/linear-model.ts';
import { trainLinear } from '../../learn/linear/train-linear.ts';
import type { FeatureMatrix } from '../../learn/matrix.ts';
import { predictTrees } from '../../learn/trees/predict-trees.ts';
import { trainTrees } from '../../learn/trees/train-trees.ts';
import { defaultTreeParams } from '../../learn/trees/tree-params.ts';
import { exportLinear } from './export-linear.ts';
import { exportTrees } from './export-trees.ts';
import { loadOnnx } from './load-onnx.ts';

const ROWS = 600;
const ENCODING: TargetEncoding = {
  prior: 0.4,
  levels: ['a', 'b', 'c'],
  values: Float64Array.of(0.1, 0.7, 0.35),
  missing: 0.55,
};
const LAYOUT = {
  inputs: [
    { name: 'level', type: 'string' },
    { name: 'z', type: 'number' },
    { name: 'x', type: 'number' },
  ],
  encodings: { level: ENCODING },
} as const;

/** Whole numbers below m that look unordered. */
const scrambled = (i: number, m: number): number => (i * i * 7919 + i * 104_729) % m;

const x = Float32Array.from({ length: ROWS }, (_, i) =>
  i % 11 === 0 ? Number.NaN : scrambled(i, 1009) / 100,
);
const z = Float32Array.from({ length: ROWS }, (_, i) => scrambled(i + 5, 613) * 1e4);
const category: CategoryColumn = {
  kind: 'category',
  codes: Int32Array.from({ length: ROWS }, (_, i) => scrambled(i, 5) - 1),
  levels: ['c', 'new', 'a', 'b'],
};
const matrix: FeatureMatrix = {
  rows: ROWS,
  names: ['x', 'level', 'z'],
  columns: [x, applyTargetEncoding(ENCODING, category), z],
};
const target = Float64Array.from(x, (value, i) =>
  Number((Number.isNaN(value) ? 4 : value) + scrambled(i, 7) > 8),
);

const served = (bytes: Uint8Array): Float32Array => {
  const numeric = Float32Array.from({ length: ROWS * 2 }, (_, k) => (k % 2 === 0 ? z : x)[k >> 1] ?? 0);
  const level = Array.from(category.codes, (code) => category.levels[code] ?? '');
  return loadOnnx(bytes).run({ numeric, level }, ROWS)['score'] ?? new Float32Array(0);
};

function assertServed(bytes: Uint8Array, margins: Float64Array): void {
  const scores = served(bytes);
  assert.equal(scores.length, ROWS);
  assert.ok(new Set(scores).size > 50, 'the rows differ');
  // A float32 sum of 100 leaves is within 1e-5 of the float64 one of training.
  margins.forEach((margin, i) => {
    const expected = 1 / (1 + Math.exp(-margin));
    assert.ok(
      Math.abs((scores[i] ?? Number.NaN) - expected) < 1e-5,
      `row ${i}: ${scores[i]}, not ${expected}`,
    );
  });
}

it('exportTrees() serves what the trees predict, strings and missing values included', () => {
  const { model } = trainTrees({ matrix, target, params: defaultTreeParams('binary'), seed: 1 });
  assertServed(exportTrees(model, LAYOUT), predictTrees(model, matrix));
});

it('exportLinear() serves what the linear model predicts, strings and missing values included', () => {
  const model = trainLinear({ matrix, target, params: { objective: 'binary', l2: 1 } });
  assertServed(exportLinear(model, LAYOUT), predictLinear(model, matrix));
});
