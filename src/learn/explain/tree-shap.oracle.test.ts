import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import type { Tree, TreeModel } from '../trees/tree-model.ts';
import { treeShap } from './tree-shap.ts';

/** Sums of a few hundred leaves in another order differ by about 1e-14. */
const TOLERANCE = 1e-9;

const numbers = z.array(z.number());
const explained = z.object({
  columns: z.array(z.array(z.number().nullable())),
  contributions: z.array(numbers),
  base: z.number(),
  trees: z.array(
    z.object({
      feature: numbers,
      threshold: numbers,
      missingLeft: numbers,
      left: numbers,
      right: numbers,
      value: numbers,
      cover: numbers,
    }),
  ),
});

/** Explains the dumped trees with ours and compares each contribution and the base. */
function compare(answer: unknown): void {
  const expected = explained.parse(answer);
  const trees: Tree[] = expected.trees.map((tree) => ({
    feature: Int32Array.from(tree.feature),
    threshold: Float32Array.from(tree.threshold),
    missingLeft: Uint8Array.from(tree.missingLeft),
    left: Int32Array.from(tree.left),
    right: Int32Array.from(tree.right),
    value: Float64Array.from(tree.value),
    cover: Float64Array.from(tree.cover),
  }));
  const columns = expected.columns.map((column) => Float32Array.from(column, (x) => x ?? Number.NaN));
  const names = columns.map((_, f) => `f${f}`);
  const model: TreeModel = { kind: 'trees', objective: 'binary', base: 0, features: names, trees };
  const actual = treeShap(model, { rows: columns[0]!.length, names, columns });
  assert.ok(Math.abs(actual.base - expected.base) < TOLERANCE, `base ${actual.base}, ${expected.base}`);
  let largest = 0;
  for (const [f, contributions] of actual.columns.entries()) {
    for (const [row, contribution] of contributions.entries()) {
      const other = expected.contributions[row]![f]!;
      largest = Math.max(largest, Math.abs(other));
      assert.ok(Math.abs(contribution - other) < TOLERANCE, `row ${row} of f${f}: ${contribution}, ${other}`);
    }
  }
  assert.ok(largest > 0.1, 'the models compared have something to explain');
}

// Values are multiples of 1/8, so that rounding a threshold to float32 moves no row across it.
const DATA = `
import sys, json, math
import numpy as np
rng = np.random.default_rng(3)
X = np.round(rng.normal(size=(1500, 6)) * 8) / 8
y = ((X[:, 0] * X[:, 1] + X[:, 2] + rng.normal(size=1500) * 0.5) > 0).astype(int)
`;

test('contributions of a LightGBM model with missing values are those of shap', async () => {
  const script = `${DATA}
import lightgbm, shap
X[rng.random(X.shape) < 0.1] = np.nan
params = dict(objective='binary', num_leaves=15, verbose=-1, seed=1)
model = lightgbm.train(params, lightgbm.Dataset(X, y), 20)
def dump(structure):
    t = dict(feature=[], threshold=[], missingLeft=[], left=[], right=[], value=[], cover=[])
    def visit(node):
        i = len(t['feature'])
        inner = 'split_feature' in node
        for k in t: t[k].append(0)
        t['feature'][i] = node['split_feature'] if inner else -1
        t['threshold'][i] = node['threshold'] if inner else 0
        t['missingLeft'][i] = int(node['default_left']) if inner else 0
        t['value'][i] = 0 if inner else node['leaf_value']
        t['cover'][i] = node['internal_count'] if inner else node['leaf_count']
        t['left'][i] = visit(node['left_child']) if inner else -1
        t['right'][i] = visit(node['right_child']) if inner else -1
        return i
    visit(structure)
    return t
rows = X[:100]
explainer = shap.TreeExplainer(model, feature_perturbation='tree_path_dependent')
explanation = explainer(rows)
columns = [[None if math.isnan(v) else v for v in column] for column in rows.T.tolist()]
trees = [dump(t['tree_structure']) for t in model.dump_model()['tree_info']]
print(json.dumps(dict(columns=columns, contributions=explanation.values.tolist(),
    base=float(explanation.base_values[0]), trees=trees)))
`;
  compare(await runPython(script));
});

test('contributions of a random forest of scikit-learn are those that shap computes itself', async () => {
  const script = `${DATA}
import shap
from sklearn.ensemble import RandomForestRegressor
forest = RandomForestRegressor(n_estimators=10, max_leaf_nodes=40, random_state=1).fit(X, y * 3.0)
def dump(t):
    inner = t.children_left >= 0
    return dict(feature=np.where(inner, t.feature, -1).tolist(),
        threshold=np.where(inner, t.threshold, 0).tolist(),
        missingLeft=[0] * t.node_count, left=t.children_left.tolist(), right=t.children_right.tolist(),
        value=(t.value[:, 0, 0] / 10).tolist(), cover=t.weighted_n_node_samples.tolist())
rows = X[:100]
explainer = shap.TreeExplainer(forest, feature_perturbation='tree_path_dependent')
print(json.dumps(dict(columns=rows.T.tolist(), contributions=explainer.shap_values(rows).tolist(),
    base=float(np.ravel(explainer.expected_value)[0]), trees=[dump(e.tree_) for e in forest.estimators_])))
`;
  compare(await runPython(script));
});
