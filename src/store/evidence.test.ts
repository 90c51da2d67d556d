import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemPorts } from '../../test/ports.ts';
import type { Database } from './database.ts';
import { type EvidenceDraft, evidenceRecord, findEvidence, listEvidence } from './evidence.ts';
import { readLedger } from './ledger.ts';
import { lineageEdge, lineageOf } from './lineage.ts';
import { openSqlite } from './open-sqlite.ts';

const DRAFT: EvidenceDraft = {
  project: 'p',
  stage: 'data',
  kind: 'data-checks',
  subject: 'a'.repeat(64),
  verdict: 'pass',
  title: '12 checks passed',
  body: { checks: [{ name: 'not-null', failed: 0 }] },
};

describe('evidence and lineage', () => {
  let db: Database;
  before(async () => {
    db = await openSqlite({ path: ':memory:', clock: systemPorts.clock });
  });
  after(() => db.close());

  test('evidence has a ledger entry that carries its hash, and reads back as it was', async () => {
    const { evidence, statements, ledger } = evidenceRecord({ ...DRAFT, executionId: 'exe_1' }, systemPorts);
    await db.commit({ statements, ledger });
    assert.deepEqual(await findEvidence(db, evidence.id), evidence);
    const { items } = await readLedger(db, { chain: 'project/p', limit: 1 });
    assert.equal(items[0]?.subject, evidence.id);
    assert.equal(JSON.parse(items[0]?.body ?? '').hash, evidence.hash);
    assert.equal(await findEvidence(db, 'evd_none'), undefined);
  });

  test('the hash is of what is said, whoever says it and whenever', () => {
    const hash = (draft: EvidenceDraft) => evidenceRecord(draft, systemPorts).evidence.hash;
    assert.equal(hash(DRAFT), hash({ ...DRAFT, executionId: 'exe_2', actor: 'acc_1' }));
    assert.notEqual(hash(DRAFT), hash({ ...DRAFT, body: { durationMs: 12 } }));
    assert.notEqual(hash(DRAFT), hash({ ...DRAFT, verdict: 'fail' }));
  });

  test('a list keeps the order asked for and leaves out what is not there', async () => {
    const [one, two] = [evidenceRecord(DRAFT, systemPorts), evidenceRecord(DRAFT, systemPorts)];
    await db.commit({ statements: [...one.statements, ...two.statements] });
    const found = await listEvidence(db, [two.evidence.id, 'evd_none', one.evidence.id]);
    assert.deepEqual(
      found.map((evidence) => evidence.id),
      [two.evidence.id, one.evidence.id],
    );
    assert.deepEqual(await listEvidence(db, []), []);
  });

  test('an edge is recorded once and found from both ends', async () => {
    const edge = { from: 'data', to: 'model', kind: 'trained-on', executionId: 'exe_1' };
    const statement = lineageEdge(edge, systemPorts.clock);
    await db.commit({ statements: [statement, statement] });
    assert.deepEqual(await lineageOf(db, 'model', 'up'), [edge]);
    assert.deepEqual(await lineageOf(db, 'data', 'down'), [edge]);
    assert.deepEqual(await lineageOf(db, 'data', 'up'), []);
  });
});
