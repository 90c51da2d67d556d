import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { ROOT } from '../root.js';
import { runChild } from './run-child.js';

const SLEEPER = 'setInterval(() => {}, 1000)';
const SPAWN_SLEEPER = `require('node:child_process').spawn(process.execPath, ['--eval', '${SLEEPER}'],
  { stdio: 'inherit' })`;

test('a child’s code and output come back, both streams in one', async () => {
  const result = await runChild(process.execPath, [
    '--eval',
    'console.log(1); console.error(2); process.exit(3)',
  ]);
  assert.deepEqual({ ok: result.ok, code: result.code }, { ok: false, code: 3 });
  assert.deepEqual(result.output.split('\n').sort(), ['', '1', '2']);
});

test('a program that is not there is a result, not an exception', async () => {
  const result = await runChild(`${ROOT}/no-such-program`, []);
  assert.equal(result.ok, false);
  assert.match(result.output, /could not start .*ENOENT/);
});

test('what a child left behind ends with it', async () => {
  const leave = `${SPAWN_SLEEPER}.unref()`;
  // The leftover holds the output pipe: without an end to it this would never return.
  const result = await runChild(process.execPath, ['--eval', leave]);
  assert.equal(result.ok, true);
});

test('an interrupt stops the children and their children, and ends with 130', async () => {
  const child = JSON.stringify(`console.log('ready'); ${SPAWN_SLEEPER}; ${SLEEPER}`);
  const parent = `const tools = await import('file://${ROOT}/tools/process/run-child.js');
    tools.stopChildrenOnSignals();
    await tools.runChild(process.execPath, ['--eval', ${child}], { show: true });`;
  const interrupted = spawn(process.execPath, ['--input-type=module', '--eval', parent], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(interrupted.stdout, 'data');
  interrupted.kill('SIGINT');
  const exit = once(interrupted, 'exit');
  // All three hold this pipe: it closes when the last of them is gone.
  await once(interrupted.stdout, 'close');
  assert.deepEqual(await exit, [130, null]);
});
