import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type OrdersBed, ordersBed } from '../../../test/orders-bed.ts';
import { loadSplit, runTraining, type TrainingOutputs } from '../training/index.ts';
import type { ArmInputs } from './arm-monitors.ts';
import { armMonitors } from './arm-monitors.ts';
import { liveBook } from './live/live-book.ts';
import type { LiveInputs } from './live/live-inputs.ts';
import type { InputProfile, ReferenceProfile } from './book/reference-profile.ts';
import { runMonitoring } from './stage.ts';

describe('arming the monitors of a release', () => {
  let bed: OrdersBed;
  let training: TrainingOutputs;
  let inputs: ArmInputs;
  before(async () => {
    bed = await ordersBed(40);
    training = (await bed.run((scope) => runTraining(scope, bed.inputs))).outputs;
    inputs = { split: bed.inputs.split, data: bed.data, training, test: { roc_auc: 0.71, log_loss: null } };
  });
  after(() => bed[Symbol.asyncDispose]());

  const armed = (): Promise<{ profile: ReferenceProfile; blob: string }> =>
    bed.run(async (scope) => {
      const { profile } = (await armMonitors(scope, inputs)).result;
      const text = Buffer.from(await scope.blobs.read(profile)).toString('utf8');
      return { profile: JSON.parse(text) as ReferenceProfile, blob: profile };
    });
  const rowsOf = (one: InputProfile): number =>
    one.counts.reduce((sum, count) => sum + count, one.missing) + (one.kind === 'category' ? one.other : 0);

  test('profiles inputs over the rows that it learnt from, scores over those that it did not', async () => {
    const { profile } = await armed();
    const split = await bed.run((scope) => loadSplit(scope, inputs, training.bounds));
    assert.equal(profile.release, training.manifestBlob);
    assert.deepEqual(
      profile.inputs.map(({ name }) => name),
      bed.data.features.inputs.map(({ name }) => name),
    );
    for (const input of profile.inputs) assert.equal(rowsOf(input), split.train.rows, input.name);
    assert.equal(profile.rows, split.train.rows);
    assert.equal(rowsOf(profile.score), split.test.rows);
    assert.notEqual(split.test.rows, split.train.rows);
    assert.deepEqual(profile.test, { roc_auc: 0.71, log_loss: null });
    // Counted by hand: amounts in the first bin.
    const amount = profile.inputs.find(({ name }) => name === 'amount');
    const column = split.train.features.columns.amount;
    assert.ok(amount?.kind === 'number' && column?.kind === 'number');
    const first = amount.edges[0] ?? Number.NaN;
    assert.equal(amount.counts[0], column.values.filter((value) => value < first).length);
  });

  test('gives the same profile again, and evidence by which a book finds it', async () => {
    const one = await armed();
    assert.equal((await armed()).blob, one.blob);
    const [evidence] = await bed.harness.evidence('reference-profile');
    assert.deepEqual([evidence?.subject, evidence?.verdict], [training.manifestBlob, 'info']);
    assert.equal(evidence?.body.profile, one.blob);
    const watched: LiveInputs = {
      project: 'harness',
      owner: 'shop',
      kind: 'classification',
      endpoint: 'orders',
      dataSpec: (await import('../../../test/orders-project.ts')).ORDERS.data,
      data: bed.data,
      criteria: [],
      slices: [],
      key: null,
      withinMs: 1,
      drift: { test: 'psi', alert_at: 0.2, over: '1d' },
      at: 0,
      replay: true,
      hash: '',
    };
    await bed.run(async (scope) => {
      const book = await liveBook(scope, watched);
      const day = 86_400_000;
      for (let i = 0; i < 2_000; i++) {
        book.add({
          id: `prd_${i}`,
          key: null,
          at: i,
          t: Math.floor((i / 2_000) * day),
          endpoint: 'orders',
          release: training.manifestBlob,
          version: '1',
          fields: {},
          features: { amount: 1e6 + i, region: 'nowhere', channel: null, hour: 3 },
          prediction: 0.5,
          latencyUs: 1,
          error: false,
        });
      }
      const hours = Array.from({ length: 24 }, (_, hour) => book.closeHour((hour + 1) * 3_600_000)).flat();
      const requests = hours.filter(({ monitor }) => monitor === 'requests');
      assert.ok(
        requests.some(({ verdict }) => verdict === 'fail'),
        'a value is missing, another was never seen',
      );
      const drift = book.closeDay(day).find(({ monitor }) => monitor === 'drift');
      assert.equal(drift?.verdict, 'fail');
    });
  });

  test('says what is watched', async () => {
    const criteria = [{ id: 'still-good', metric: 'roc_auc', at_least: 0.6, live: true }] as const;
    const stage = await bed.run((scope) =>
      runMonitoring(scope, { ...inputs, monitoring: { drift: { test: 'psi', alert_at: 0.2 } }, criteria }),
    );
    assert.deepEqual([stage.verdict, stage.reason], ['pass', 'armed: drift by psi 0.2, still-good']);
    assert.equal(stage.outputs.profile, (await armed()).blob);
  });
});
