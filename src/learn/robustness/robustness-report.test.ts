import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureMatrix } from '../matrix.ts';
import { seededRandom } from '../random.ts';
import { type RobustnessInput, robustnessReport } from './robustness-report.ts';

const random = seededRandom(1);
const ROWS = 5000;
/**
 * `amount` uniform in [0, 100), `count` whole numbers to 9, `gap` always missing, `code` an encoded
 * category.
 */
const matrix: FeatureMatrix = {
  rows: ROWS,
  names: ['amount', 'count', 'gap', 'code'],
  columns: [
    Float32Array.from({ length: ROWS }, () => 100 * random.next()),
    Float32Array.from({ length: ROWS }, () => random.below(10)),
    new Float32Array(ROWS).fill(Number.NaN),
    Float32Array.from({ length: ROWS }, () => random.next()),
  ],
};
const step = (m: FeatureMatrix): Float64Array => Float64Array.from(m.columns[0]!, (x) => Number(x >= 50));
const input: RobustnessInput = {
  matrix,
  predict: step,
  kind: 'classification',
  threshold: 0.5,
  numeric: ['amount', 'count', 'gap'],
  seed: 1,
};

function resultOf(changes: Partial<RobustnessInput>, feature: string | null, perturbation: string) {
  const { results } = robustnessReport({ ...input, ...changes });
  const found = results.find((r) => r.feature === feature && r.perturbation === perturbation);
  assert.ok(found !== undefined);
  return found;
}

test('a step is crossed by as many rows as lie within reach of it', () => {
  const all = { rows: ROWS };
  // × 1.01 lifts [49.50, 50) over 50; × 0.99 drops [50, 50.505) below: about 0.5 rows of 100 each.
  const within = (x: number, low: number, high: number): boolean => x >= low && x < high;
  const amount = matrix.columns[0]!;
  const up = amount.filter((x) => within(x, 50 / 1.01, 50)).length / ROWS;
  const down = amount.filter((x) => within(x, 50, 50 / 0.99)).length / ROWS;
  assert.ok(up > 0.003 && down > 0.003);
  assert.equal(resultOf(all, 'amount', 'times 1.01').flipped, up);
  assert.equal(resultOf(all, 'amount', 'times 0.99').flipped, down);
  assert.ok(resultOf(all, 'amount', 'plus noise of sd 0.01').flipped < up / 5);
  assert.equal(robustnessReport({ ...input, ...all }).worst?.failed, Math.max(up, down));
});

test('whole numbers stay whole, so small ones do not change; missing values never do', () => {
  assert.equal(resultOf({}, 'count', 'times 1.01').rows, 0);
  assert.ok(Number.isNaN(resultOf({}, 'count', 'times 1.01').failed));
  assert.equal(resultOf({}, 'gap', 'times 1.01').rows, 0);
  assert.equal(resultOf({}, null, 'times 1.01').rows, 1000);
});

test('a regression fails where its output moves by 5 % of itself', () => {
  const power = (exponent: number) => (m: FeatureMatrix) =>
    Float64Array.from(m.columns[0]!, (x) => x ** exponent);
  const fourth = resultOf({ kind: 'regression', predict: power(4) }, 'amount', 'times 1.01');
  const fifth = resultOf({ kind: 'regression', predict: power(5) }, 'amount', 'times 1.01');
  // 1.01⁴ = 1.041 and 1.01⁵ = 1.051.
  assert.deepEqual([fourth.failed, fifth.failed, fifth.flipped], [0, 1, 0]);
});

test('features that are not named stay as they are', () => {
  const byCode = (m: FeatureMatrix): Float64Array => Float64Array.from(m.columns[3]!);
  const { results, worst } = robustnessReport({ ...input, predict: byCode });
  for (const result of results) assert.ok(result.rows === 0 || result.moved === 0);
  assert.equal(worst?.failed, 0);
});

test('a seed fixes the report', () => {
  assert.deepEqual(robustnessReport(input), robustnessReport(input));
});

test('no rows, and no numeric features, give no worst', () => {
  const columns = matrix.columns.map(() => new Float32Array(0));
  const empty = robustnessReport({ ...input, matrix: { rows: 0, names: matrix.names, columns } });
  assert.equal(empty.worst, null);
  assert.equal(empty.rows, 0);
  assert.deepEqual(robustnessReport({ ...input, numeric: ['absent'] }).results, []);
});
