import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { listCandidates, listRetrainings } from '../../src/lifecycle/retraining/retraining-store.ts';
import { startRetraining } from '../../src/lifecycle/retraining/index.ts';
import { startDueEffects } from '../../src/project/retrain-effect.ts';
import { lineageOf } from '../../src/store/lineage.ts';
import { begin } from './begin.ts';
import { day } from './changing-orders.ts';
import { liveOrders, PROJECT, type RetrainBed } from './retrain-bed.ts';

describe('a model whose customers change their minds', () => {
  let bed: RetrainBed;
  before(async () => {
    bed = await liveOrders();
  });
  after(() => bed[Symbol.asyncDispose]());

  it('keeps its champion while nothing changed, and says of each candidate why', async () => {
    assert.equal(await bed.engine.run(await begin(bed, 30)), 'done');
    const [retraining] = await listRetrainings(bed.db, PROJECT);
    assert.equal(retraining?.state, 'refused');
    assert.equal(retraining?.champion, 1);
    const candidates = await listCandidates(bed.db, PROJECT);
    assert.deepEqual(candidates.map((one) => `${one.window} ${one.state}`).sort(), [
      '2 weeks refused',
      'all refused',
    ]);
    for (const { reason } of candidates) assert.match(reason, /worse|includes zero/);
    assert.equal((await bed.evidenceOf('refusal')).length, 2);
    const stage = (await bed.results()).get('retraining');
    assert.equal(stage?.verdict, 'pass');
    assert.match(stage?.reason ?? '', /no candidate replaces version 1/);
    assert.deepEqual(await bed.routes(), ['stable 1 1']);
  });

  it('is not retrained again within the cool-down, and the ledger says so', async () => {
    const request = { project: PROJECT, trigger: 'drift', actor: 'system', at: day(33) };
    const started = await startRetraining({ ...bed.context, engine: bed.engine }, request);
    assert.deepEqual(started, { kind: 'limited', reason: 'the last retraining was 3d ago, cool-down 5d' });
    assert.equal((await listRetrainings(bed.db, PROJECT)).length, 1);
    assert.equal((await bed.ledger('retraining.limited')).length, 1);
  });

  it('is replaced by the better candidate once they did, under the approval of its document', async () => {
    const execution = await begin(bed, 52);
    assert.equal(await bed.engine.run(execution), 'waiting');
    const candidates = await listCandidates(bed.db, PROJECT);
    const ofWindow = (window: string) =>
      candidates.find((one) => one.at === day(52) && one.window === window);
    assert.equal(ofWindow('2 weeks')?.state, 'canary');
    assert.equal(ofWindow('all')?.state, 'refused');
    assert.equal((await bed.results()).get('retraining')?.verdict, 'waiting');
    assert.equal((await bed.results()).get('training')?.reason.startsWith('version 1'), true);
    const versions = await bed.send(60);
    assert.equal(versions.filter((version) => version === String(ofWindow('2 weeks')?.version)).length, 12);
    await bed.clockTo(52.5);
    assert.equal(await bed.wake(execution), 'done');
    const [retraining] = await listRetrainings(bed.db, PROJECT);
    assert.equal(retraining?.state, 'promoted');
    assert.equal(retraining?.promotion?.promotedAt, day(52.5));
    const [under] = await bed.ledger('retraining.approved-under');
    const approvals = await bed.db.query.selectFrom('approval').select('id').execute();
    assert.deepEqual(
      approvals.map((row) => row.id),
      [under?.body.approval],
    );
    const edges = await lineageOf(bed.db, retraining?.promotion?.replaced ?? '', 'down');
    assert.ok(
      edges.some((edge) => edge.kind === 'succeeded-by' && edge.to === retraining?.promotion?.release),
    );
  });

  it('leaves in its evidence what is needed to train both sides apart', async () => {
    const comparison = (await bed.evidenceOf('comparison')).at(-1);
    const body = comparison?.body as {
      judged: { from: number; to: number; rows: number };
      champion: { trained: { from: number; to: number } };
      candidates: { window: string; trained: { from: number; test: number; to: number }; verdict: string }[];
    };
    assert.deepEqual([body.judged.from, body.judged.to], [day(47), day(52)]);
    assert.deepEqual([body.champion.trained.from, body.champion.trained.to], [day(0), day(20)]);
    assert.deepEqual(
      body.candidates.map(({ window, trained, verdict }) => [window, trained.from, trained.test, verdict]),
      [
        ['2 weeks', day(38), day(47), 'better'],
        ['all', day(0), day(47), body.candidates[1]?.verdict],
      ],
    );
  });

  it('shows the version that answers, and applying the unchanged file finds all done', async () => {
    const shown = await bed.results();
    assert.match(shown.get('training')?.reason ?? '', /^version [45], parameters as before/);
    const ids = (results: typeof shown) =>
      [...results.values()].map(({ stage, evidence }) => [stage, evidence]);
    assert.equal(await bed.apply(), 'done');
    assert.deepEqual(ids(await bed.results()), ids(shown));
    assert.equal((await bed.routes()).filter((route) => route.startsWith('stable 1 ')).length, 0);
  });

  it('keeps the version whose effect on live rows is proved', async () => {
    assert.deepEqual(await startDueEffects({ ...bed.context, engine: bed.engine }, PROJECT, day(58)), []);
    await bed.clockTo(60);
    const looks = await startDueEffects({ ...bed.context, engine: bed.engine }, PROJECT, day(60));
    assert.equal(await bed.engine.run(looks[0] ?? ''), 'done');
    const [retraining] = await listRetrainings(bed.db, PROJECT);
    assert.equal(retraining?.state, 'kept', retraining?.reason ?? '');
    assert.equal(retraining?.looks[0]?.verdict, 'helped');
    assert.deepEqual(await startDueEffects({ ...bed.context, engine: bed.engine }, PROJECT, day(70)), []);
    const events = await bed.db.query.selectFrom('outbox').select('type').execute();
    assert.ok(events.some((event) => event.type === 'retraining.effect.kept'));
  });
});
