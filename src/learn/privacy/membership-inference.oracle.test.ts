import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import { logLosses } from '../metrics/log-loss.ts';
import { MEMBERSHIP_AUC_FAIL, MEMBERSHIP_AUC_WARN, membershipInference } from './membership-inference.ts';

const attack = z.object({
  trainTarget: z.array(z.number()),
  trainScore: z.array(z.number()),
  heldOutTarget: z.array(z.number()),
  heldOutScore: z.array(z.number()),
  auc: z.number(),
  advantage: z.number(),
  atOnePercent: z.number(),
});

test('the attack on forests is that of scikit-learn, and tells which of them remembers', async () => {
  const script = `
import sys, json
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score, roc_curve
X, y = load_breast_cancer(return_X_y=True)
rng = np.random.default_rng(0)
y = np.where(rng.random(len(y)) < 0.2, 1 - y, y)  # labels that only memory can know
half = rng.permutation(len(y)) < len(y) // 2
answers = []
for leaf in [1, 40]:
    forest = RandomForestClassifier(100, min_samples_leaf=leaf, random_state=0).fit(X[half], y[half])
    p = forest.predict_proba(X)[:, 1]
    eps = np.finfo(float).eps
    loss = -np.log(np.clip(np.where(y == 1, p, 1 - p), eps, 1 - eps))
    fpr, tpr, _ = roc_curve(half, -loss, drop_intermediate=False)
    answers.append(dict(trainTarget=y[half].tolist(), trainScore=p[half].tolist(),
        heldOutTarget=y[~half].tolist(), heldOutScore=p[~half].tolist(), auc=roc_auc_score(half, -loss),
        advantage=float(np.max(tpr - fpr)), atOnePercent=float(np.max(tpr[fpr <= 0.01]))))
print(json.dumps(answers))
`;
  const [single, broad] = z.array(attack).parse(await runPython(script));
  const reports = [single!, broad!].map((expected) => {
    const lossOf = (target: number[], score: number[]): Float64Array =>
      logLosses(Float64Array.from(target), Float64Array.from(score));
    const report = membershipInference(
      lossOf(expected.trainTarget, expected.trainScore),
      lossOf(expected.heldOutTarget, expected.heldOutScore),
    );
    assert.ok(Math.abs(report.auc.estimate - expected.auc) < 1e-9);
    assert.ok(Math.abs(report.advantage - expected.advantage) < 1e-9);
    assert.ok(Math.abs(report.truePositiveRateAtOnePercent - expected.atOnePercent) < 1e-9);
    return report;
  });
  assert.ok(reports[0]!.auc.low > MEMBERSHIP_AUC_FAIL, 'leaves of one row remember');
  assert.ok(reports[1]!.auc.estimate < MEMBERSHIP_AUC_WARN, 'leaves of forty rows do not');
});
