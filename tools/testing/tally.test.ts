import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUp, closingLines } from './tally.js';

const counts = { tests: 4, suites: 1, passed: 2, failed: 1, cancelled: 1, skipped: 0, todo: 0 };

test('the last line counts cancelled tests as failed and files that did not run as skipped', () => {
  const sum = addUp([
    { counts, failures: ['a › x'] },
    { counts, failures: ['b › y'] },
  ]);
  const notRun = [{ path: 'test/board.test.ts', reason: 'chromium is not installed' }];
  const lines = closingLines(sum, notRun, 1234.5).split('\n');
  assert.equal(lines.at(-1), '4 passed, 4 failed, 1 skipped');
  assert.ok(lines.includes('ℹ tests 9'));
  assert.ok(lines.includes('  ✖ b › y'));
  assert.ok(lines.includes('  test/board.test.ts: chromium is not installed'));
});

test('nothing at all is 0, 0, 0', () => {
  assert.equal(closingLines(addUp([]), [], 0).split('\n').at(-1), '0 passed, 0 failed, 0 skipped');
});
