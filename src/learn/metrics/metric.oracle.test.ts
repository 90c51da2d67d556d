import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import { normal } from '../normal.ts';
import { seededRandom } from '../random.ts';
import { calibrationTable } from './calibration.ts';
import { precisionRecallCurve, rocCurve } from './curve.ts';
import { findMetric } from './find-metric.ts';
import type { Metric } from './metric.ts';

/** Sums of 1,000 terms in another order differ by about 1e-13. */
const TOLERANCE = 1e-9;

const vector = z.array(z.number()).transform((list) => Float64Array.from(list));

/** Sets of rows: continuous scores, scores of 11 levels (many ties), hard 0 and 1, and few rows. */
function classificationSets(): { target: Float64Array; score: Float64Array }[] {
  const random = seededRandom(11);
  const sets = [];
  for (const [rows, levels] of [
    [1000, 0],
    [1001, 10],
    [500, 1],
    [101, 0],
    [7, 3],
  ] as const) {
    const target = new Float64Array(rows);
    const score = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      target[i] = i < 2 ? i : Number(random.next() < 0.3);
      const raw = 1 / (1 + Math.exp(-normal(random) - target[i]! + 0.5));
      score[i] = levels === 0 ? raw : Math.round(raw * levels) / levels;
    }
    sets.push({ target, score });
  }
  return sets;
}

function closeAll(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  for (let i = 0; i < actual.length; i++) close(actual[i]!, expected[i]!, `${what}[${i}]`);
}

function close(actual: number, expected: number, what: string): void {
  if (actual === expected) return;
  assert.ok(Math.abs(actual - expected) <= TOLERANCE, `${what}: ${actual}, scikit-learn ${expected}`);
}

const SCRIPT = `
import sys, json
import numpy as np
from sklearn import metrics as m
from sklearn.calibration import calibration_curve
answers = []
for s in json.load(sys.stdin):
    y, p = np.array(s['target'], dtype=float), np.array(s['score'], dtype=float)
    def at(t):
        d = (p >= t).astype(float)
        if d.sum() == 0: return None
        return [m.accuracy_score(y, d), m.precision_score(y, d), m.recall_score(y, d), m.f1_score(y, d)]
    fpr, tpr, thr = m.roc_curve(y, p, drop_intermediate=False)
    pr, rc, prthr = m.precision_recall_curve(y, p, drop_intermediate=False)
    rate, mean = calibration_curve(y, p, n_bins=10, strategy='quantile')
    answers.append(dict(
        roc_auc=m.roc_auc_score(y, p), average_precision=m.average_precision_score(y, p),
        log_loss=m.log_loss(y, p), brier=m.brier_score_loss(y, p),
        half=at(0.5), low=at(0.3), fpr=list(fpr), tpr=list(tpr), thr=list(thr[1:]),
        precision=list(pr), recall=list(rc), prthr=list(prthr), rate=list(rate), mean=list(mean)))
print(json.dumps(answers))
`;

const answerOf = z.object({
  roc_auc: z.number(),
  average_precision: z.number(),
  log_loss: z.number(),
  brier: z.number(),
  half: vector.nullable(),
  low: vector.nullable(),
  fpr: vector,
  tpr: vector,
  thr: vector,
  precision: vector,
  recall: vector,
  prthr: vector,
  rate: vector,
  mean: vector,
});

/** Compares everything about one set of rows with what scikit-learn said. */
function compareSet(
  set: number,
  { target, score }: { target: Float64Array; score: Float64Array },
  expected: z.output<typeof answerOf>,
): void {
  const compute = (metric: Metric): number => metric.compute(target, score);
  for (const name of ['roc_auc', 'average_precision', 'log_loss', 'brier'] as const) {
    close(compute(findMetric(name)), expected[name], `${name} of set ${set}`);
  }
  for (const [threshold, decisions] of [
    [0.5, expected.half],
    [0.3, expected.low],
  ] as const) {
    if (decisions === null) continue;
    const names = ['accuracy', 'precision', 'recall', 'f1'];
    const actual = names.map((name) => compute(findMetric(name, threshold)));
    closeAll(actual, decisions, `decisions at ${threshold} of set ${set}`);
  }
  const roc = rocCurve(target, score, Number.POSITIVE_INFINITY);
  closeAll(roc.x, expected.fpr, 'fpr');
  closeAll(roc.y, expected.tpr, 'tpr');
  closeAll(roc.threshold.slice(1), expected.thr, 'thresholds');
  // scikit-learn lists the lowest threshold first and closes with the point (recall 0, precision 1).
  const curve = precisionRecallCurve(target, score, Number.POSITIVE_INFINITY);
  closeAll(curve.x.slice(1).reverse(), expected.recall.slice(0, -1), 'recall');
  closeAll(curve.y.slice(1).reverse(), expected.precision.slice(0, -1), 'precision');
  closeAll(curve.threshold.slice(1).reverse(), expected.prthr, 'PR thresholds');
  const table = calibrationTable(target, score);
  closeAll(
    table.map((bin) => bin.rate),
    expected.rate,
    `calibration rate of set ${set}`,
  );
  closeAll(
    table.map((bin) => bin.score),
    expected.mean,
    `calibration score of set ${set}`,
  );
}

test('classification metrics, curves and calibration are those of scikit-learn', async () => {
  const sets = classificationSets();
  const answers = z.array(answerOf).parse(await runPython(SCRIPT, sets));
  for (const [i, rows] of sets.entries()) compareSet(i, rows, answers[i]!);
});

test('log_loss clips certain mistakes as scikit-learn does', async () => {
  const target = Float64Array.of(1, 0, 1, 0, 1);
  const score = Float64Array.of(0, 1, 1, 0, 1e-300);
  const script = `
import sys, json
import numpy as np
from sklearn.metrics import log_loss
s = json.load(sys.stdin)
print(json.dumps(log_loss(np.array(s['target']), np.array(s['score'], dtype=float))))
`;
  const expected = z.number().parse(await runPython(script, { target, score }));
  close(findMetric('log_loss').compute(target, score), expected, 'log_loss');
});

test('regression metrics are those of scikit-learn', async () => {
  const random = seededRandom(5);
  const target = Float64Array.from({ length: 400 }, () => 100 * normal(random));
  const score = target.map((value) => value + 30 * normal(random));
  const script = `
import sys, json
import numpy as np
from sklearn import metrics as m
s = json.load(sys.stdin)
y, p = np.array(s['target'], dtype=float), np.array(s['score'], dtype=float)
print(json.dumps([m.root_mean_squared_error(y, p), m.mean_absolute_error(y, p), m.r2_score(y, p)]))
`;
  const expected = vector.parse(await runPython(script, { target, score }));
  const actual = ['rmse', 'mae', 'r2'].map((name) => findMetric(name).compute(target, score));
  closeAll(actual, expected, 'rmse, mae, r2');
});
