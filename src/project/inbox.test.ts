import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { build } from '../store/build.ts';
import type { Database } from '../store/database.ts';
import { inbox, inboxView } from './inbox.ts';
import { projectDatabase, putEvidence, putResult } from './project-testbed.ts';

describe('inbox()', () => {
  let db: Database;
  before(async () => {
    db = await projectDatabase();
  });
  after(() => db.close());

  it('is empty where nothing needs a person', async () => {
    await putResult(db, { stage: 'problem', verdict: 'pass' }, 1);
    assert.deepEqual(await inbox(db), { items: [] });
  });

  it('lists what failed, waits or was set aside, newest first, each with a command', async () => {
    const checks = (quarantinedRows: number, refused: string | null) => ({
      partition: { quarantinedRows, refused },
    });
    const ids = [
      await putEvidence(db, {
        stage: 'data',
        kind: 'data-checks',
        body: checks(3, null),
        title: 'three rows',
      }),
      await putEvidence(db, {
        stage: 'data',
        kind: 'data-checks',
        body: checks(0, 'too few'),
        title: 'a month',
      }),
      await putEvidence(db, { stage: 'data', kind: 'data-checks', body: checks(0, null), title: 'all well' }),
    ];
    await putResult(db, { stage: 'data', verdict: 'pass', evidence: ids }, 2);
    await putResult(db, { stage: 'evaluation', verdict: 'fail', reason: 'too many errors' }, 3);
    await putResult(db, { stage: 'deployment', verdict: 'waiting', reason: 'waits for 20 predictions' }, 4);
    const { items } = inboxView.parse(await inbox(db));
    assert.deepEqual(items.map(({ kind, stage, detail }) => `${kind} ${stage} ${detail}`).toSorted(), [
      'failed evaluation too many errors',
      'quarantine data a month',
      'quarantine data three rows',
      'waiting deployment waits for 20 predictions',
    ]);
    const times = items.map(({ createdAt }) => createdAt);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    );
    assert.ok(items.every(({ command }) => command.startsWith('tend ')));
  });

  it('tells of an approval once, not also of the stage that waits for it', async () => {
    const row = {
      id: 'apr_1',
      project: 'tiny',
      gate: 'production',
      subject: 'c'.repeat(64),
      by_role: 'approver',
      not_author: 1,
      author: 'local',
      state: 'waiting' as const,
      decided_by: null,
      comment: null,
      created_at: 9,
      decided_at: null,
      execution_id: null,
    };
    await db.commit({ statements: [{ query: build.insertInto('approval').values(row) }] });
    const reason = 'waits for approval by approver (tend approve apr_1)';
    await putResult(db, { stage: 'deployment', verdict: 'waiting', reason }, 8);
    const items = (await inbox(db)).items.filter(({ stage }) => stage === 'deployment');
    assert.deepEqual(
      items.map(({ id, kind, command }) => [id, kind, command]),
      [['apr_1', 'approval', 'tend approve apr_1']],
    );
    const decided = build.updateTable('approval').set({ state: 'approved' }).where('id', '=', 'apr_1');
    await db.commit({ statements: [{ query: decided }] });
    assert.deepEqual(
      (await inbox(db)).items.filter(({ kind }) => kind === 'approval'),
      [],
    );
  });
});
