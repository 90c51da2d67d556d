import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Principal, SYSTEM } from '../../kernel/policy.ts';
import { createAccount } from './accounts.ts';
import { approve, reject } from './approvals.ts';
import { changeAccount } from './change-account.ts';
import { LOCAL } from './access.ts';
import { addPerson, basic, bearer, type GovernanceBed, openGovernanceBed } from './governance-testbed.ts';
import { createSession } from './sessions.ts';
import { createToken } from './tokens.ts';

/** An approval asked for by an author, who may not decide it. */
async function ask(bed: GovernanceBed, id: string, by: string, author: string): Promise<void> {
  const query = bed.db.query.insertInto('approval').values({
    id,
    project: 'flight-delay',
    gate: 'production',
    subject: 'a'.repeat(64),
    by_role: by,
    not_author: 1,
    author,
    state: 'waiting',
    decided_by: null,
    comment: null,
    created_at: bed.clock.now(),
    decided_at: null,
    execution_id: null,
  });
  await bed.db.commit({ statements: [{ query }] });
}

async function refused(bed: GovernanceBed, principal: Principal, id: string): Promise<void> {
  for (const decide of [approve, reject]) {
    await assert.rejects(decide(bed.as(principal), { id }), { code: 'NOT_ALLOWED' }, principal.name);
  }
  const row = await bed.db.query.selectFrom('approval').selectAll().where('id', '=', id).executeTakeFirst();
  assert.equal(row?.state, 'waiting');
}

const LOOPBACK = { peer: '127.0.0.1', headers: {} };

/** Everything with which one account can come: two tokens, its password, a session of a browser. */
async function waysOf(bed: GovernanceBed, account: Principal): Promise<Principal[]> {
  const first = await createToken(bed.as(account), { name: 'laptop' });
  const second = await createToken(bed.as(account), { name: 'phone', scopes: ['approval.give'] });
  let cookie = '';
  const exchange = {
    ...LOOPBACK,
    setHeader: (_name: string, value: string) => {
      cookie = value.split(';')[0] ?? '';
    },
  };
  const secret = `${account.name}-password`;
  await createSession({ ...bed.as(account), exchange }, { name: account.name, password: secret });
  return Promise.all(
    [bearer(first.secret), bearer(second.secret), basic(account.name, secret), { cookie }].map((headers) =>
      bed.access.authenticate({ ...LOOPBACK, headers }),
    ),
  );
}

describe('duties are kept apart by identity', () => {
  it('the author is refused by every token, password and session of the account', async () => {
    await using bed = await openGovernanceBed();
    await addPerson(bed, 'root', ['admin']);
    const ada = await addPerson(bed, 'ada', ['editor', 'approver']);
    const ways = await waysOf(bed, ada);
    assert.deepEqual(new Set(ways.map(({ id }) => id)), new Set([ada.id]));
    await ask(bed, 'apr_role', 'approver', ada.id);
    await ask(bed, 'apr_name', 'ada', ada.id);
    for (const principal of ways) {
      await refused(bed, principal, 'apr_role');
      await refused(bed, principal, 'apr_name');
    }
    const eve = await addPerson(bed, 'eve', ['approver']);
    assert.equal((await approve(bed.as(eve), { id: 'apr_role' })).state, 'approved');
  });

  it('being an administrator changes nothing, and no role that is given later does', async () => {
    await using bed = await openGovernanceBed();
    const ada = await addPerson(bed, 'ada', ['admin']);
    const bob = await addPerson(bed, 'bob', ['admin']);
    await ask(bed, 'apr_1', 'admin', ada.id);
    await ask(bed, 'apr_2', 'ml-lead', bob.id);
    for (const principal of await waysOf(bed, ada)) {
      await refused(bed, principal, 'apr_1');
      // Not the author of this one, and not who has to decide it either.
      await refused(bed, principal, 'apr_2');
    }
    await changeAccount(bed.as(bob), { name: 'ada', roles: ['admin', 'approver', 'editor'] });
    const [again] = await waysOf(bed, ada);
    assert.deepEqual(again?.roles, ['admin', 'approver', 'editor']);
    await refused(bed, again, 'apr_1');
    assert.equal((await approve(bed.as(bob), { id: 'apr_1' })).state, 'approved');
  });

  it('whoever sits at the machine of an open server is one identity, by every address of it', async () => {
    await using bed = await openGovernanceBed();
    await ask(bed, 'apr_1', 'admin', LOCAL.id);
    for (const peer of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.9.9.9']) {
      const principal = await bed.access.authenticate({ peer, headers: {} });
      assert.deepEqual(principal, LOCAL);
      await refused(bed, principal, 'apr_1');
    }
    const forwarded = { ...LOOPBACK, headers: { 'x-forwarded-for': '127.0.0.1' } };
    assert.equal((await bed.access.authenticate(forwarded)).kind, 'anonymous');
    for (const name of ['local', 'LOCAL', 'system', 'tend']) {
      const { newAccount } = await import('./accounts.ts');
      assert.equal(newAccount.safeParse({ name, roles: ['approver'] }).success, false, name);
    }
  });

  it('an account that is called like a role does not have it, and Tend itself decides nothing', async () => {
    await using bed = await openGovernanceBed();
    await addPerson(bed, 'ada', ['admin']);
    const named = await addPerson(bed, 'admin', ['approver']);
    await ask(bed, 'apr_1', 'admin', 'acc_other');
    await refused(bed, named, 'apr_1');
    await refused(bed, SYSTEM, 'apr_1');
  });

  it('a service has an identity of its own, which stays the same over its tokens', async () => {
    await using bed = await openGovernanceBed();
    const ada = await addPerson(bed, 'ada', ['admin']);
    await createAccount(bed.as(ada), { name: 'modeller', kind: 'service', roles: ['editor', 'approver'] });
    const tokens = [];
    for (const name of ['monday', 'tuesday']) {
      tokens.push(await createToken(bed.as(ada), { name, account: 'modeller' }));
    }
    const principals = await Promise.all(
      tokens.map(({ secret }) => bed.access.authenticate({ ...LOOPBACK, headers: bearer(secret) })),
    );
    await ask(bed, 'apr_1', 'approver', principals[0]?.id ?? '');
    for (const principal of principals) await refused(bed, principal, 'apr_1');
  });
});
