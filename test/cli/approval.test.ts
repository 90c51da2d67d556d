import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startTend } from '../tend-process.ts';
import { type TinyProject, tinyProject } from '../tiny-project.ts';

describe('an approval that production needs', () => {
  let project: TinyProject;
  let approval = '';
  let token = '';
  before(async () => {
    project = tinyProject('classification');
    const rule = 'governance: { approve: { production: { by: approver, not: author } } }\n';
    project.edit('tend.yaml', 'deployment:', `${rule}deployment:`);
  });
  after(() => project[Symbol.dispose]());

  const deployment = async (): Promise<{ verdict: string; reason: string }> => {
    const { projects } = (await project.tend(['status', '--json'])).data();
    return projects[0].stages[5];
  };

  it('is announced by the plan, waited for with exit 0, and named with whom and how', async () => {
    const plan = await project.tend(['plan']);
    assert.match(plan.out, /\? approval deployment {2}approver: production needs approver, not the author\n/);
    const run = await project.tend(['apply', '--yes', '--json']);
    assert.equal(run.code, 0, run.err);
    approval = /tend approve (apr_[0-9a-z]{26})/.exec(run.data().waiting)?.[1] ?? '';
    assert.notEqual(approval, '');
    assert.equal((await deployment()).verdict, 'waiting');
    const { items } = (await project.tend(['api', 'GET', '/inbox', '--json'])).data();
    assert.deepEqual([items.length, items[0].command], [1, `tend approve ${approval}`]);
    assert.equal((await project.tend(['endpoints', 'list', '--json'])).data().items.length, 0);
  });

  it('is not given by the author: exit 5, and 403 over HTTP', async () => {
    for (const decision of ['approve', 'reject']) {
      const run = await project.tend([decision, approval, '--json']);
      assert.equal(run.code, 5);
      assert.equal(run.error().code, 'NOT_ALLOWED');
      assert.match(run.error().message, /not its author \(local\)/);
    }
    await using server = await startTend(['up', '--no-serve'], { cwd: project.dir });
    const path = `${server.urls[0]}/api/tend/v1/approvals/${approval}/approve`;
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(path, { method: 'POST', headers, body: '{}' });
    assert.equal(answer.status, 403);
    assert.equal(((await answer.json()) as { code: string }).code, 'NOT_ALLOWED');
    assert.equal((await project.tend(['approve', approval])).code, 5, 'through the server too');
  });

  it('is given with the token of another, whoever starts next carries on from there', async () => {
    assert.equal(
      (await project.tend(['accounts', 'create', 'grace', '--kind', 'service', '--roles', 'approver'])).code,
      0,
    );
    const made = (
      await project.tend(['tokens', 'create', 'approving', '--account', 'grace', '--json'])
    ).data();
    token = made.secret;
    assert.match(token, /^tend_/);
    const env = { TEND_TOKEN: token };
    const given = await project.tend(['approve', approval, '--comment', 'checked', '--json'], { env });
    assert.equal(given.code, 0, given.out + given.err);
    assert.deepEqual(given.data(), { id: approval, state: 'approved' });
    const again = await project.tend(['approve', approval], { env });
    assert.equal(again.code, 6, 'it is decided once');
    const run = await project.tend(['apply', '--yes']);
    assert.equal(run.code, 0, run.err);
    assert.equal((await deployment()).verdict, 'pass');
  });

  it('refused by another closes the gate, with the reason they gave', async () => {
    project.edit('tend.yaml', 'seed: 1', 'seed: 2');
    const run = await project.tend(['apply', '--yes', '--json']);
    const id = /tend approve (apr_\S{26})/.exec(run.data().waiting)?.[1] ?? '';
    const env = { TEND_TOKEN: token };
    const refused = await project.tend(['reject', id, '--comment', 'too few rows'], { env });
    assert.equal(refused.code, 0, refused.err);
    const next = await project.tend(['apply', '--yes']);
    assert.equal(next.code, 10, next.out + next.err);
    const { verdict, reason } = await deployment();
    assert.equal(verdict, 'fail');
    assert.match(reason, /was refused: too few rows$/);
    const { items } = (await project.tend(['endpoints', 'list', '--json'])).data();
    assert.deepEqual(
      items[0].routes.map(({ version, weight }: { version: string; weight: number }) => [version, weight]),
      [['1', 1]],
    );
  });
});
