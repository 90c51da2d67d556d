import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runTests } from './run-tests.js';

/** Runs one test file of this text and returns its result and what was printed for it. */
async function run(t: TestContext, text: string, timeoutMs = 30_000) {
  const root = mkdtempSync(join(tmpdir(), 'tend-run-tests-'));
  t.after(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'a.test.cjs'), `const { test } = require('node:test'); ${text}`);
  const printed: string[] = [];
  t.mock.method(console, 'log', (line: string) => printed.push(line));
  const results = await runTests(process.execPath, ['a.test.cjs'], { concurrency: 1, timeoutMs, root });
  assert.equal(results.length, 1);
  const [result] = results;
  assert.ok(result !== undefined);
  return { counts: result.counts, failures: result.failures, printed: printed.join('\n') };
}

test('one line for a file that passes, and its tests counted', async (t) => {
  const { counts, failures, printed } = await run(t, `test('x', () => {}); test('y', () => {});`);
  assert.match(printed, /^✔ a\.test\.cjs {2}2\/2 {2}[\d.]+ s$/);
  assert.deepEqual(failures, []);
  assert.deepEqual([counts.tests, counts.passed, counts.failed], [2, 2, 0]);
});

test('a failure is named by its innermost test and shown with what the file printed', async (t) => {
  const inner = `t.test('inner', () => { console.log('seen'); throw new Error('wrong'); })`;
  const { failures, printed } = await run(t, `test('outer', (t) => ${inner});`);
  assert.match(printed, /^✖ a\.test\.cjs/);
  assert.match(printed, /Error: wrong/);
  assert.match(printed, /it printed:\s+seen/);
  assert.deepEqual(failures, ['a.test.cjs › inner']);
});

test('a file that cannot be loaded is one failed test, with the reason', async (t) => {
  const { counts, printed } = await run(t, 'this is not JavaScript');
  assert.match(printed, /SyntaxError/);
  assert.deepEqual([counts.tests, counts.passed, counts.failed], [1, 0, 1]);
});

test('a file that exits before its tests have ended has failed, even with 0', async (t) => {
  const { counts, failures } = await run(
    t,
    `test('x', async () => { process.exit(0); }); test('y', () => {});`,
  );
  assert.deepEqual(failures, ['a.test.cjs › the file']);
  assert.equal(counts.failed, 1);
});

test('a file that does not end is killed, with what it started, and has failed', async (t) => {
  const sleeper = `['--eval', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'inherit' }`;
  const text = `test('x', () => {}); require('node:child_process').spawn(process.execPath, ${sleeper});`;
  const { counts, failures, printed } = await run(t, text, 2_000);
  assert.deepEqual(failures, ['a.test.cjs › the file']);
  assert.equal(counts.failed, 1);
  assert.match(printed, /did not end within 2 s/);
  if (process.platform === 'linux') assert.match(printed, /left running, now ended: .*setInterval/);
});
