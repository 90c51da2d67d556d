import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import { linearShap } from './linear-shap.ts';

test('contributions of a logistic regression are those of shap', async () => {
  const script = `
import json
import numpy as np, shap
from sklearn.linear_model import LogisticRegression
rng = np.random.default_rng(1)
# Float32 values, as a feature matrix holds them.
X = (rng.normal(size=(400, 4)) * [1, 10, 0.1, 3] + [0, 5, -1, 100]).astype(np.float32).astype(float)
y = (X[:, 0] + X[:, 1] / 10 + rng.normal(size=400) > 0.5).astype(int)
mean, scale = X.mean(0), X.std(0)
model = LogisticRegression().fit((X - mean) / scale, y)
explainer = shap.LinearExplainer(model, shap.maskers.Independent((X - mean) / scale, max_samples=400))
explanation = explainer((X[:50] - mean) / scale)
print(json.dumps(dict(columns=X[:50].T.tolist(), intercept=float(model.intercept_[0]), means=mean.tolist(),
    coefficients=model.coef_[0].tolist(), scales=scale.tolist(), base=float(explanation.base_values[0]),
    contributions=explanation.values.tolist())))
`;
  const numbers = z.array(z.number());
  const expected = z
    .object({
      columns: z.array(numbers),
      intercept: z.number(),
      coefficients: numbers,
      means: numbers,
      scales: numbers,
      base: z.number(),
      contributions: z.array(numbers),
    })
    .parse(await runPython(script));
  const names = expected.columns.map((_, f) => `f${f}`);
  const actual = linearShap(
    {
      kind: 'linear',
      objective: 'binary',
      features: names,
      intercept: expected.intercept,
      coefficients: Float64Array.from(expected.coefficients),
      means: Float64Array.from(expected.means),
      scales: Float64Array.from(expected.scales),
    },
    { rows: 50, names, columns: expected.columns.map((column) => Float32Array.from(column)) },
  );
  assert.ok(Math.abs(actual.base - expected.base) < 1e-9);
  for (const [f, column] of actual.columns.entries()) {
    for (const [row, contribution] of column.entries()) {
      assert.ok(Math.abs(contribution - expected.contributions[row]![f]!) < 1e-9, `row ${row} of f${f}`);
    }
  }
});
