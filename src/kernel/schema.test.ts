import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { z } from 'zod';
import { columnText, durationMs, filePath, nameText, percentShare, percentText } from './schema.ts';

function accepts(schema: z.ZodType, good: readonly string[], bad: readonly string[]): void {
  for (const text of good) assert.equal(schema.safeParse(text).success, true, text);
  for (const text of bad) assert.equal(schema.safeParse(text).success, false, JSON.stringify(text));
}

test('a name is lower-case words joined by hyphens', () => {
  accepts(
    nameText,
    ['a', 'flight-delay', 'v2'],
    ['', '-a', 'a-', 'a--b', 'A', '2a', 'a_b', 'a\n', 'a'.repeat(64)],
  );
});

test('a column is what SQL spells without quotes', () => {
  accepts(columnText, ['a', '_x', 'Late15'], ['', '1a', 'a b', 'a"b', 'a;', 'a\n', 'é', 'a'.repeat(64)]);
});

test('a file lies beside tend.yaml or below, never outside', () => {
  accepts(
    filePath,
    ['a.sql', 'sql/a.sql', './a.sql', 'a..b/c', '...'],
    ['', '/etc/passwd', '..', '../a', 'a/../../b', 'a/..', 'a\\..\\b', 'a\0b', 'a\n/../b'],
  );
});

test('a percentage is a share', () => {
  accepts(percentText, ['5%', '0.1%', '100%'], ['5', '%', '-5%', '5 %', '.5%']);
  assert.equal(percentShare('0.1%'), 0.001);
});

test('durationMs() of what did not validate is a broken invariant', () => {
  assert.equal(durationMs('1h'), 3_600_000);
  assert.throws(() => durationMs('soon'), TypeError);
});
