import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256 } from '../../../kernel/hash.ts';
import { LOCAL } from '../access.ts';
import { addPerson, type GovernanceBed, openGovernanceBed } from '../governance-testbed.ts';
import { COMMENT_CREATED, createComment, listComments, newComment } from './comments.ts';

async function addProject(bed: GovernanceBed, name: string): Promise<void> {
  const said = { owner: 'o', kind: 'classification', statement: 's', spec_hash: 'h', document: '{}' };
  const at = { created_at: 1, updated_at: 1 };
  await bed.db.commit({
    statements: [
      { query: bed.db.query.insertInto('project').values({ name, ...said, ...at }) },
      { query: bed.db.query.insertInto('model').values({ name: `${name}-model`, project: name, ...at }) },
      {
        query: bed.db.query
          .insertInto('endpoint')
          .values({ name: `${name}-endpoint`, project: name, generation: 1, state: 'serving', body: null }),
      },
    ],
  });
}

async function addEvidence(bed: GovernanceBed, id: string, project: string): Promise<void> {
  const query = bed.db.query.insertInto('evidence').values({
    id,
    project,
    stage: 'data',
    kind: 'k',
    subject: `subject-of-${id}`,
    verdict: 'info',
    title: 't',
    body: '{}',
    hash: 'h',
    execution_id: null,
    created_at: 1,
  });
  await bed.db.commit({ statements: [{ query }] });
}

describe('comments', () => {
  it('are kept with their author, an entry that proves the text, and an event', async () => {
    await using bed = await openGovernanceBed();
    await addProject(bed, 'flights');
    const ada = await addPerson(bed, 'ada', ['admin']);
    const text = 'see @bob: <b>late</b> feed';
    const made = await createComment(bed.as(ada), { subject: 'anything at all', text });
    assert.deepEqual([made.project, made.author, made.text], ['flights', { id: ada.id, name: 'ada' }, text]);
    const entry = await bed.db.query
      .selectFrom('ledger')
      .selectAll()
      .where('action', '=', 'comment.created')
      .executeTakeFirstOrThrow();
    assert.deepEqual(
      [entry.chain, entry.actor, entry.subject, JSON.parse(entry.body)],
      ['project/flights', ada.id, made.id, { on: 'anything at all', text_sha256: sha256(text) }],
    );
    const event = await bed.db.query.selectFrom('outbox').selectAll().executeTakeFirstOrThrow();
    assert.deepEqual([event.type, event.project], [COMMENT_CREATED, 'flights']);
    assert.deepEqual(await listComments(bed.as(ada), { limit: 5 }), { items: [made] });
    const own = await createComment(bed.as(LOCAL), { subject: 'flights', text: 'x' });
    assert.deepEqual(own.author, { id: 'local', name: 'local' });
  });

  it('find the project of a record, a hash, a model, a version, an endpoint', async () => {
    await using bed = await openGovernanceBed();
    await addProject(bed, 'one');
    await addProject(bed, 'two');
    await addEvidence(bed, 'evd_2', 'two');
    const first = await createComment(bed.as(LOCAL), { subject: 'evd_2', text: 'x' });
    const subjects = [
      'evd_2',
      'subject-of-evd_2',
      'two',
      'two-model',
      'two-model@3',
      'two-endpoint',
      first.id,
    ];
    for (const subject of subjects) {
      assert.equal((await createComment(bed.as(LOCAL), { subject, text: 'x' })).project, 'two', subject);
    }
    for (const subject of ['evd_9', 'nothing', '__proto__', 'toString_1']) {
      await assert.rejects(createComment(bed.as(LOCAL), { subject, text: 'x' }), { code: 'INVALID_INPUT' });
      const named = await createComment(bed.as(LOCAL), { subject, text: 'x', project: 'one' });
      assert.equal(named.project, 'one');
    }
    await assert.rejects(createComment(bed.as(LOCAL), { subject: 'x', text: 'x', project: 'three' }), {
      code: 'NOT_FOUND',
    });
  });

  it('are listed by subject and project in pages, the newest first', async () => {
    await using bed = await openGovernanceBed();
    await addProject(bed, 'one');
    await addProject(bed, 'two');
    for (const [i, project] of ['one', 'two', 'one', 'one', 'two'].entries()) {
      bed.clock.advance(1);
      await createComment(bed.as(LOCAL), { subject: `s${i % 2}`, text: `text ${i}`, project });
    }
    const texts = async (only: { subject?: string; project?: string; limit?: number; cursor?: string }) => {
      const page = await listComments(bed.as(LOCAL), { limit: 10, ...only });
      return [page.items.map(({ text }) => text.slice(5)).join(), page.next] as const;
    };
    assert.deepEqual(await texts({}), ['4,3,2,1,0', undefined]);
    assert.deepEqual(await texts({ subject: 's0' }), ['4,2,0', undefined]);
    assert.deepEqual(await texts({ subject: 's0', project: 'two' }), ['4', undefined]);
    const [page, next = ''] = await texts({ limit: 2 });
    assert.equal(page, '4,3');
    assert.deepEqual(await texts({ limit: 3, cursor: next }), ['2,1,0', undefined]);
    await assert.rejects(texts({ cursor: "' or 1=1" }), { code: 'INVALID_INPUT' });
  });

  it('refuse what is empty, too long or cannot be kept', () => {
    for (const bad of [
      { subject: '', text: 'x' },
      { subject: 's', text: ' \n ' },
      { subject: 's', text: 'x'.repeat(5_001) },
      { subject: 's', text: 'a\0b' },
      { subject: 'a\0b', text: 'x' },
      { subject: 'x'.repeat(201), text: 'x' },
    ]) {
      assert.equal(newComment.safeParse(bad).success, false, JSON.stringify(bad).slice(0, 60));
    }
  });
});
