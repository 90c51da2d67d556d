import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAccount, ensureFirstAccount } from './accounts.ts';
import { LOCAL } from './access.ts';
import { changeAccount } from './change-account.ts';
import { assertMayBind } from './assert-may-bind.ts';
import { addPerson, basic, bearer, openGovernanceBed } from './governance-testbed.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';

const LOOPBACK = { peer: '127.0.0.1', headers: {} };
const DAY_MS = 86_400_000;

describe('authenticate() before any account has a password', () => {
  it('lets the person at the machine in as local, and nobody from elsewhere', async () => {
    await using bed = await openGovernanceBed();
    assert.deepEqual(await bed.access.authenticate(LOOPBACK), LOCAL);
    assert.deepEqual(await bed.access.authenticate({ ...LOOPBACK, peer: '::ffff:127.0.0.1' }), LOCAL);
    assert.equal((await bed.access.authenticate({ peer: '10.0.0.9', headers: {} })).kind, 'anonymous');
  });

  it('takes a proxy on this machine for a stranger', async () => {
    await using bed = await openGovernanceBed();
    const caller = { peer: '127.0.0.1', headers: { 'x-forwarded-for': '203.0.113.5' } };
    assert.equal((await bed.access.authenticate(caller)).kind, 'anonymous');
  });

  it('still acts as the account of a token where one is sent', async () => {
    await using bed = await openGovernanceBed();
    await createAccount(bed.as(LOCAL), { name: 'ci', kind: 'service', roles: ['editor'] });
    const { secret, id } = await createToken(bed.as(LOCAL), {
      name: 't',
      account: 'ci',
      scopes: ['model.read'],
    });
    assert.match(secret, /^tend_[0-9a-z]{26}_[\w-]{43}$/);
    for (const headers of [
      bearer(secret),
      basic('anything', secret),
      { cookie: `a=b; tend_session=${secret}` },
    ]) {
      const principal = await bed.access.authenticate({ peer: '10.0.0.9', headers });
      assert.deepEqual([principal.name, principal.scopes], ['ci', ['model.read']]);
    }
    assert.deepEqual(await bed.access.authenticate(LOOPBACK), LOCAL);
    await revokeToken(bed.as(LOCAL), { id });
    await assert.rejects(bed.access.authenticate({ ...LOOPBACK, headers: bearer(secret) }), {
      code: 'NOT_SIGNED_IN',
    });
  });

  it('refuses to listen beyond the loopback', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.4', 'tend.example']) {
      assert.throws(() => assertMayBind(host, false), { code: 'NOT_ALLOWED' });
      assertMayBind(host, true);
    }
    for (const host of ['127.0.0.1', '::1', 'localhost']) assertMayBind(host, false);
  });
});

describe('authenticate() once an account has a password', () => {
  it('knows nobody without credentials, on the loopback too', async () => {
    await using bed = await openGovernanceBed();
    await addPerson(bed, 'ada', ['admin']);
    assert.equal(await bed.access.signInNeeded(), true);
    assert.equal((await bed.access.authenticate(LOOPBACK)).kind, 'anonymous');
    const stale = { ...LOOPBACK, headers: { cookie: 'tend_session=garbage' } };
    assert.equal((await bed.access.authenticate(stale)).kind, 'anonymous');
  });

  it('takes name and password by basic auth', async () => {
    await using bed = await openGovernanceBed();
    await addPerson(bed, 'ada', ['admin']);
    const principal = await bed.access.authenticate({ ...LOOPBACK, headers: basic('ada', 'ada-password') });
    assert.deepEqual([principal.kind, principal.name, principal.roles], ['account', 'ada', ['admin']]);
    for (const [name, password] of [
      ['ada', 'wrong'],
      ['bob', 'ada-password'],
      ["' or 1=1 --", 'x'],
      ['', ''],
    ] as const) {
      const caller = { ...LOOPBACK, headers: basic(name, password) };
      await assert.rejects(bed.access.authenticate(caller), { code: 'NOT_SIGNED_IN' });
    }
  });

  it('refuses what is no token, a token with another secret, and one that expired', async () => {
    await using bed = await openGovernanceBed();
    const ada = await addPerson(bed, 'ada', ['admin']);
    const { secret, id } = await createToken(bed.as(ada), { name: 't', expiresIn: '1d' });
    const other = await createToken(bed.as(ada), { name: 'u' });
    const mixed = `${secret.slice(0, 32)}${other.secret.slice(32)}`;
    for (const text of ['', 'x', 'tend_', mixed, `${secret}x`, 'tend_%00_', 'null', '__proto__']) {
      await assert.rejects(bed.access.authenticate({ ...LOOPBACK, headers: bearer(text) }), {
        code: 'NOT_SIGNED_IN',
      });
    }
    await bed.access.authenticate({ ...LOOPBACK, headers: bearer(secret) });
    const used = (await listTokens(bed.as(ada), { limit: 10 })).items.find((token) => token.id === id);
    assert.equal(used?.lastUsedAt, bed.clock.now());
    bed.clock.advance(DAY_MS);
    await assert.rejects(bed.access.authenticate({ ...LOOPBACK, headers: bearer(secret) }), {
      code: 'NOT_SIGNED_IN',
    });
  });

  it('limits a hundred wrong passwords, notes it, and takes the right one a minute later', async () => {
    await using bed = await openGovernanceBed();
    await addPerson(bed, 'ada', ['admin']);
    const caller = (password: string) => ({ peer: '10.0.0.9', headers: basic('ada', password) });
    const codes = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        bed.access.authenticate(caller(`guess ${i}`)).catch((error: { code: string }) => error.code),
      ),
    );
    assert.equal(codes.filter((code) => code === 'NOT_SIGNED_IN').length, 10);
    assert.equal(codes.filter((code) => code === 'TOO_MANY').length, 90);
    await assert.rejects(bed.access.authenticate(caller('ada-password')), { code: 'TOO_MANY' });
    const elsewhere = { ...LOOPBACK, headers: basic('ada', 'ada-password') };
    assert.equal((await bed.access.authenticate(elsewhere)).name, 'ada');
    const noted = await bed.db.query
      .selectFrom('ledger')
      .select('subject')
      .where('action', '=', 'sign-in.limited')
      .execute();
    assert.deepEqual(noted, [{ subject: 'ada' }]);
    bed.clock.advance(60_000);
    assert.equal((await bed.access.authenticate(caller('ada-password'))).name, 'ada');
  });

  it('checks one password for many requests at once, once', async () => {
    await using bed = await openGovernanceBed();
    await addPerson(bed, 'ada', ['admin']);
    const caller = { ...LOOPBACK, headers: basic('ada', 'ada-password') };
    const all = await Promise.all(Array.from({ length: 200 }, () => bed.access.authenticate(caller)));
    assert.ok(all.every((principal) => principal.name === 'ada'));
  });
});

