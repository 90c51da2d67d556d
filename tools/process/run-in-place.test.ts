import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ROOT } from '../root.js';

const MODULE = JSON.stringify(`file://${ROOT}/bin/run-in-place.js`);

/** A launcher as bin/tend.js is one on an old Node; the program says `ready` when it can be interrupted. */
function launch(program: string, options = '{}'): ChildProcess {
  const child = JSON.stringify(`${program}; console.log('ready ' + process.pid);`);
  const launcher = `const { runInPlace } = await import(${MODULE});
    runInPlace(process.execPath, ['--input-type=module', '--eval', ${child}], ${options});`;
  return spawn(process.execPath, ['--input-type=module', '--eval', launcher], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function readyPid(launcher: ChildProcess): Promise<number> {
  assert.ok(launcher.stdout);
  for await (const chunk of launcher.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    const pid = /ready (\d+)/.exec(chunk)?.[1];
    if (pid !== undefined) return Number(pid);
  }
  throw new Error('the program ended before it was ready');
}

test('the exit code and the output of the program are the launcher’s', async () => {
  const launcher = launch('process.exitCode = 10');
  assert.ok(launcher.stdout);
  const [output, [code]] = await Promise.all([text(launcher.stdout), once(launcher, 'exit')]);
  assert.match(output, /^ready/);
  assert.equal(code, 10);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} reaches the program, which ends as it likes`, async () => {
    const launcher = launch(`process.on('${signal}', () => process.exit(130)); setInterval(() => {}, 1000)`);
    await readyPid(launcher);
    launcher.kill(signal);
    assert.deepEqual(await once(launcher, 'exit'), [130, null]);
  });
}

test('a program that dies of a signal passes it on', async () => {
  const launcher = launch('setInterval(() => {}, 1000)');
  process.kill(await readyPid(launcher), 'SIGTERM');
  assert.deepEqual(await once(launcher, 'exit'), [null, 'SIGTERM']);
});

test('kill -9 on the launcher ends the program too', async () => {
  const program = `(await import(${MODULE})).dieWithLauncher(); setInterval(() => {}, 1000)`;
  const launcher = launch(program, '{ dieWithUs: true }');
  await readyPid(launcher);
  assert.ok(launcher.stdout);
  // The program holds the other end of this pipe: it closes when the program is gone too.
  const gone = Promise.all([once(launcher, 'exit'), once(launcher.stdout.resume(), 'close')]);
  launcher.kill('SIGKILL');
  const [exit] = await gone;
  assert.deepEqual(exit, [null, 'SIGKILL']);
});

test('a program that does not need the launcher any more ends by itself', async () => {
  const launcher = launch(`(await import(${MODULE})).dieWithLauncher()`, '{ dieWithUs: true }');
  launcher.stdout?.resume();
  assert.deepEqual(await once(launcher, 'exit'), [0, null]);
});
