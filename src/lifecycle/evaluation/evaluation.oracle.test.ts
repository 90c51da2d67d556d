import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import type { TrainingOutputs } from '../training/index.ts';
import { moveAlias } from '../training/index.ts';
import type { EvaluationInputs } from './evaluation-inputs.ts';
import { type EvaluationBed, evaluationBed } from './evaluation-testbed.ts';
import { scoreTest } from './score-test.ts';

/**
 * Figures of the stage's own scores with scikit-learn, intervals from another bootstrap by NumPy.
 */
const ORACLE = `
import json, sys
import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve

asked = json.load(sys.stdin)
target = np.array(asked["target"], dtype=float)
def ece(y, s):
    edges = np.quantile(s, np.linspace(0, 1, 11))
    bins = np.searchsorted(edges[1:-1], s)
    return sum((bins == b).sum() * abs(s[bins == b].mean() - y[bins == b].mean()) for b in set(bins)) / len(y)
classification = {
    "roc_auc": metrics.roc_auc_score,
    "average_precision": metrics.average_precision_score,
    "log_loss": metrics.log_loss,
    "brier": metrics.brier_score_loss,
    "calibration_error": ece,
    "f1": lambda y, s: metrics.f1_score(y, s >= 0.5),
}
regression = {
    "rmse": metrics.root_mean_squared_error,
    "mae": metrics.mean_absolute_error,
    "r2": metrics.r2_score,
}
names = classification if asked["kind"] == "classification" else regression
def figures(score, wanted):
    score = np.array(score, dtype=float)
    return {name: float(names[name](target, score)) for name in wanted}
def bootstrap(of, draws=500):
    random = np.random.default_rng(5)
    n = len(target)
    values = [of(random.integers(0, n, n)) for _ in range(draws)]
    return [float(v) for v in np.quantile(values, [0.025, 0.975])]
score = np.array(asked["score"])
head = names["roc_auc" if asked["kind"] == "classification" else "rmse"]
answer = {
    "model": figures(score, names),
    "baseline": figures(asked["baseline"], asked["baselineNames"]),
    "intervals": {name: bootstrap(lambda i: of(target[i], score[i])) for name, of in names.items()},
}
if asked.get("other") is not None:
    other = np.array(asked["other"])
    answer["difference"] = float(head(target, score) - head(target, other))
    answer["differenceInterval"] = bootstrap(lambda i: head(target[i], score[i]) - head(target[i], other[i]))
groups = asked.get("groups")
if groups is not None:
    groups = np.array(groups)
    answer["slices"] = {g: [int((groups == g).sum()), float(head(target[groups == g], score[groups == g]))]
                        for g in sorted(set(groups))}
print(json.dumps(answer))
`;

const pair = z.tuple([z.number(), z.number()]);
const answer = z.object({
  model: z.record(z.string(), z.number()),
  baseline: z.record(z.string(), z.number()),
  intervals: z.record(z.string(), pair),
  difference: z.number().exactOptional(),
  differenceInterval: pair.exactOptional(),
  slices: z.record(z.string(), pair).exactOptional(),
});

