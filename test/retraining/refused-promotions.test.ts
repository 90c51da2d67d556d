import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TendError } from '../../src/kernel/error.ts';
import { listCandidates, listRetrainings } from '../../src/lifecycle/retraining/retraining-store.ts';
import { startRetraining } from '../../src/lifecycle/retraining/index.ts';
import { startDueEffects } from '../../src/project/retrain-effect.ts';
import { begin } from './begin.ts';
import { day } from './changing-orders.ts';
import { liveOrders, PROJECT, type RetrainBed } from './retrain-bed.ts';

async function states(bed: RetrainBed): Promise<[string, string][]> {
  const candidates = await listCandidates(bed.db, PROJECT);
  return candidates
    .map(({ window, state }): [string, string] => [window, state])
    .sort((a, b) => a.join().localeCompare(b.join()));
}

describe('a better candidate that does not stay', () => {
  it('is taken back when the project clock passes bake_within without enough traffic', async () => {
    await using bed = await liveOrders({ change: [['windows: [2 weeks, all]', 'windows: [2 weeks]']] });
    const execution = await begin(bed, 52);
    assert.equal(await bed.engine.run(execution), 'waiting');
    await bed.send(10);
    await bed.clockTo(53);
    assert.equal(await bed.wake(execution), 'waiting');
    await bed.clockTo(53.1);
    assert.equal(await bed.wake(execution), 'done');
    assert.deepEqual(await bed.routes(), ['stable 1 1']);
    assert.deepEqual(await states(bed), [['2 weeks', 'rolled-back']]);
    const [retraining] = await listRetrainings(bed.db, PROJECT);
    assert.equal(retraining?.state, 'refused');
    assert.match(retraining?.reason ?? '', /inconclusive: 2 of 10 predictions within 24h/);
    assert.match((await bed.results()).get('training')?.reason ?? '', /^version 1/);
  });

  it('is rolled back when its effect is none, and the board shows the version before again', async () => {
    await using bed = await liveOrders({
      change: [['windows: [2 weeks, all]', 'windows: [2 weeks]']],
      back: 53,
    });
    const before = await bed.results();
    const execution = await begin(bed, 52);
    await bed.engine.run(execution);
    await bed.send(60);
    await bed.clockTo(52.5);
    assert.equal(await bed.wake(execution), 'done');
    const ctx = { ...bed.context, engine: bed.engine };
    await bed.clockTo(60);
    const looks = await startDueEffects(ctx, PROJECT, day(60));
    assert.equal(await bed.engine.run(looks[0] ?? ''), 'done');
    const [retraining] = await listRetrainings(bed.db, PROJECT);
    assert.equal(retraining?.state, 'rolled-back', retraining?.reason ?? '');
    assert.equal(retraining?.looks[0]?.verdict, 'harmed');
    assert.deepEqual(await bed.routes(), ['stable 1 1', 'warm 2 0']);
    assert.deepEqual(await states(bed), [['2 weeks', 'rolled-back']]);
    const after = await bed.results();
    for (const stage of ['data', 'training', 'evaluation', 'testing'] as const) {
      assert.deepEqual(after.get(stage)?.evidence, before.get(stage)?.evidence, stage);
    }
    assert.equal(await bed.apply(), 'done');
    assert.deepEqual(await bed.routes(), ['stable 1 1', 'warm 2 0']);
  });
});

describe('candidates', () => {
  it('that cannot be trained do not stop the others', async () => {
    await using bed = await liveOrders({
      change: [['windows: [2 weeks, all]', 'windows: [1 week, 2 weeks]']],
    });
    assert.equal(await bed.engine.run(await begin(bed, 52)), 'waiting');
    assert.deepEqual(await states(bed), [
      ['1 week', 'failed'],
      ['2 weeks', 'canary'],
    ]);
    const [failed] = (await listCandidates(bed.db, PROJECT)).filter((one) => one.state === 'failed');
    assert.match(failed?.reason ?? '', /no rows for train/);
  });

  it('are one, of all rows, where rows are divided by hash', async () => {
    await using bed = await liveOrders({
      change: [
        ['by: time, first_window: 20d, validation: 3d, test: 5d', 'by: hash, validation: 0.2, test: 0.3'],
        ['at_least: 0.65', 'at_least: 0.1'],
      ],
    });
    assert.equal(await bed.engine.run(await begin(bed, 75)), 'done');
    assert.deepEqual(await states(bed), [['all', 'refused']]);
    const [comparison] = await bed.evidenceOf('comparison');
    const { judged, champion } = (comparison?.body ?? {}) as {
      judged: { from: null; rows: number };
      champion: { trained: null };
    };
    assert.deepEqual([judged.from, champion.trained], [null, null]);
  });

  it('that are better stay where they are with `promote: never`', async () => {
    await using bed = await liveOrders({
      change: [
        ['windows: [2 weeks, all]', 'windows: [2 weeks]'],
        ['promote: if_better', 'promote: never'],
      ],
    });
    assert.equal(await bed.engine.run(await begin(bed, 52)), 'done');
    const [candidate] = await listCandidates(bed.db, PROJECT);
    assert.equal(candidate?.state, 'refused');
    assert.match(candidate?.reason ?? '', /it is better, and tend.yaml says promote: never/);
    assert.deepEqual(await bed.routes(), ['stable 1 1']);
  });
});

describe('a retraining that is interrupted again and again', () => {
  it('goes on from where it stopped and comes to what it would have come to', async () => {
    await using bed = await liveOrders();
    const execution = await begin(bed, 52);
    let passes = 0;
    for (let state = 'queued'; state === 'queued'; passes++) {
      const controller = new AbortController();
      let reports = 0;
      state = await bed.engine.run(execution, {
        signal: controller.signal,
        report: () => {
          if (++reports > passes) controller.abort();
        },
      });
      assert.ok(passes < 400);
    }
    assert.ok(passes > 5, `${passes} passes`);
    assert.deepEqual(await states(bed), [
      ['2 weeks', 'canary'],
      ['all', 'refused'],
    ]);
    const versions = await bed.db.query.selectFrom('model_version').select('version').execute();
    assert.deepEqual(
      versions.map((row) => row.version).sort((a, b) => a - b),
      [1, 2, 3],
    );
    assert.equal((await bed.evidenceOf('comparison')).length, 1);
  });

  it('and one whose execution is cancelled makes room for the next', async () => {
    await using bed = await liveOrders();
    const execution = await begin(bed, 30);
    const again = { project: PROJECT, trigger: 'request', actor: 'local', at: day(30), force: true };
    const ctx = { ...bed.context, engine: bed.engine };
    assert.deepEqual(await startRetraining(ctx, again), {
      kind: 'limited',
      reason: 'a retraining is under way',
    });
    await bed.engine.cancel(execution, 'local');
    const started = await startRetraining(ctx, again);
    assert.equal(started.kind, 'started');
    const [, lost] = (await listRetrainings(bed.db, PROJECT)).sort((a, b) => (a.state < b.state ? 1 : -1));
    assert.equal(lost?.state, 'failed');
    await assert.rejects(
      startRetraining(ctx, { ...again, project: 'nobody' }),
      (error: TendError) => error.code === 'NOT_FOUND',
    );
  });
});
