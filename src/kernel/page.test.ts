import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { TendError } from './error.ts';
import { decodeCursor, encodeCursor, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, pageInput } from './page.ts';

test('a cursor gives its key back and is safe in a URL', () => {
  const key = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(key, (text) => {
      assert.equal(decodeCursor(encodeCursor(text)), text);
      assert.match(encodeCursor(text), /^[A-Za-z0-9_-]+$/);
    }),
  );
});

test('a cursor that no list returned is refused', () => {
  for (const text of ['', '!', 'a', 'YQ==', 'YWJj\n', encodeCursor('key').slice(0, -1), '_w']) {
    assert.throws(
      () => decodeCursor(text),
      (error) =>
        error instanceof TendError && error.code === 'INVALID_INPUT' && error.fields[0]?.path === 'cursor',
      text,
    );
  }
});

test('a page has 50 rows unless asked, and never more than 500', () => {
  const input = z.object(pageInput);
  assert.deepEqual(input.parse({}), { limit: PAGE_LIMIT_DEFAULT });
  assert.deepEqual(input.parse({ limit: '500' }), { limit: PAGE_LIMIT_MAX });
  for (const limit of [0, 501, 1.5, 'many']) assert.equal(input.safeParse({ limit }).success, false);
});
