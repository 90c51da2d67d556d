import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearest } from './edit-distance.ts';

test('editDistance() gives the published distances', () => {
  // Wikipedia, Levenshtein distance: kitten/sitting, saturday/sunday; Damerau-Levenshtein distance: ca/abc is
  // 3 in optimal string alignment. NIST, Dictionary of Algorithms: gumbo/gambol.
  const cases = { 'kitten sitting': 3, 'saturday sunday': 3, 'ca abc': 3, 'gumbo gambol': 2, 'form from': 1 };
  for (const [pair, distance] of Object.entries(cases)) {
    const [a = '', b = ''] = pair.split(' ');
    assert.equal(editDistance(a, b), distance, pair);
  }
});

test('editDistance() is 0 for the same text alone, symmetric, and at most the longer length', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      assert.equal(distance, editDistance(b, a));
      assert.equal(distance === 0, a === b);
      assert.ok(distance <= Math.max(a.length, b.length) && distance >= Math.abs(a.length - b.length));
    }),
  );
});

test('nearest() names a slip and nothing further away', () => {
  assert.equal(nearest('objetive', ['statement', 'objective']), 'objective');
  assert.equal(nearest('fro', ['for', 'off']), 'for');
  assert.equal(nearest('x', ['y']), 'y');
  assert.equal(nearest('xyz', ['objective']), undefined);
  assert.equal(nearest('column', []), undefined);
  assert.equal(nearest('ab', ['aa', 'ab']), 'ab');
});
