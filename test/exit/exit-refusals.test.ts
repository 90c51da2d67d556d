import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../src/kernel/json.ts';
import { build } from '../../src/store/build.ts';
import { listEvidence } from '../../src/store/evidence.ts';
import { type ExitBed, exitBed, ENDPOINT, PROJECT } from './exit-bed.ts';

const SMALL = { days: 4, perDay: 6 };

async function decommissioningEvidence(bed: ExitBed) {
  const rows = await bed.db.query
    .selectFrom('evidence')
    .select('id')
    .where('stage', '=', 'decommissioning')
    .orderBy('id')
    .execute();
  return listEvidence(
    bed.db,
    rows.map((row) => row.id),
  );
}

function reasonOf({ reason }: JsonObject): string {
  assert.ok(typeof reason === 'string');
  return reason;
}

describe('an exit that may not go on', () => {
  it('erases nothing when one restored answer differs from the logged one by the last bit', async () => {
    await using bed = await exitBed({
      ...SMALL,
      ports: ({ sample }) => ({
        sample: async (asked) => {
          const [first, ...rest] = await sample(asked);
          assert.ok(first !== undefined && first.prediction !== null);
          return [{ ...first, prediction: first.prediction * (1 + Number.EPSILON) }, ...rest];
        },
      }),
    });
    const retired = await bed.call('retirements.start', { what: `${PROJECT}@1` });
    assert.equal(retired['verdict'], 'fail');
    assert.match(reasonOf(retired), /stays: 23 of 24 logged predictions answered alike; prd_\w+: the answer/);
    const rehearsal = (await decommissioningEvidence(bed)).find((one) => one.kind === 'restore-rehearsal');
    assert.equal(rehearsal?.verdict, 'fail');
    for (const hash of bed.releases) assert.equal(await bed.blobs.has(hash), true);
    assert.deepEqual(((await bed.call('retirements.list', {})) as { items: unknown[] }).items, []);
  });

  it('erases nothing when the history of a feature table says something else than was served', async () => {
    await using bed = await exitBed({
      ...SMALL,
      ports: ({ sample }) => ({
        sample: async (asked) =>
          (await sample(asked)).map((record) => ({
            ...record,
            features: { ...record.features, 'carrier.delay_7d': 0.125 },
          })),
      }),
    });
    const retired = await bed.call('retirements.start', { what: `${PROJECT}@1` });
    assert.equal(retired['verdict'], 'fail');
    assert.match(reasonOf(retired), /0 of 24 .*carrier\.delay_7d is \S+, logged was 0\.125/);
  });

  it('leaves out predictions whose boundary is not known any more, and says how many', async () => {
    await using bed = await exitBed(SMALL);
    await bed.db.commit({ statements: [{ query: build.deleteFrom('feature_history') }] });
    await bed.context.tables.session().then((session) => session[Symbol.asyncDispose]());
    await bed.state.putTable(Date.UTC(2001, 0, 4), [
      ['AA', 4.5 + 3 / 7, 903],
      ['UA', 9.25 - 3 / 11, 500],
    ]);
    const retired = await bed.call('retirements.start', { what: `${PROJECT}@1` });
    assert.equal(retired['verdict'], 'pass', JSON.stringify(retired));
    const archive = (await decommissioningEvidence(bed)).find((one) => one.kind === 'archive');
    assert.equal(archive?.body['predictions'], 6);
    assert.equal(archive.body['predictions_left_out'], 18);
  });

  it('is refused by a rollout that runs, and by another project that reads the version', async () => {
    await using bed = await exitBed({ days: 1, perDay: 0 });
    const [first, second] = bed.releases;
    const rollout = {
      id: 'rol_1',
      endpoint: ENDPOINT,
      from_release: second,
      to_release: 'e'.repeat(64),
      state: 'running',
      step: 0,
      counts: '{}',
      started_at: 0,
      updated_at: 0,
      body: JSON.stringify({ warm: first }),
    };
    const reader = await bed.engine.start({
      workflow: 'other',
      key: 'reader',
      project: 'other-project',
      input: null,
      actor: 'local',
    });
    const edge = { from_ref: first, to_ref: 'x', kind: 'compared-with', execution_id: reader, at: 0 };
    await bed.db.commit({
      statements: [
        { query: build.insertInto('rollout').values(rollout) },
        { query: build.insertInto('lineage').values(edge) },
      ],
    });
    const refused = (what: string, ...reasons: RegExp[]) =>
      assert.rejects(bed.call('retirements.start', { what }), (error: Error) => {
        for (const reason of reasons) assert.match(error.message, reason);
        return 'code' in error && error.code === 'CONFLICT';
      });
    const reads = /project other-project reads version 1/;
    await refused(`${PROJECT}@1`, /rollout rol_1 of endpoint flight-delay is running/, reads);
    await refused(`endpoint:${ENDPOINT}`, /rollout rol_1/);
    await refused(`project:${PROJECT}`, /rollout rol_1/, reads);
  });
});

describe('bytes of a version that goes', () => {
  it('stay when another version has the same ones', async () => {
    await using bed = await exitBed({ days: 1, perDay: 2 });
    const model = await bed.db.query
      .selectFrom('model_version')
      .select('blob_hash')
      .where('version', '=', 1)
      .executeTakeFirstOrThrow();
    const twin = build
      .updateTable('model_version')
      .set({ blob_hash: model.blob_hash })
      .where('version', '=', 2);
    await bed.db.commit({ statements: [{ query: twin, expect: 1 }] });
    assert.equal((await bed.call('retirements.start', { what: `${PROJECT}@1` }))['verdict'], 'pass');
    assert.equal(await bed.blobs.has(model.blob_hash ?? ''), true);
    assert.equal(await bed.blobs.has(bed.releases[0]), false);
    const erasure = (await decommissioningEvidence(bed)).find((one) => one.kind === 'erasure');
    assert.deepEqual(erasure?.body['kept'], [{ hash: model.blob_hash, by: ['model_version.blob_hash'] }]);
  });
});
