import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import { normal } from '../normal.ts';
import { seededRandom } from '../random.ts';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { chiSquareQuantile, chiSquareSurvival } from './chi-square.ts';
import { countPair } from './count-pair.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { ksFromBins, ksFromSamples, ksPValue } from './kolmogorov-smirnov.ts';
import { psi } from './psi.ts';

const numbers = z.array(z.number());

/** Relative: both sides carry about 15 digits, and small chances are differences of large ones. */
function close(actual: number, expected: number, what: string, tolerance = 1e-10): void {
  const scale = Math.max(Math.abs(expected), 1e-12);
  assert.ok(Math.abs(actual - expected) <= tolerance * scale, `${what}: ${actual}, SciPy ${expected}`);
}

const SCRIPT = `
import sys, json
import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon
a = json.load(sys.stdin)
p, q = np.array(a['reference'], float), np.array(a['current'], float)
p, q = p / p.sum(), q / q.sum()
x, y = np.array(a['x']), np.array(a['y'])
d = stats.ks_2samp(x, y).statistic
en = len(x) * len(y) / (len(x) + len(y))
print(json.dumps(dict(
    survival=[stats.chi2.sf(v, k) for v, k in a['points']],
    quantile=[stats.chi2.isf(t, k) for t, k in a['tails']],
    js=jensenshannon(p, q, base=2), psi=stats.entropy(p, q) + stats.entropy(q, p), ks=d,
    kolmogorov=[stats.kstwobign.sf(v * np.sqrt(en)) for v in a['gaps']],
    adjusted=list(stats.false_discovery_control(a['p'])))))
`;

test('measures, chances and adjusted p-values are those of SciPy', async () => {
  const random = seededRandom(3);
  const x = Float64Array.from({ length: 800 }, () => Math.round(normal(random) * 20) / 20);
  const y = Float64Array.from({ length: 1300 }, () => Math.round((normal(random) + 0.15) * 20) / 20);
  const reference = [120, 300, 80, 55, 410, 7];
  const current = [20, 45, 33, 2, 61, 9];
  const degrees = [1, 2, 3, 9, 19, 60, 500];
  const points = degrees.flatMap((k) => [0.01, 0.5, 1, 1.7, 4].map((share) => [share * k, k] as const));
  const tails = degrees.flatMap((k) => [0.999, 0.5, 0.05, 1e-6].map((tail) => [tail, k] as const));
  const gaps = [0.005, 0.01, 0.03, 0.044, 0.05, 0.09, 0.2];
  const p = [0.01, 0.04, 0.03, 0.2, 0.9, 0.0005, 0.04, 0.7, 0.011];
  const asked = { x, y, reference, current, points, tails, gaps, p };
  const expected = z
    .object({
      survival: numbers,
      quantile: numbers,
      js: z.number(),
      psi: z.number(),
      ks: z.number(),
      kolmogorov: numbers,
      adjusted: numbers,
    })
    .parse(await runPython(SCRIPT, asked));
  points.forEach(([v, k], i) => close(chiSquareSurvival(v, k), expected.survival[i]!, `survival ${v}, ${k}`));
  tails.forEach(([t, k], i) => close(chiSquareQuantile(t, k), expected.quantile[i]!, `quantile ${t}, ${k}`));
  close(jensenShannon(reference, current), expected.js, 'Jensen-Shannon');
  close(psi(reference, current), expected.psi, 'PSI');
  close(ksFromSamples(x, y), expected.ks, 'Kolmogorov-Smirnov');
  const pair = countPair([x.length], [y.length]);
  gaps.forEach((gap, i) => close(ksPValue(gap, pair), expected.kolmogorov[i]!, `chance of ${gap}`));
  benjaminiHochberg(p).forEach((value, i) => close(value, expected.adjusted[i]!, `adjusted ${i}`));
});

test('binned Kolmogorov-Smirnov is the exact one where every value has a bin, and never above it', () => {
  const random = seededRandom(8);
  for (let round = 0; round < 50; round++) {
    const draw = (rows: number, shift: number): Float64Array =>
      Float64Array.from({ length: rows }, () => Math.floor(random.next() * 12 + shift * random.next()));
    const x = draw(300, 0);
    const y = draw(170, 2);
    const count = (values: Float64Array, width: number): number[] => {
      const counts = new Array<number>(14).fill(0);
      for (const value of values) counts[Math.floor(value / width)]!++;
      return counts;
    };
    const exact = ksFromSamples(x, y);
    close(ksFromBins(count(x, 1), count(y, 1)), exact, 'a bin for each value');
    assert.ok(ksFromBins(count(x, 3), count(y, 3)) <= exact + 1e-12);
  }
});
