import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ask } from '../src/http/http-testbed.ts';
import { API_PREFIX, permissionTable } from '../src/http/permission-table.ts';
import { type HttpServer, serveHttp } from '../src/http/serve-http.ts';
import { remoteInvoker } from '../src/cli/remote-invoker.ts';
import {
  type Access,
  governanceOperations,
  openAccess,
  rolePolicy,
} from '../src/lifecycle/governance/index.ts';
import type { Database } from '../src/store/database.ts';
import { openSqlite } from '../src/store/open-sqlite.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const random = { bytes: (count: number) => randomBytes(count) };
const JSON_TYPE = { 'content-type': 'application/json' };
const { signal } = new AbortController();

describe('governance over HTTP, from the open server to the closed one', () => {
  let db: Database;
  let access: Access;
  let server: HttpServer;
  const faults: unknown[] = [];
  let token = '';

  before(async () => {
    db = await openSqlite({ path: ':memory:', clock });
    access = openAccess({ db, clock, random });
    server = await serveHttp({
      operations: governanceOperations,
      routes: [],
      context: (principal, _signal, exchange) => ({ db, clock, random, access, principal, exchange }),
      authenticate: access.authenticate,
      policy: rolePolicy,
      clock,
      host: '127.0.0.1',
      port: 0,
      version: '0.0.0',
      onFault: (error) => faults.push(error),
    });
  });
  after(async () => {
    await server.close();
    await db.close();
    assert.deepEqual(faults, []);
  });

  const invoker = (as?: string) =>
    remoteInvoker({
      operations: governanceOperations,
      url: server.url,
      random,
      ...(as === undefined ? {} : { token: as }),
    });

  it('takes the person at the machine as admin while there is no account', async () => {
    const me = await ask(server, 'GET', `${API_PREFIX}/me`);
    assert.deepEqual(
      [me.json.kind, me.json.signInNeeded, me.json.permissions.includes('account.manage')],
      ['local', false, true],
    );
  });

  it('closes with the first password account', async () => {
    const input = { name: 'ada', roles: ['admin'], password: 'correct horse' };
    await invoker().invoke('accounts.create', input, { signal });
    await assert.rejects(invoker().invoke('accounts.list', {}, { signal }), { code: 'NOT_SIGNED_IN' });
    for (const entry of permissionTable(governanceOperations, [])) {
      if (entry.permission === 'public') continue;
      const path = entry.path.replaceAll(/\{[^}]+\}/g, 'x');
      assert.equal((await ask(server, entry.method, path)).status, 401, `${entry.method} ${path}`);
    }
    const me = await ask(server, 'GET', `${API_PREFIX}/me`);
    assert.deepEqual([me.json.kind, me.json.permissions], ['anonymous', ['public']]);
  });

  it('signs a browser in and out by a cookie that no script can read', async () => {
    const body = JSON.stringify({ name: 'ada', password: 'correct horse' });
    const session = await ask(server, 'POST', `${API_PREFIX}/session`, { headers: JSON_TYPE, body });
    assert.equal(session.status, 200, session.text);
    const [set = ''] = session.headers['set-cookie'] ?? [];
    assert.match(set, /^tend_session=tend_[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    const cookie = set.split(';')[0] ?? '';
    const accounts = await ask(server, 'GET', `${API_PREFIX}/accounts`, { headers: { cookie } });
    assert.deepEqual(
      accounts.json.items.map((a: { name: string }) => a.name),
      ['ada'],
    );
    assert.doesNotMatch(accounts.text, /argon2|password_hash/);
    const crossSite = { ...JSON_TYPE, cookie, 'sec-fetch-site': 'cross-site' };
    assert.equal((await ask(server, 'DELETE', `${API_PREFIX}/session`, { headers: crossSite })).status, 403);
    const made = await ask(server, 'POST', `${API_PREFIX}/tokens`, {
      headers: { ...JSON_TYPE, cookie },
      body: JSON.stringify({ name: 'cli' }),
    });
    token = made.json.secret;
    const out = await ask(server, 'DELETE', `${API_PREFIX}/session`, { headers: { cookie } });
    assert.deepEqual(out.json, { signedOut: true });
    assert.equal((await ask(server, 'GET', `${API_PREFIX}/accounts`, { headers: { cookie } })).status, 401);
  });

  it('gives a command line through a token what it gives a browser', async () => {
    const tokens = (await invoker(token).invoke('tokens.list', { limit: 10 }, { signal })) as {
      items: { name: string }[];
    };
    assert.deepEqual(
      tokens.items.map(({ name }) => name),
      ['cli'],
    );
    assert.deepEqual(await invoker(token).request('GET', '/accounts?limit=1', undefined, { signal }), {
      items: [await firstAccount()],
    });
    const wrong = invoker(token).invoke('approvals.approve', { id: "apr_' or 1=1" }, { signal });
    await assert.rejects(wrong, { code: 'NOT_FOUND' });
    const bad = invoker(token).invoke('approvals.list', { cursor: "' or 1=1" }, { signal });
    await assert.rejects(bad, { code: 'INVALID_INPUT' });
    const mistakes = invoker(token).invoke('accounts.create', { name: '-', roles: ['king'] }, { signal });
    await assert.rejects(mistakes, (error: { fields: { path: string }[] }) => {
      assert.deepEqual(
        error.fields.map(({ path }) => path),
        ['name', 'roles.0'],
      );
      return true;
    });
    const gone = remoteInvoker({ operations: governanceOperations, url: 'http://127.0.0.1:1', random });
    await assert.rejects(gone.invoke('me.get', {}, { signal }), { code: 'UNAVAILABLE' });
  });

  async function firstAccount(): Promise<unknown> {
    const page = (await invoker(token).invoke('accounts.list', {}, { signal })) as { items: unknown[] };
    return page.items[0];
  }

  it('answers a hundred bad sign-ins with 401 and then 429, and lets a token in meanwhile', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 100; i++) {
      const body = JSON.stringify({ name: 'ada', password: `guess ${i}` });
      const answer = await ask(server, 'POST', `${API_PREFIX}/session`, { headers: JSON_TYPE, body });
      statuses.push(answer.status);
      if (answer.status === 429) assert.equal(answer.headers['retry-after'], '60');
    }
    assert.deepEqual(statuses.slice(0, 10), Array(10).fill(401));
    assert.deepEqual(statuses.slice(10), Array(90).fill(429));
    assert.equal(
      (await ask(server, 'GET', `${API_PREFIX}/accounts`, { headers: { authorization: `Bearer ${token}` } }))
        .status,
      200,
    );
  });
});
