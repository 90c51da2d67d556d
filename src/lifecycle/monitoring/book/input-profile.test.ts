import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normal } from '../../../learn/normal.ts';
import { seededRandom } from '../../../learn/random.ts';
import { BINS_MAX, type CategoryProfile, type NumberProfile, profileColumn } from './input-profile.ts';

function numbers(values: Iterable<number>): NumberProfile {
  return profileColumn('x', { kind: 'number', values: Float64Array.from(values) }) as NumberProfile;
}

test('many values get bins at their quantiles, each with as many rows', () => {
  const random = seededRandom(1);
  const profile = numbers(Array.from({ length: 10_000 }, () => normal(random)));
  assert.equal(profile.counts.length, BINS_MAX);
  for (const count of profile.counts) assert.equal(count, 500);
  assert.ok(profile.edges.every((edge, i) => i === 0 || edge > profile.edges[i - 1]!));
});

test('few values get a bin each', () => {
  const profile = numbers([1, 2, 2, 3, 3, 3, 7]);
  assert.deepEqual(profile.edges, [1.5, 2.5, 5]);
  assert.deepEqual(profile.counts, [1, 2, 3, 1]);
});

test('a value that fills several bins is alone in one', () => {
  const values = Array.from({ length: 1000 }, (_, i) => (i < 600 ? 0 : i));
  const profile = numbers(values);
  const bin = profile.counts.indexOf(600);
  assert.notEqual(bin, -1, profile.counts.join(' '));
  assert.equal(
    profile.counts.reduce((sum, count) => sum + count, 0),
    1000,
  );
});

test('a constant has a bin to each side, no value has one bin, what is not finite is missing', () => {
  const constant = numbers([5, 5, 5, Number.NaN]);
  assert.deepEqual([constant.counts, constant.missing, constant.min, constant.max], [[0, 3, 0], 1, 5, 5]);
  assert.deepEqual(numbers([0, 0]).counts, [0, 2, 0]);
  const none = numbers([Number.NaN, Number.POSITIVE_INFINITY]);
  assert.deepEqual([none.edges, none.counts, none.missing, none.min], [[], [0], 2, null]);
});

test('levels stand by frequency; beyond fifty they are counted together and known by name', () => {
  const levels = Array.from({ length: 60 }, (_, i) => `level ${i}`);
  const codes = levels.flatMap((_, code) => (code === 59 ? [] : new Array<number>(100 - code).fill(code)));
  const profile = profileColumn('x', {
    kind: 'category',
    codes: Int32Array.from([...codes, -1, -1]),
    levels,
  }) as CategoryProfile;
  assert.equal(profile.levels[0], 'level 0');
  assert.equal(profile.counts[0], 100);
  assert.equal(profile.levels.length, 50);
  assert.equal(profile.other, 50 + 49 + 48 + 47 + 46 + 45 + 44 + 43 + 42);
  assert.equal(profile.rare?.length, 9, 'a level without a row is not known');
  assert.equal(profile.missing, 2);
});
