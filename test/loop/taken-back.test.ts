import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { at, type LoopBed, loopBed } from './loop-bed.ts';
import { QUICK_LOOP, swappedHalves } from './swapped-halves.ts';

const PROJECT = 'flight-delay';

describe('a candidate that is better when it is promoted, and no longer afterwards', () => {
  let bed: LoopBed;
  before(async () => {
    // The mornings are late until the candidate has taken over; then it is the evenings again.
    bed = await loopBed(swappedHalves('2001-02-20', '2001-02-06'), QUICK_LOOP);
    await bed.deploy();
    await bed.replay('2001-02-11');
  });
  after(() => bed[Symbol.asyncDispose]());

  it('is taken back once its effect is measured to be negative, and the board says so', async () => {
    const [retraining, ...more] = (await bed.get(`/projects/${PROJECT}/retrainings`)).items;
    assert.deepEqual(more, []);
    assert.equal(retraining.state, 'rolled-back');
    assert.ok(retraining.promotedAt > at(2, 5) && retraining.promotedAt <= at(2, 6, 6));
    const [look] = retraining.looks;
    assert.equal(look.verdict, 'harmed');
    assert.ok(look.difference.high < 0);
    assert.match(retraining.reason, /^version 2 did not help: roc_auc −0\.\d+ /);
    assert.equal((await bed.flights.stage('retraining')).reason, retraining.reason);
    assert.match((await bed.flights.stage('training')).reason, /^version 1/);
    const { items } = await bed.get(`/projects/${PROJECT}/candidates`);
    const states = items.map(({ window, state }: { window: string; state: string }) => `${window} ${state}`);
    assert.deepEqual(states.sort(), ['4 days rolled-back', 'all refused']);
  });

  it('leaves the version before in its place, and retires nothing', async () => {
    assert.deepEqual(await bed.flights.routes(), ['stable 1 1', 'warm 2 0']);
    assert.deepEqual((await bed.get(`/retirements?project=${PROJECT}`)).items, []);
    const entries = bed.rows("select action from ledger where action like '%.rolled-back' order by seq");
    assert.deepEqual(entries.map(({ action }) => String(action)).toSorted(), [
      'endpoint.rolled-back',
      'retraining.rolled-back',
    ]);
  });

  it('is the version of the next apply no more: the unchanged file finds all done', async () => {
    const planned = (await bed.flights.tend(['plan', '--json'])).data();
    assert.deepEqual(
      planned.stages.filter((stage: { run: boolean }) => stage.run),
      [],
    );
    assert.deepEqual(await bed.flights.routes(), ['stable 1 1', 'warm 2 0']);
  });
});
