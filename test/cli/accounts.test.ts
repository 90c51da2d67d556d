import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startTend } from '../tend-process.ts';
import { emptyProject, type TinyProject } from '../tiny-project.ts';

const ADMIN = { TEND_ADMIN_USER: 'ada', TEND_ADMIN_PASSWORD: 'correct horse' };

describe('accounts and tokens on the command line', () => {
  let folder: TinyProject;
  before(() => {
    folder = emptyProject();
  });
  after(() => folder[Symbol.dispose]());

  it('shows the secret of a token once, and keeps to its scopes', async () => {
    await folder.tend(['accounts', 'create', 'ci', '--kind', 'service', '--roles', 'editor']);
    const args = ['tokens', 'create', 'reads', '--account', 'ci', '--scopes', 'project.read'];
    const made = (await folder.tend([...args, '--expires-in', '90d', '--json'])).data();
    const listed = await folder.tend(['tokens', 'list', '--json']);
    assert.ok(!listed.out.includes(made.secret), 'nothing but its creation tells the secret');
    const env = { TEND_TOKEN: made.secret };
    assert.equal((await folder.tend(['status'], { env })).code, 0);
    const denied = await folder.tend(['accounts', 'create', 'eve'], { env });
    assert.equal(denied.code, 5);
    assert.match(denied.err, /it needs account\.manage\nfix: /);
    const ended = await folder.tend(['tokens', 'revoke', made.id]);
    assert.equal(ended.code, 0, ended.err);
    const revoked = await folder.tend(['status'], { env });
    assert.equal(revoked.code, 5);
    assert.match(revoked.err, /^error: the token is unknown, expired or revoked\n/);
  });

  it('lets a token end by its time', async () => {
    const args = ['tokens', 'create', 'short', '--account', 'ci', '--expires-in', '1ms', '--json'];
    const made = (await folder.tend(args)).data();
    const run = await folder.tend(['status'], { env: { TEND_TOKEN: made.secret } });
    assert.equal(run.code, 5);
  });

  it('does not listen to strangers while nobody needs to sign in', async () => {
    const open = await folder.tend(['up', '--no-serve', '--host', '0.0.0.0', '--port', '0']);
    assert.equal(open.code, 5);
    assert.match(
      open.err,
      /^error: without an account the server listens on the loopback only, not on 0\.0\.0\.0\nfix: Set TEND/,
    );
    const args = ['up', '--no-serve', '--host', '0.0.0.0', '--port', '0'];
    using other = emptyProject();
    await using server = await startTend(args, { cwd: other.dir, env: ADMIN });
    assert.match(server.ready, /is ready/);
  });

  it('asks everyone to sign in once an account has a password, and says how', async () => {
    const stdin = 'correct horse\n';
    const made = await folder.tend(
      ['accounts', 'create', 'ada', '--roles', 'admin', '--password-file', '-'],
      { stdin },
    );
    assert.equal(made.code, 0, made.err);
    const closed = await folder.tend(['status']);
    assert.equal(closed.code, 5);
    assert.match(
      closed.err,
      /^error: this folder has accounts with passwords: say who you are\nfix: Set TEND_TOKEN/,
    );
    await using server = await startTend(['up', '--no-serve'], { cwd: folder.dir });
    assert.doesNotMatch(server.ready, /open to this machine/);
    const status = `${server.urls[0]}/api/tend/v1/status`;
    assert.equal((await fetch(status)).status, 401);
    assert.equal((await fetch(`${server.urls[0]}/metrics`)).status, 401);
    assert.equal((await fetch(`${server.urls[0]}/health`)).status, 200);
    const through = await folder.tend(['status']);
    assert.equal(through.code, 5);
    assert.match(through.err, /\nfix: .*TEND_TOKEN/);
    const basic = (password: string) => ({
      headers: { authorization: `Basic ${Buffer.from(`ada:${password}`).toString('base64')}` },
    });
    assert.equal((await fetch(status, basic('correct horse'))).status, 200);
    assert.equal((await fetch(status, basic('wrong horse'))).status, 401);
    const wrongHost = await rawStatus(server.urls[0] ?? '', 'evil.example');
    assert.equal(wrongHost, 403);
  });
});

/** Status of a request whose Host header names another host, as after a DNS rebinding. */
async function rawStatus(url: string, host: string): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request(`${url}/api/tend/v1/status`, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
