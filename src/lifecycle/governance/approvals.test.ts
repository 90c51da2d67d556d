import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Principal } from '../../kernel/policy.ts';
import { LOCAL } from './access.ts';
import { APPROVAL_DECIDED, approve, listApprovals, reject } from './approvals.ts';
import { addPerson, type GovernanceBed, openGovernanceBed } from './governance-testbed.ts';

const SUBJECT = 'a'.repeat(64);

async function ask(
  bed: GovernanceBed,
  id: string,
  byRole: string,
  notAuthor: boolean,
  author: string,
): Promise<void> {
  const query = bed.db.query.insertInto('approval').values({
    id,
    project: 'flight-delay',
    gate: 'production',
    subject: SUBJECT,
    by_role: byRole,
    not_author: notAuthor ? 1 : 0,
    author,
    state: 'waiting',
    decided_by: null,
    comment: null,
    created_at: bed.clock.now(),
    decided_at: null,
    execution_id: 'exe_1',
  });
  await bed.db.commit({ statements: [{ query }] });
}

async function people(bed: GovernanceBed): Promise<Record<'ada' | 'lead' | 'eve', Principal>> {
  return {
    ada: await addPerson(bed, 'ada', ['admin']),
    lead: await addPerson(bed, 'ml-lead', ['editor', 'approver']),
    eve: await addPerson(bed, 'eve', ['approver']),
  };
}

describe('approve() and reject()', () => {
  it('decide once, with evidence about the subject, a ledger entry and an event', async () => {
    await using bed = await openGovernanceBed();
    const { ada, lead } = await people(bed);
    await ask(bed, 'apr_1', 'ml-lead', true, ada.id);
    assert.deepEqual(await approve(bed.as(lead), { id: 'apr_1', comment: 'slices checked' }), {
      id: 'apr_1',
      state: 'approved',
    });
    const evidence = await bed.db.query.selectFrom('evidence').selectAll().executeTakeFirstOrThrow();
    assert.deepEqual(
      [evidence.stage, evidence.kind, evidence.subject, evidence.verdict, evidence.execution_id],
      ['governance', 'approval', SUBJECT, 'pass', 'exe_1'],
    );
    const ledger = await bed.db.query
      .selectFrom('ledger')
      .select(['action', 'actor'])
      .where('chain', '=', 'project/flight-delay')
      .orderBy('seq')
      .execute();
    assert.deepEqual(ledger, [
      { action: 'evidence.recorded', actor: lead.id },
      { action: 'approval.approved', actor: lead.id },
    ]);
    const event = await bed.db.query.selectFrom('outbox').selectAll().executeTakeFirstOrThrow();
    assert.equal(event.type, APPROVAL_DECIDED);
    assert.deepEqual(JSON.parse(event.body), {
      approval: 'apr_1',
      state: 'approved',
      subject: SUBJECT,
      executionId: 'exe_1',
    });
    await assert.rejects(reject(bed.as(lead), { id: 'apr_1' }), {
      code: 'CONFLICT',
      message: /approved by ml-lead/,
    });
  });

  it('are for the named role or person, and say who that is', async () => {
    await using bed = await openGovernanceBed();
    const { ada, lead, eve } = await people(bed);
    await ask(bed, 'apr_name', 'ml-lead', false, ada.id);
    await ask(bed, 'apr_role', 'approver', false, ada.id);
    for (const principal of [eve, ada, LOCAL]) {
      const refusal = { code: 'NOT_ALLOWED', message: /decided by ml-lead; you are/ };
      await assert.rejects(approve(bed.as(principal), { id: 'apr_name' }), refusal);
    }
    await reject(bed.as(eve), { id: 'apr_role' });
    await approve(bed.as(lead), { id: 'apr_name' });
    const { items } = await listApprovals(bed.as(ada), { limit: 10 });
    assert.deepEqual(
      items.map(({ id, state }) => [id, state]),
      [
        ['apr_role', 'rejected'],
        ['apr_name', 'approved'],
      ],
    );
    assert.equal(
      (await bed.db.query.selectFrom('evidence').selectAll().where('verdict', '=', 'fail').execute()).length,
      1,
    );
  });

  it('are never for the author where duties are kept apart', async () => {
    await using bed = await openGovernanceBed();
    const { lead } = await people(bed);
    await ask(bed, 'apr_1', 'ml-lead', true, lead.id);
    await ask(bed, 'apr_2', 'admin', true, 'local');
    await assert.rejects(approve(bed.as(lead), { id: 'apr_1' }), {
      code: 'NOT_ALLOWED',
      message: /not its author/,
    });
    await assert.rejects(approve(bed.as(LOCAL), { id: 'apr_2' }), { code: 'NOT_ALLOWED' });
    assert.equal((await listApprovals(bed.as(lead), { limit: 10, state: 'waiting' })).items.length, 2);
    assert.equal((await bed.db.query.selectFrom('evidence').selectAll().execute()).length, 0);
  });

  it('carry out one of two decisions that come at once', async () => {
    await using bed = await openGovernanceBed();
    const { ada, lead, eve } = await people(bed);
    await ask(bed, 'apr_1', 'approver', false, ada.id);
    const results = await Promise.allSettled([
      approve(bed.as(lead), { id: 'apr_1' }),
      reject(bed.as(eve), { id: 'apr_1' }),
    ]);
    assert.deepEqual(results.map((result) => result.status).toSorted(), ['fulfilled', 'rejected']);
    assert.equal((await bed.db.query.selectFrom('evidence').selectAll().execute()).length, 1);
    await assert.rejects(approve(bed.as(lead), { id: "x' or '1'='1" }), { code: 'NOT_FOUND' });
  });

  it('are listed in pages', async () => {
    await using bed = await openGovernanceBed();
    for (const i of [1, 2, 3, 4, 5]) await ask(bed, `apr_${i}`, 'admin', false, 'local');
    const first = await listApprovals(bed.as(LOCAL), { limit: 2 });
    const second = await listApprovals(bed.as(LOCAL), { limit: 3, cursor: first.next ?? '' });
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    assert.deepEqual(ids, ['apr_5', 'apr_4', 'apr_3', 'apr_2', 'apr_1']);
    assert.equal(second.next, undefined);
  });
});
