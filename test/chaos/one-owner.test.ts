import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { processesNaming, until } from '../processes.ts';
import { startTend } from '../tend-process.ts';
import { emptyProject, TINY_REQUEST, tinyProject } from '../tiny-project.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tend.js', import.meta.url));

test('a second server on a folder ends with 6 and names the address of the first', async () => {
  using folder = emptyProject();
  await using first = await startTend(['up'], { cwd: folder.dir });
  const second = await folder.tend(['up', '--port', '0', '--serve-port', '0']);
  assert.equal(second.code, 6);
  assert.equal(second.err.match(/^error: /gm)?.length, 1, second.err);
  assert.ok(second.err.includes(first.urls[0] ?? 'no address'), second.err);
  for (const url of first.urls) assert.equal((await fetch(`${url}/health`)).status, 200);
});

test('a server whose data plane finds its port taken ends with 6 and leaves nothing behind', async () => {
  using folder = tinyProject('regression');
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  try {
    const refused = await folder.tend(['up', '--port', '0', '--serve-port', port]);
    assert.equal(refused.code, 6, refused.err);
    assert.match(refused.err, new RegExp(`^error: .*127\\.0\\.0\\.1:${port}.* in use\nfix: .*--serve-port`));
    await until('its processes are gone', () => processesNaming(folder.dir).length === 0);
  } finally {
    taken.close();
  }
  await using server = await startTend(['up'], { cwd: folder.dir });
  assert.equal(server.urls.length, 2);
});

test('a server that finds its own port taken takes its data plane with it', async () => {
  using folder = emptyProject();
  using other = emptyProject();
  await using first = await startTend(['up', '--no-serve'], { cwd: other.dir });
  const port = new URL(first.urls[0] ?? '').port;
  const refused = await folder.tend(['up', '--port', port, '--serve-port', '0']);
  assert.equal(refused.code, 6, refused.err);
  await until('its processes are gone', () => processesNaming(folder.dir).length === 0);
});

test('a plane that was left by a killed apply does not become the plane of a server', async () => {
  using project = tinyProject('regression');
  project.edit('tend.yaml', 'rollout: all-at-once', "rollout: { canary: ['50%'], bake: 50 predictions }");
  assert.equal((await project.tend(['apply', '--yes'])).code, 0);
  project.edit('tend.yaml', 'seed: 1', 'seed: 2');
  // It runs a plane of its own while it waits for traffic; killed, it leaves that behind for a moment.
  const apply = spawn(process.execPath, [PROGRAM, 'apply', '--yes'], {
    cwd: project.dir,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const text of apply.stderr.setEncoding('utf8'))
    if (String(text).includes('canary at 50%')) break;
  apply.kill('SIGKILL');
  await using server = await startTend(['up'], { cwd: project.dir });
  await until(
    'the plane of the apply is gone',
    () => processesNaming(`--with-parent ${apply.pid}`).length === 0,
  );
  assert.equal((await fetch(`${server.urls[1]}/health`)).status, 200);
  const answer = await fetch(`${server.urls[1]}/predict/tiny`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(TINY_REQUEST),
  });
  assert.equal(answer.status, 200);
});
