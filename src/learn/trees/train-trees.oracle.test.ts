import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import type { LabelledRows } from '../labelled-rows.ts';
import { seededRandom } from '../random.ts';
import { predictTrees } from './predict-trees.ts';
import { trainTrees } from './train-trees.ts';
import { defaultTreeParams } from './tree-params.ts';

const FEATURES = 8;

/** Interactions, a rare level, missing values that carry meaning, and noise. */
function generatedRows(rows: number, seed: number, noise: number): LabelledRows {
  const random = seededRandom(seed);
  const columns = Array.from({ length: FEATURES }, () => new Float32Array(rows));
  const target = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const x = columns.map(() => Math.round(random.next() * 1_000) / 1_000);
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = x;
    const hidden = random.next() < 0.15;
    target[i] =
      3 * a * b + Math.sin(6 * c) + (d > 0.9 ? 1.5 : 0) + (hidden ? 1 : e) + noise * (random.next() - 0.5);
    for (const [j, column] of columns.entries()) column[i] = j === 4 && hidden ? Number.NaN : (x[j] ?? 0);
  }
  return { matrix: { rows, names: columns.map((_, j) => `x${j}`), columns }, target };
}

function asked(train: LabelledRows, held: LabelledRows, ours: Float64Array) {
  const part = ({ matrix, target }: LabelledRows) => ({ columns: matrix.columns, target });
  return { train: part(train), test: part(held), ours };
}

const SCRIPT = `
import json, sys, numpy as np, lightgbm as lgb
from sklearn.metrics import roc_auc_score, mean_squared_error
i = json.load(sys.stdin)
def rows(p): return np.array(p['columns'], dtype=float).T, np.array(p['target'])
X, y = rows(i['train']); V, v = rows(i['test'])
p = dict(num_leaves=31, learning_rate=0.1, min_data_in_leaf=20, num_threads=1, verbose=-1, deterministic=True)
`;

const answer = z.object({ ours: z.number(), theirs: z.number() });

test('AUC is that of LightGBM on the same rows and settings, within 0.003', async () => {
  const halves = [generatedRows(12_000, 1, 3), generatedRows(12_000, 2, 3)].map(({ matrix, target }) => ({
    matrix,
    target: target.map((y) => (y > 2 ? 1 : 0)),
  }));
  const [train, held] = halves;
  assert.ok(train !== undefined && held !== undefined);
  const { model } = trainTrees({ ...train, params: defaultTreeParams('binary'), seed: 0 });
  const { ours, theirs } = answer.parse(
    await runPython(
      `${SCRIPT}
m = lgb.train(dict(p, objective='binary'), lgb.Dataset(X, y), 100)
print(json.dumps(dict(ours=roc_auc_score(v, np.array(i['ours'])), theirs=roc_auc_score(v, m.predict(V)))))`,
      asked(train, held, predictTrees(model, held.matrix)),
    ),
  );
  assert.ok(theirs > 0.8, `the set can be learnt: ${theirs}`);
  assert.ok(Math.abs(ours - theirs) < 0.003, `${ours} against ${theirs}`);
});

test('squared error is that of LightGBM on the same rows and settings, within 1%', async () => {
  const train = generatedRows(12_000, 3, 1);
  const held = generatedRows(12_000, 4, 1);
  const { model } = trainTrees({ ...train, params: defaultTreeParams('regression'), seed: 0 });
  const { ours, theirs } = answer.parse(
    await runPython(
      `${SCRIPT}
m = lgb.train(dict(p, objective='regression'), lgb.Dataset(X, y), 100)
ours, theirs = (mean_squared_error(v, np.array(told)) for told in (i['ours'], m.predict(V)))
print(json.dumps(dict(ours=ours, theirs=theirs)))`,
      asked(train, held, predictTrees(model, held.matrix)),
    ),
  );
  // 1/12 is the variance of the noise, which no model gets below
  assert.ok(theirs < 0.1, `the set can be learnt: ${theirs}`);
  assert.ok(Math.abs(ours / theirs - 1) < 0.01, `${ours} against ${theirs}`);
});
