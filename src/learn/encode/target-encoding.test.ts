import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { CategoryColumn } from '../../kernel/column.ts';
import { TendError } from '../../kernel/error.ts';
import { seededRandom } from '../random.ts';
import { applyTargetEncoding, fitTargetEncoding } from './target-encoding.ts';

function category(values: readonly (string | null)[]): CategoryColumn {
  const levels = [...new Set(values.filter((value) => value !== null))];
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : levels.indexOf(value)));
  return { kind: 'category', codes, levels };
}

test('a level is worth its smoothed mean, worked out by hand', () => {
  const column = category(['a', 'a', 'b', null]);
  const { encoding } = fitTargetEncoding({ column, target: Float64Array.of(1, 1, 0, 0), seed: 0, alpha: 2 });
  assert.equal(encoding.prior, 0.5);
  assert.deepEqual([...encoding.values], [(2 + 1) / 4, (0 + 1) / 3]);
  assert.equal(encoding.missing, (0 + 1) / 3);
});

test('a level is known by its name, an unseen one is worth the prior', () => {
  const column = category(['a', 'b', 'b', 'a']);
  const { encoding } = fitTargetEncoding({ column, target: Float64Array.of(1, 0, 0, 1), seed: 0 });
  const served = applyTargetEncoding(encoding, category(['z', 'b', 'a', null]));
  const [a, b] = encoding.values;
  assert.deepEqual(
    [...served],
    [0.5, b, a, encoding.missing].map((x) => Math.fround(x ?? 0)),
  );
});

test('a row does not see its own target', () => {
  // every level occurs once: each training value is the prior of other rows, whatever the row's own target
  const rows = 500;
  const column = category(Array.from({ length: rows }, (_, i) => `level ${i}`));
  const random = seededRandom(1);
  const target = Float64Array.from({ length: rows }, () => (random.next() < 0.5 ? 1 : 0));
  const { trainingValues } = fitTargetEncoding({ column, target, seed: 0 });
  assert.ok(new Set(trainingValues).size <= 5);
  const flipped = Float64Array.from(target);
  flipped[77] = 1 - (flipped[77] ?? 0);
  const again = fitTargetEncoding({ column, target: flipped, seed: 0 }).trainingValues;
  assert.equal(again[77], trainingValues[77]);
  assert.notDeepEqual(again, trainingValues);
});

test('the same seed deals the same folds and another seed others', () => {
  const random = seededRandom(2);
  const column = category(Array.from({ length: 300 }, () => `l${random.below(4)}`));
  const target = Float64Array.from({ length: 300 }, () => random.next());
  const once = fitTargetEncoding({ column, target, seed: 5 });
  assert.deepEqual(fitTargetEncoding({ column, target, seed: 5 }), once);
  assert.notDeepEqual(fitTargetEncoding({ column, target, seed: 6 }).trainingValues, once.trainingValues);
});

test('folds are of like size', () => {
  // with one row of target 1 and the rest 0, the out-of-fold priors tell the size of each fold
  const rows = 10_000;
  const column = category(Array.from({ length: rows }, () => 'a'));
  const { trainingValues } = fitTargetEncoding({
    column,
    target: new Float64Array(rows).fill(0).fill(1, 0, 5_000),
    seed: 3,
  });
  const sizes = new Map<number, number>();
  for (const value of trainingValues) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  assert.equal(sizes.size, 5);
  // five standard deviations of a binomial of 10,000 draws at 1/5
  for (const size of sizes.values()) assert.ok(Math.abs(size - 2_000) < 200, `${size}`);
});

test('no rows, and lengths that differ', () => {
  const none = fitTargetEncoding({ column: category([]), target: new Float64Array(), seed: 0 });
  assert.equal(none.encoding.prior, 0);
  const short = { column: category(['a']), target: new Float64Array(), seed: 0 };
  assert.throws(
    () => fitTargetEncoding(short),
    (error) => error instanceof TendError && error.code === 'INVALID_INPUT',
  );
});
