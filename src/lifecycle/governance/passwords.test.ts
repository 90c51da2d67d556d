import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testRandom } from './governance-testbed.ts';
import { argonPasswords } from './passwords.ts';

describe('argonPasswords()', () => {
  const passwords = argonPasswords(testRandom);

  it('verifies a hash of the reference implementation (phc-winner-argon2, test.c)', async () => {
    const phc = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    assert.equal(await passwords.verify('password', phc), true);
    assert.equal(await passwords.verify('passwore', phc), false);
  });

  it('hashes with 19 MiB, two passes and a salt of its own', async () => {
    const [first, second] = await Promise.all([
      passwords.hash('correct horse'),
      passwords.hash('correct horse'),
    ]);
    assert.match(first, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.notEqual(first, second);
    assert.equal(await passwords.verify('correct horse', first), true);
  });

  it('takes a password in either Unicode spelling', async () => {
    const hash = await passwords.hash('caf\u00e9 in the morning');
    assert.equal(await passwords.verify('cafe\u0301 in the morning', hash), true);
  });

  it('is never right for an account that is not there', async () => {
    assert.equal(await passwords.verify('anything', undefined), false);
  });

  it('turns away who comes when too many wait', async () => {
    // A cheap hash: what is tested is the queue.
    const hash = '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const results = await Promise.allSettled(Array.from({ length: 80 }, () => passwords.verify('x', hash)));
    const refused = results.filter((result) => result.status === 'rejected');
    assert.equal(refused.length, 80 - 2 - 64);
    assert.ok(refused.every((result) => result.reason.code === 'TOO_MANY'));
    assert.equal(await passwords.verify('x', hash), false);
  });
});
