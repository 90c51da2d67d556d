import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { STAGES } from '../kernel/verdict.ts';
import type { Database } from '../store/database.ts';
import { projectDatabase, putEvidence, putResult } from './project-testbed.ts';
import { evidenceDetail, stageDetail, status } from './status.ts';

describe('status()', () => {
  let db: Database;
  before(async () => {
    db = await projectDatabase();
  });
  after(() => db.close());

  it('shows ten stages in order, though none has run', async () => {
    const { projects } = await status(db);
    assert.deepEqual(
      projects[0]?.stages.map(({ stage, verdict }) => `${stage} ${verdict}`),
      STAGES.map((stage) => `${stage} none`),
    );
    const reasons = new Set(projects[0]?.stages.map(({ reason }) => reason));
    assert.ok(reasons.has('it has not run yet'));
    assert.ok(reasons.has('nothing has set one off yet'), 'two stages wait for an occasion and say so');
  });

  it('shows the present evidence of a stage in its order, without bodies', async () => {
    const ids = [
      await putEvidence(db, { stage: 'data', kind: 'dataset-version', body: { rows: 1 } }),
      await putEvidence(db, { stage: 'data', kind: 'data-checks', body: {} }),
    ];
    await putResult(db, { stage: 'data', verdict: 'pass', reason: 'fine', evidence: ids.toReversed() }, 5);
    const data = (await status(db)).projects[0]?.stages[1];
    assert.deepEqual([data?.verdict, data?.reason], ['pass', 'fine']);
    assert.deepEqual(
      data?.evidence.map(({ id, kind }) => [id, kind]),
      [
        [ids[1], 'data-checks'],
        [ids[0], 'dataset-version'],
      ],
    );
    assert.deepEqual(Object.keys(data?.evidence[0] ?? {}).sort(), [
      'hash',
      'id',
      'kind',
      'subject',
      'title',
      'verdict',
    ]);
    const whole = await stageDetail(db, { project: 'tiny', stage: 'data' });
    assert.equal(whole.updatedAt, 5);
    assert.deepEqual(whole.evidence.find(({ id }) => id === ids[0])?.body, { rows: 1 });
    assert.equal((await evidenceDetail(db, ids[0] ?? '')).kind, 'dataset-version');
  });

  it('knows no other project and no other evidence', async () => {
    await assert.rejects(stageDetail(db, { project: 'other', stage: 'data' }), { code: 'NOT_FOUND' });
    await assert.rejects(evidenceDetail(db, 'evd_x'), { code: 'NOT_FOUND' });
  });
});
