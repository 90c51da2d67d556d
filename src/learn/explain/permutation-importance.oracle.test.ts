import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import { rmse } from '../metrics/squared-error.ts';
import { permutationImportance } from './permutation-importance.ts';

test('importances of a linear model agree with scikit-learn’s within their spread', async () => {
  const script = `
import json
import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.inspection import permutation_importance
rng = np.random.default_rng(1)
X = rng.normal(size=(2000, 3))
y = X @ [2, 1, 0] + 0.5 * rng.normal(size=2000)
model = LinearRegression().fit(X, y)
r = permutation_importance(model, X, y, scoring='neg_root_mean_squared_error', n_repeats=50, random_state=0)
print(json.dumps(dict(columns=X.T.tolist(), target=y.tolist(), intercept=model.intercept_,
    slopes=model.coef_.tolist(), mean=r.importances_mean.tolist(), sd=r.importances_std.tolist())))
`;
  const numbers = z.array(z.number());
  const { columns, target, intercept, slopes, mean, sd } = z
    .object({
      columns: z.array(numbers),
      target: numbers,
      intercept: z.number(),
      slopes: numbers,
      mean: numbers,
      sd: numbers,
    })
    .parse(await runPython(script));
  const actual = permutationImportance({
    matrix: { rows: 2000, names: ['a', 'b', 'c'], columns: columns.map((c) => Float32Array.from(c)) },
    target: Float64Array.from(target),
    predict: (m) =>
      Float64Array.from({ length: m.rows }, (_, i) =>
        m.columns.reduce((sum, column, f) => sum + slopes[f]! * column[i]!, intercept),
      ),
    metric: rmse,
    seed: 1,
    repeats: 50,
  });
  for (const f of [0, 1, 2]) {
    // Two means of 50 repeats: a standard error of sd / 5; four of them. sd itself is known to 10 %.
    assert.ok(Math.abs(actual.mean[f]! - mean[f]!) < (4 * sd[f]!) / 5 + 1e-6, `mean of feature ${f}`);
    assert.ok(actual.sd[f]! > 0.5 * sd[f]! && actual.sd[f]! < 2 * sd[f]!, `sd of feature ${f}`);
  }
});