describe('the figures of an evaluation are those of scikit-learn', () => {
  let bed: EvaluationBed;
  let weak: TrainingOutputs;

  before(async () => {
    bed = await evaluationBed();
    weak = await bed.train({ rounds: 3 });
    await bed.orders.run(({ db }) =>
      db.commit({ statements: [moveAlias(weak.model, 'champion', weak.version)] }),
    );
  });
  after(() => bed[Symbol.asyncDispose]());

  const score = (inputs: EvaluationInputs) => bed.orders.run((scope) => scoreTest(scope, inputs));

  test('for a classifier, its baseline by a feature, its champion and its slices', async () => {
    const inputs: EvaluationInputs = {
      ...bed.inputs,
      compareChampion: true,
      slices: ['region'],
      baseline: { score: 'returned_2d' },
      criteria: [{ id: 'decides', metric: 'f1', at_least: 0, on: 'test' }],
    };
    const { result, figures } = await bed.evaluate(inputs);
    const { split, scores } = await score(inputs);
    const rate = split.test.features.columns['region_rates.returned_2d'];
    const region = split.test.features.columns.region;
    assert.ok(rate?.kind === 'number' && region?.kind === 'category');
    const mean = split.train.target.reduce((sum, value) => sum + value, 0) / split.train.rows;
    const names = ['roc_auc', 'average_precision', 'log_loss', 'brier', 'calibration_error', 'f1'];
    const oracle = answer.parse(
      await runPython(ORACLE, {
        kind: 'classification',
        target: split.test.target,
        score: scores,
        baselineNames: names,
        baseline: rate.values.map((value) => (Number.isNaN(value) ? mean : value)),
        other: (await score({ ...inputs, training: weak })).scores,
        groups: Array.from(region.codes, (code) => region.levels[code]),
      }),
    );
    assertFigures(figures.model, oracle.model);
    assertFigures(figures.baseline.figures, oracle.baseline);
    assertIntervals(figures.model, oracle.intervals);
    assertClose(figures.champion?.difference?.value, oracle.difference);
    assertInterval(figures.champion?.difference, oracle.differenceInterval);
    await assertSlices(result.evidence, oracle.slices ?? {});
  });

  test('for a regression and its constant baseline', async () => {
    const training = await bed.train({ kind: 'regression' });
    const inputs: EvaluationInputs = {
      ...bed.inputs,
      kind: 'regression',
      training,
      baseline: { constant: 'mean' },
    };
    const { figures } = await bed.evaluate(inputs);
    const { split, scores } = await score(inputs);
    const mean = split.train.target.reduce((sum, value) => sum + value, 0) / split.train.rows;
    const oracle = answer.parse(
      await runPython(ORACLE, {
        kind: 'regression',
        target: split.test.target,
        score: scores,
        baselineNames: ['rmse', 'mae', 'r2'],
        baseline: split.test.target.map(() => mean),
      }),
    );
    assertFigures(figures.model, oracle.model);
    assertFigures(figures.baseline.figures, oracle.baseline);
    assertIntervals(figures.model, oracle.intervals);
  });

  async function assertSlices(
    ids: readonly string[],
    expected: Readonly<Record<string, readonly [number, number]>>,
  ) {
    const [evidence] = (await bed.orders.harness.evidence('slices')).filter((one) => ids.includes(one.id));
    const slice = z.object({ level: z.string(), rows: z.int(), value: z.number() });
    const { slices } = z.object({ slices: z.array(slice) }).parse(evidence?.body);
    assert.equal(slices.length, Object.keys(expected).length);
    for (const { level, rows, value } of slices) {
      const [count, figure] = expected[level] ?? [];
      assert.equal(rows, count, level);
      assertClose(value, figure);
    }
  }
});

type Intervals = Readonly<Record<string, { readonly value: number | null } | undefined>>;

function assertFigures(own: Intervals, expected: Readonly<Record<string, number>>): void {
  assert.deepEqual(Object.keys(own).sort(), Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) assertClose(own[name]?.value, value, name);
}

/** Sums of a few hundred numbers in another order. */
function assertClose(own: number | null | undefined, expected: number | undefined, name = ''): void {
  assert.ok(
    Math.abs((own ?? Number.NaN) - (expected ?? Number.NaN)) <= 1e-9,
    `${name} ${own}, expected ${expected}`,
  );
}

type Ends = { readonly low: number | null; readonly high: number | null };

function assertIntervals(
  own: Readonly<Record<string, Ends | undefined>>,
  expected: Readonly<Record<string, readonly [number, number]>>,
): void {
  for (const [name, ends] of Object.entries(expected)) {
    // Resampling adds its own error to a mean of absolute values, which moves both ends up.
    if (name !== 'calibration_error') assertInterval(own[name], ends);
  }
}

/** Ends of 500 resamples are known to a fifteenth of the width; a percentile interval is skewed besides. */
function assertInterval(
  own: Ends | undefined,
  [low, high]: readonly [number, number] = [Number.NaN, Number.NaN],
): void {
  const slack = 0.2 * (high - low);
  assert.ok(Math.abs((own?.low ?? Number.NaN) - low) <= slack, `${own?.low}, expected ${low}`);
  assert.ok(Math.abs((own?.high ?? Number.NaN) - high) <= slack, `${own?.high}, expected ${high}`);
}
