import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgeGuards } from './rollout-guard.ts';
import { ANSWERS } from './rollout-testbed.ts';

const BAKE = 100;

test('a step is open until its predictions were served, and passes when its guards held', () => {
  const judge = (predictions: number, errors: number) =>
    judgeGuards([ANSWERS], { predictions, errors, seen: null }, BAKE).verdict;
  assert.equal(judge(0, 0), 'open');
  assert.equal(judge(99, 0), 'open');
  assert.equal(judge(100, 0), 'pass');
  assert.equal(judge(100, 10), 'pass');
  assert.equal(judge(100, 11), 'fail');
});

test('it fails as soon as more errors came than its predictions may have, however few were answered', () => {
  const counts = { predictions: 0, errors: 11, seen: null };
  assert.equal(judgeGuards([ANSWERS], counts, BAKE).verdict, 'fail');
  assert.equal(judgeGuards([ANSWERS], { ...counts, errors: 10 }, BAKE).verdict, 'open');
});

test('more errors never turn a verdict for the better', () => {
  const rank = { fail: 0, open: 1, pass: 1 };
  fc.assert(
    fc.property(fc.nat(200), fc.nat(50), fc.nat(50), (predictions, errors, more) => {
      const before = judgeGuards([ANSWERS], { predictions, errors, seen: null }, BAKE).verdict;
      const after = judgeGuards([ANSWERS], { predictions, errors: errors + more, seen: null }, BAKE).verdict;
      return rank[after] <= rank[before];
    }),
  );
});

test('without guards the predictions alone decide', () => {
  assert.equal(judgeGuards([], { predictions: 100, errors: 900, seen: null }, BAKE).verdict, 'pass');
});
