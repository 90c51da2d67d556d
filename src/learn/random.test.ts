import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { hashInteger, seededRandom } from './random.ts';

/** Pearson's chi-squared of counts that are expected to be equal. */
function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

test('a seed repeats its stream; other seeds and streams give other numbers', () => {
  const draw = (seed: number, stream?: number): number[] => {
    const random = seededRandom(seed, stream);
    return Array.from({ length: 20 }, () => random.next());
  };
  assert.deepEqual(draw(5), draw(5));
  const firsts = [draw(5)[0], draw(6)[0], draw(5, 1)[0], draw(6, 1)[0], draw(0)[0]];
  assert.equal(new Set(firsts).size, firsts.length);
});

test('draws and hashes fall evenly into 100 cells', () => {
  const drawn = new Array<number>(100).fill(0);
  const hashed = new Array<number>(100).fill(0);
  const random = seededRandom(1);
  for (let i = 0; i < 100_000; i++) {
    const cell = random.below(100);
    drawn[cell] = (drawn[cell] ?? 0) + 1;
    const other = hashInteger(i, 3) % 100;
    hashed[other] = (hashed[other] ?? 0) + 1;
  }
  // the 99.99th percentile of chi-squared with 99 degrees of freedom is 159
  assert.ok(chiSquared(drawn) < 159, `${chiSquared(drawn)}`);
  assert.ok(chiSquared(hashed) < 159, `${chiSquared(hashed)}`);
});

test('first draws of consecutive seeds are uncorrelated', () => {
  const firsts = Array.from({ length: 10_000 }, (_, seed) => seededRandom(seed).next() - 0.5);
  const product = firsts.slice(1).reduce((sum, x, i) => sum + x * (firsts[i] ?? 0), 0);
  // correlation, with a standard error of 1/100
  assert.ok(Math.abs((product * 12) / 10_000) < 0.04);
});
