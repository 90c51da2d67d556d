import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import { predictLinear } from './linear-model.ts';
import { trainLinear } from './train-linear.ts';

const answer = z.object({
  columns: z.array(z.array(z.number().nullable())),
  target: z.array(z.number()),
  names: z.array(z.string()),
  intercept: z.number(),
  coefficients: z.array(z.number()),
});

function trained(told: z.output<typeof answer>, objective: 'binary' | 'regression', l2: number) {
  const columns = told.columns.map((column) => Float32Array.from(column, (x) => x ?? Number.NaN));
  const matrix = { rows: told.target.length, names: told.names, columns };
  const target = Float64Array.from(told.target);
  return { matrix, target, model: trainLinear({ matrix, target, params: { objective, l2 } }) };
}

function assertClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs((actual[i] ?? Number.NaN) - value) <= tolerance, `${i}: ${actual[i]} is not ${value}`);
  }
}

const PRELUDE = `
import json, numpy as np
from sklearn.datasets import load_diabetes, load_breast_cancer
from sklearn.linear_model import LinearRegression, Ridge, LogisticRegression
from sklearn.preprocessing import StandardScaler
def told(X, y, names, m):
    X = np.where(np.isnan(X), None, X)
    print(json.dumps(dict(columns=X.T.tolist(), target=y.tolist(), names=list(names),
        intercept=float(np.ravel(m.intercept_)[0]), coefficients=np.ravel(m.coef_).tolist())))
`;

test('least squares on the diabetes data gives the published figures', async () => {
  const told = answer.parse(
    await runPython(`${PRELUDE}
d = load_diabetes(); told(d.data, d.target, d.feature_names, LinearRegression().fit(d.data, d.target))`),
  );
  const { matrix, target, model } = trained(told, 'regression', 0);
  const raw = model.coefficients.map((weight, j) => weight / (model.scales[j] ?? 1));
  // features are float32 here, which moves these nearly collinear columns in the seventh digit
  assertClose(raw, told.coefficients, 2e-3);
  assertClose([raw[told.names.indexOf('bmi')] ?? 0], [519.8459], 2e-3);
  assertClose([model.intercept], [152.1335], 1e-4);
  const mean = target.reduce((sum, y) => sum + y, 0) / target.length;
  const margins = predictLinear(model, matrix);
  const rest = target.reduce((sum, y, i) => sum + (y - (margins[i] ?? 0)) ** 2, 0);
  const total = target.reduce((sum, y) => sum + (y - mean) ** 2, 0);
  assertClose([1 - rest / total], [0.517748], 1e-6);
});

test('ridge equals scikit-learn on standardised columns', async () => {
  const told = answer.parse(
    await runPython(`${PRELUDE}
d = load_diabetes(); X = d.data.astype(np.float32).astype(float)
m = Ridge(alpha=3.0).fit(StandardScaler().fit_transform(X), d.target)
told(X, d.target, d.feature_names, m)`),
  );
  const { model } = trained(told, 'regression', 3);
  // both solve the same float64 system; its condition takes a few digits
  assertClose(model.coefficients, told.coefficients, 1e-9);
  assertClose([model.intercept], [told.intercept], 1e-9);
});

test('logistic regression equals scikit-learn, with missing values at the mean', async () => {
  const told = answer.parse(
    await runPython(`${PRELUDE}
d = load_breast_cancer(); X = d.data.astype(np.float32).astype(float)
X[::7, 3] = X[::5, 20] = np.nan
Z = np.nan_to_num(StandardScaler().fit_transform(X))
m = LogisticRegression(C=1.0, tol=1e-12, max_iter=10000, solver='newton-cholesky')
told(X, d.target, d.feature_names, m.fit(Z, d.target))`),
  );
  const { model } = trained(told, 'binary', 1);
  // where the descent stops: 1e-9 of the first gradient
  assertClose(model.coefficients, told.coefficients, 1e-5);
  assertClose([model.intercept], [told.intercept], 1e-5);
});
