import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Database } from '../../../store/database.ts';
import type { LoggedPrediction } from '../../monitoring/index.ts';
import { type GovernanceBed, openGovernanceBed } from '../governance-testbed.ts';
import { approvalRow, BLOB, DATA, fakeHash, FILE, MODEL, RELEASE, recordVersion } from '../record-testbed.ts';
import { tracePrediction } from './trace-prediction.ts';
import { traceView } from './trace-view.ts';

const T = Date.UTC(2001, 1, 14, 9, 30);

const RECORD: LoggedPrediction['record'] = {
  id: 'prd_1',
  key: 515_375,
  at: 5,
  t: T,
  endpoint: 'flights',
  release: RELEASE,
  version: '1',
  fields: { origin: 'ATL' },
  features: { hour: 9 },
  prediction: 0.31,
  latencyUs: 400,
  error: false,
};

const SEALED: LoggedPrediction = {
  record: RECORD,
  project: 'flights',
  place: { kind: 'part', id: 'prt_1', blob: fakeHash('3'), digest: fakeHash('3') },
  outcome: {
    target: 1,
    rule: null,
    row: 515_375,
    receivedAt: T + 1000,
    part: { id: 'prt_2', blob: fakeHash('4') },
  },
};

/** A trace of one prediction, and how many queries it took. */
async function trace(bed: GovernanceBed, logged: LoggedPrediction = SEALED) {
  const counted = countQueries(bed.db);
  const found = await tracePrediction({ db: counted.db, findPrediction: async () => logged }, 'prd_1');
  return { trace: traceView.parse(found), queries: counted.count() };
}

function countQueries(db: Database): { readonly db: Database; readonly count: () => number } {
  let count = 0;
  const query = db.query.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      count += 1;
      return result;
    },
  });
  return { db: { ...db, query }, count: () => count };
}

describe('tracePrediction()', () => {
  it('goes back to version, run, rows and source file in five queries', async () => {
    await using bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock);
    const { trace: found, queries } = await trace(bed);
    assert.equal(queries, 5);
    const { release, model, run, data } = found;
    assert.deepEqual([release?.hash, release?.version], [RELEASE, '1']);
    assert.deepEqual([model?.name, model?.version, model?.file], ['flights', 1, MODEL]);
    assert.deepEqual([run?.id, data?.hash, data?.rows], ['run_1', DATA, 1000]);
    assert.deepEqual(data?.source, { uri: 'npm:data/flights.parquet', hash: FILE });
    assert.deepEqual(
      data?.partitions.map(({ name, blob, setAside }) => [name, blob, setAside]),
      [['2001-01', BLOB, null]],
    );
    assert.deepEqual(found.prediction.tables, [{ table: 'rates', boundary: Date.UTC(2001, 1, 14, 9) }]);
  });

  it('names who agreed, what was proved and the entries that say so', async () => {
    await using bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock);
    const { trace: found } = await trace(bed);
    assert.deepEqual(
      found.approvals.map(({ id, author, decidedBy, own }) => [id, author, decidedBy, own]),
      [['apr_1', 'modeller', 'ml-lead', true]],
    );
    const kinds = found.evidence.map(({ kind }) => kind);
    assert.deepEqual(kinds, [
      'dataset-version',
      'training-run',
      'performance',
      'slices',
      'test-bias',
      'gate',
    ]);
    const said = new Set(found.ledger.map(({ subject }) => subject));
    for (const { id } of [...found.evidence, ...found.approvals]) assert.ok(said.has(id), id);
  });

  it('names the approval under which a retrained release went', async () => {
    await using bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock);
    const { query } = bed.db;
    const body = JSON.stringify({ approval: { by: 'ml-lead', under: 'apr_0' }, criteria: [] });
    await bed.db.commit({
      statements: [
        approvalRow(bed.db, 'apr_0', fakeHash('0')),
        {
          query: query.insertInto('evidence').values({
            id: 'evd_zzz',
            project: 'flights',
            stage: 'deployment',
            kind: 'gate',
            subject: RELEASE,
            verdict: 'pass',
            title: 'open',
            body,
            hash: 'h',
            execution_id: null,
            created_at: 9,
          }),
        },
      ],
    });
    const { trace: found } = await trace(bed);
    assert.deepEqual(
      found.approvals.map(({ id, own }) => [id, own]),
      [
        ['apr_0', false],
        ['apr_1', true],
      ],
    );
  });

  it('follows the outcome to the row that it became, once a version holds it', async () => {
    await using bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock);
    const row = { dataset: 'flights', row: 515_375 };
    const before = (await trace(bed)).trace.outcome;
    assert.deepEqual(before?.row, { ...row, partition: null, version: null });
    const sealed = {
      chain: 'project/flights',
      action: 'log.sealed',
      actor: 'system',
      subject: 'prt_2',
      body: {},
    };
    await bed.db.commit({ statements: [], ledger: [sealed] });
    bed.clock.advance(1);
    const data = { project: 'flights', dataset: 'flights' };
    const grown = fakeHash('8');
    const version = {
      id: 'dsv_2',
      ...data,
      hash: grown,
      schema: '[]',
      row_count: 2,
      created_at: bed.clock.now(),
    };
    const partition = {
      ...data,
      version_hash: grown,
      content_hash: 'x',
      blob_hash: 'y',
      row_count: 1,
      quarantined: 0,
    };
    await bed.db.commit({
      statements: [
        { query: bed.db.query.insertInto('dataset_version').values(version) },
        {
          query: bed.db.query
            .insertInto('partition')
            .values({ ...partition, name: '2001-02-received', reason: null, seq: 1 }),
        },
      ],
    });
    const { trace: after, queries } = await trace(bed);
    assert.deepEqual(after.outcome?.row, { ...row, partition: '2001-02-received', version: grown });
    assert.equal(after.data?.hash, DATA, 'what it was trained on stays what it was');
    assert.equal(after.data?.partitions.length, 1);
    assert.equal(queries, 5);
  });

  it('says what is not known: an outcome set aside, an open segment, a release without records', async () => {
    await using bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock);
    const aside = {
      ...SEALED.outcome,
      target: null,
      rule: 'delay between -90 and 1500',
    } as LoggedPrediction['outcome'];
    const { trace: first } = await trace(bed, { ...SEALED, outcome: aside });
    assert.deepEqual([first.outcome?.setAside, first.outcome?.row], ['delay between -90 and 1500', null]);
    const open: LoggedPrediction = {
      ...SEALED,
      record: { ...RECORD, release: fakeHash('2') },
      place: { kind: 'segment', file: '2001-02-14-1-1.jsonl' },
      outcome: null,
    };
    const { trace: second } = await trace(bed, open);
    assert.deepEqual(
      [second.release, second.model, second.run, second.data, second.outcome],
      [null, null, null, null, null],
    );
    assert.equal(second.prediction.lies.segment, '2001-02-14-1-1.jsonl');
    const nowhere = { db: bed.db, findPrediction: async () => undefined };
    await assert.rejects(tracePrediction(nowhere, 'prd_9'), { code: 'NOT_FOUND' });
  });
});
