import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import { seededRandom } from '../random.ts';
import { fairnessReport } from './fairness-report.ts';

test('rates and measures are those of Fairlearn’s definitions in pandas and scikit-learn', async () => {
  const random = seededRandom(1);
  const levels = ['a', 'b', 'c', 'd'];
  const codes = Int32Array.from({ length: 2000 }, () => Math.floor(random.next() ** 3 * 4));
  const target = Float64Array.from(codes, (code) => Number(random.next() < 0.2 + 0.1 * code));
  const selected = Uint8Array.from(target, (truth, i) =>
    Number(random.next() < 0.2 + 0.5 * truth - 0.05 * codes[i]!),
  );
  const script = `
import sys, json
import pandas as pd
from sklearn.metrics import confusion_matrix, precision_score
d = pd.DataFrame(json.load(sys.stdin))
def rates(g):
    m = confusion_matrix(g.target, g.selected, normalize='true')
    return pd.Series(dict(rows=len(g), selection=g.selected.mean(), tpr=m[1, 1], fpr=m[0, 1],
                          ppv=precision_score(g.target, g.selected)))
r = d.groupby('codes')[['target', 'selected']].apply(rates)
spread = r.max() - r.min()
print(json.dumps(dict(groups=r.values.tolist(), measures=dict(
    disparate_impact=r.selection.min() / r.selection.max(), demographic_parity_difference=spread.selection,
    equal_opportunity_difference=spread.tpr, equalized_odds_difference=max(spread.tpr, spread.fpr)))))
`;
  const expected = z
    .object({ groups: z.array(z.array(z.number())), measures: z.record(z.string(), z.number()) })
    .parse(await runPython(script, { codes, target, selected }));
  const group = { kind: 'category', codes, levels } as const;
  const report = fairnessReport({ group, selected, target });
  const close = (actual: number, other: number, what: string): void =>
    assert.ok(Math.abs(actual - other) < 1e-12, `${what}: ${actual}, ${other}`);
  assert.equal(report.groups.length, levels.length);
  for (const [g, rates] of report.groups.entries()) {
    const [rows, selection, tpr, fpr, ppv] = expected.groups[g]!;
    close(rates.rows, rows!, 'rows');
    close(rates.selectionRate, selection!, 'selection rate');
    close(rates.truePositiveRate, tpr!, 'TPR');
    close(rates.falsePositiveRate, fpr!, 'FPR');
    close(rates.positivePredictiveValue, ppv!, 'PPV');
  }
  assert.equal(report.measures.length, 4);
  for (const { name, interval } of report.measures) close(interval.estimate, expected.measures[name]!, name);
});