describe('accounts and tokens', () => {
  it('make the first password account an admin or none', async () => {
    await using bed = await openGovernanceBed();
    await assert.rejects(addPerson(bed, 'eve', ['viewer']), { code: 'INVALID_INPUT' });
    assert.equal(await bed.access.signInNeeded(), false);
    await addPerson(bed, 'ada', ['admin']);
    await addPerson(bed, 'eve', ['viewer']);
    await assert.rejects(addPerson(bed, 'eve', ['viewer']), { code: 'CONFLICT' });
  });

  it('make the configured administrator at the first start alone', async () => {
    await using bed = await openGovernanceBed();
    assert.equal(await ensureFirstAccount(bed.as(LOCAL), { name: 'root', password: 'first' }), true);
    assert.equal(await ensureFirstAccount(bed.as(LOCAL), { name: 'root', password: 'second' }), false);
    assert.equal((await bed.access.checkPassword('root', 'first', '::1')).name, 'root');
    await assert.rejects(bed.access.checkPassword('root', 'second', '::1'), { code: 'NOT_SIGNED_IN' });
  });

  it('keep no secret that could be used', async () => {
    await using bed = await openGovernanceBed();
    const ada = await addPerson(bed, 'ada', ['admin']);
    const { secret } = await createToken(bed.as(ada), { name: 't' });
    const rows = [
      await bed.db.query.selectFrom('account').selectAll().execute(),
      await bed.db.query.selectFrom('token').selectAll().execute(),
      await bed.db.query.selectFrom('ledger').selectAll().execute(),
    ];
    assert.doesNotMatch(JSON.stringify(rows), new RegExp(secret.slice(-43)));
    assert.doesNotMatch(JSON.stringify(rows), /ada-password/);
    assert.doesNotMatch(JSON.stringify(rows[2]), /argon2/);
    assert.equal(rows[2]?.length, 2);
  });

  it('let nobody reach beyond what they may themselves', async () => {
    await using bed = await openGovernanceBed();
    const ada = await addPerson(bed, 'ada', ['admin']);
    const eve = await addPerson(bed, 'eve', ['viewer']);
    await assert.rejects(createToken(bed.as(eve), { name: 't', account: 'ada' }), { code: 'NOT_ALLOWED' });
    const narrow = { ...eve, scopes: ['project.read' as const] };
    await assert.rejects(createToken(bed.as(narrow), { name: 't' }), { code: 'NOT_ALLOWED' });
    const theirs = await createToken(bed.as(ada), { name: 'of ada' });
    await assert.rejects(revokeToken(bed.as(eve), { id: theirs.id }), { code: 'NOT_FOUND' });
    assert.deepEqual((await listTokens(bed.as(eve), { limit: 10 })).items, []);
    await assert.rejects(createToken(bed.as(LOCAL), { name: 't' }), { code: 'INVALID_INPUT' });
  });

  it('are switched off at once, and never the last administrator', async () => {
    await using bed = await openGovernanceBed();
    const ada = await addPerson(bed, 'ada', ['admin']);
    const eve = await addPerson(bed, 'eve', ['viewer']);
    const { secret } = await createToken(bed.as(eve), { name: 't' });
    const off = await changeAccount(bed.as(ada), { name: 'eve', disabled: true });
    assert.equal(off.disabled, true);
    for (const headers of [bearer(secret), basic('eve', 'eve-password')]) {
      await assert.rejects(bed.access.authenticate({ ...LOOPBACK, headers }), { code: 'NOT_SIGNED_IN' });
    }
    await changeAccount(bed.as(ada), { name: 'eve', disabled: false, password: 'another one' });
    await bed.access.checkPassword('eve', 'another one', '::1');
    await assert.rejects(bed.access.checkPassword('eve', 'eve-password', '::1'), { code: 'NOT_SIGNED_IN' });
    for (const change of [{ disabled: true }, { roles: ['viewer' as const] }]) {
      await assert.rejects(changeAccount(bed.as(ada), { name: 'ada', ...change }), { code: 'CONFLICT' });
    }
    await changeAccount(bed.as(ada), { name: 'eve', roles: ['admin'] });
    assert.deepEqual((await changeAccount(bed.as(ada), { name: 'ada', roles: ['viewer'] })).roles, [
      'viewer',
    ]);
  });
});
