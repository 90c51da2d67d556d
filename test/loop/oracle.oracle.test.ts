import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { runPython } from '../python.ts';

const FOLDER = join(import.meta.dirname, '../../examples/flights');

/** The checks stand in Python, beside what they check; the script prints what came out. */
const SCRIPT = `
import json, sys
sys.path.insert(0, json.load(sys.stdin)["folder"])
import numpy as np
from sklearn.metrics import roc_auc_score
import oracle

random = np.random.default_rng(3)
rows = 400
group = random.integers(0, 5, rows)
date = random.integers(0, 50 * oracle.HOUR, rows)
landed = date + random.integers(oracle.HOUR, 6 * oracle.HOUR, rows)
late = random.random(rows) < 0.3
window = 8 * oracle.HOUR
brute = []
for i in range(rows):
    seen = (group == group[i]) & (landed > date[i] - window) & (landed <= date[i])
    brute.append(late[seen].mean() if seen.any() else np.nan)
rates = oracle.late_rate(group, date, landed, late, window)

score = np.round(random.random(rows), 1)
weights = random.integers(0, 4, rows).astype(float)
auc = oracle.Ranking(score, late).auc(weights)

side = lambda value, low, high: {"value": value, "low": low, "high": high}
up, down, open_ = side(.02, .01, .03), side(-.02, -.03, -.01), side(-.01, -.02, .01)
body = {"judged": {}, "champion": {}, "candidates": []}
print(json.dumps({
    "rates": bool(np.allclose(rates, brute, equal_nan=True)),
    "missing": int(np.isnan(rates).sum()),
    "auc": abs(auc - roc_auc_score(late, score, sample_weight=weights)),
    "agree": [oracle.agree(*two) for two in [(up, up), (up, open_), (open_, down), (up, down)]],
    "found": len(list(oracle.decisions({"data": [{"evidence": {"body": body}}, body, {"judged": 1}]}))),
}))
`;

describe('the oracle of retraining decisions', () => {
  it('counts late flights, ranks and judges signs as worked out by hand', async () => {
    const answer = z
      .object({
        rates: z.boolean(),
        missing: z.number(),
        auc: z.number(),
        agree: z.array(z.boolean()),
        found: z.number(),
      })
      .parse(await runPython(SCRIPT, { folder: FOLDER }));
    assert.ok(answer.rates && answer.missing > 0 && answer.auc < 1e-12);
    assert.deepEqual(answer.agree, [true, true, true, false]);
    assert.equal(answer.found, 2);
  });
});
