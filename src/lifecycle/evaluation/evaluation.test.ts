import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import type { Examples } from '../data/index.ts';
import type { Criterion } from '../problem/index.ts';
import { moveAlias, type TrainingOutputs } from '../training/index.ts';
import { compareChampion } from './champion.ts';
import { type EvaluationBed, evaluationBed } from './evaluation-testbed.ts';
import { scoreTest } from './score-test.ts';
import { sliceColumn } from './slice-columns.ts';
import { evaluationKey } from './stage.ts';

const RANKS: Criterion = { id: 'ranks', metric: 'roc_auc', at_least: 0.5, on: 'test' };

describe('evaluation', () => {
  let bed: EvaluationBed;
  let weak: TrainingOutputs;

  before(async () => {
    bed = await evaluationBed();
    weak = await bed.train({
      rounds: 1,
      examples: ({ train, ...rest }) => ({ ...rest, train: fewOf(train) }),
    });
  });
  after(() => bed[Symbol.asyncDispose]());

  const makeChampion = (candidate: TrainingOutputs): Promise<void> =>
    bed.orders.run(({ db }) =>
      db.commit({ statements: [moveAlias(candidate.model, 'champion', candidate.version)] }),
    );

  test('a value that equals its bound passes, and the next number beyond it fails', async () => {
    const { figures } = await bed.evaluate(bed.inputs);
    const value = figures.model.roc_auc?.value ?? Number.NaN;
    const verdicts = async (bounds: readonly Partial<Criterion>[]): Promise<readonly string[]> => {
      const criteria = bounds.map((bound, i) => ({ id: `c${i}`, metric: 'roc_auc' as const, ...bound }));
      const { result } = await bed.evaluate({ ...bed.inputs, criteria });
      assert.equal(
        result.verdict,
        result.outputs.criteria.some((one) => one.verdict === 'fail') ? 'fail' : 'pass',
      );
      return result.outputs.criteria.map((one) => one.verdict);
    };
    assert.deepEqual(await verdicts([{ at_least: value }, { at_most: value }]), ['pass', 'pass']);
    const [above, below] = [value + Number.EPSILON, value - Number.EPSILON];
    assert.deepEqual(await verdicts([{ at_least: above }, { at_most: below }]), ['fail', 'fail']);
  });

  test('a bound that leans on the baseline is the figure of the baseline in the same metric', async () => {
    const criteria = [{ ...RANKS, at_least: 'baseline + 0.03' }];
    const { result, figures } = await bed.evaluate({ ...bed.inputs, criteria });
    const baseline = figures.baseline.figures.roc_auc?.value ?? Number.NaN;
    assert.deepEqual(result.outputs.criteria[0]?.bound, { at_least: baseline + 0.03 });
    assert.ok(baseline > 0.5, 'the rate of the region tells something');
  });

  test('a metric that is not defined on the test rows fails, whatever the bound', async () => {
    const kept = (held: Examples): Examples => ({ ...held, target: held.target.map(() => 0) });
    const criteria: Criterion[] = [
      { ...RANKS, at_least: 0 },
      { ...RANKS, id: 'beats', at_least: 'baseline + 0.1' },
      { ...RANKS, id: 'leads', at_least: 'champion' },
    ];
    const { result, figures } = await bed.evaluate({ ...bed.inputs, criteria }, (split) => ({
      ...split,
      test: kept(split.test),
    }));
    assert.equal(result.verdict, 'fail');
    const judged = figures.criteria.map(({ id, value, verdict }) => [id, value, verdict]);
    assert.deepEqual(
      judged,
      ['ranks', 'beats', 'leads'].map((id) => [id, null, 'fail']),
    );
    assert.match(result.reason, /ranks: roc_auc not measured, at least 0; beats: .*its bound is not known/);
  });

  test('criteria of other places are not judged here, and a live one is measured for them', async () => {
    const criteria: Criterion[] = [
      RANKS,
      { id: 'live', metric: 'f1', at_least: 'test - 0.02', live: true },
      { id: 'fair', metric: 'disparate_impact', by: 'channel', at_least: 0.8 },
      { id: 'fast', metric: 'latency_p99', at_most: '5ms' },
    ];
    const { result } = await bed.evaluate({ ...bed.inputs, criteria });
    assert.deepEqual(
      result.outputs.criteria.map((one) => one.id),
      ['ranks'],
    );
    assert.ok((result.outputs.test.f1 ?? 0) > 0.5);
  });

  test('the baseline is a feature, or one number for all, and neither has to be a probability', async () => {
    const rates = await bed.evaluate(bed.inputs);
    const whole = await bed.evaluate({ ...bed.inputs, baseline: { score: 'region_rates.returned_7d' } });
    assert.deepEqual(whole.figures.baseline, { ...rates.figures.baseline });
    const constant = await bed.evaluate({ ...bed.inputs, baseline: { constant: 'prior' } });
    assert.equal(constant.figures.baseline.figures.roc_auc?.value, 0.5);
    const amount = await bed.evaluate({ ...bed.inputs, baseline: { score: 'amount' } });
    assert.ok((amount.figures.baseline.figures.roc_auc?.value ?? 0) > 0.6);
    await assert.rejects(bed.evaluate({ ...bed.inputs, baseline: { score: 'channel' } }), {
      code: 'SPEC_INVALID',
      message: /expected a number feature, came channel; known: .*amount/,
    });
  });

  test('a better model exceeds the champion by its whole interval, a worse one falls below', async () => {
    await makeChampion(weak);
    const better = (await bed.evaluate({ ...bed.inputs, compareChampion: true })).figures.champion;
    assert.equal(better?.version, weak.version);
    assert.equal(better?.metric, 'roc_auc');
    assert.ok((better?.difference?.low ?? Number.NaN) > 0, JSON.stringify(better));
    await makeChampion(bed.classifier);
    const worse = (await bed.evaluate({ ...bed.inputs, compareChampion: true, training: weak })).figures
      .champion;
    assert.ok((worse?.difference?.high ?? Number.NaN) < 0, JSON.stringify(worse));
    assert.equal(worse?.difference?.value, -(better?.difference?.value ?? Number.NaN));
  });

  test('the champion is compared with nobody, and neither is a model where that is not asked', async () => {
    await makeChampion(bed.classifier);
    assert.equal((await bed.evaluate({ ...bed.inputs, compareChampion: true })).figures.champion, null);
    assert.equal((await bed.evaluate({ ...bed.inputs, training: weak })).figures.champion, null);
  });

  test('a champion that takes inputs which are gone is named and not compared', async () => {
    await makeChampion(weak);
    const inputs = { ...bed.inputs, compareChampion: true };
    const said = await bed.orders.run(async (scope) => {
      const { split, scores } = await scoreTest(scope, inputs);
      const { hour: _hour, ...columns } = split.test.features.columns;
      const features = { ...split.test.features, columns };
      return compareChampion(scope, inputs, { test: { ...split.test, features }, scores });
    });
    assert.deepEqual(said, { version: weak.version, compared: false, reason: 'it takes other inputs: hour' });
  });

  test('slices hold every test row once, with the figure of its own rows', async () => {
    const { result, figures } = await bed.evaluate({ ...bed.inputs, slices: ['region', 'hour'] });
    const shown = (await bed.orders.harness.evidence('slices')).filter((one) =>
      result.evidence.includes(one.id),
    );
    const slices = z.object({
      by: z.string(),
      slices: z.array(
        z.object({ level: z.string().nullable(), rows: z.int(), value: z.number().nullable() }),
      ),
    });
    const parsed = shown.map((one) => slices.parse(one.body));
    const [region, hour] = ['region', 'hour'].map((by) => parsed.find((one) => one.by === by));
    for (const one of [region, hour]) {
      assert.equal(
        one?.slices.reduce((sum, slice) => sum + slice.rows, 0),
        figures.rows,
      );
    }
    const hours = hour?.slices.map((slice) => Number(slice.level)) ?? [];
    assert.deepEqual(
      hours,
      hours.toSorted((a, b) => a - b),
      'hours stand in their own order',
    );
  });

  test('a slice is a category or a number of few values', async () => {
    await bed.orders.run(async (scope) => {
      const { split } = await scoreTest(scope, bed.inputs);
      assert.equal(sliceColumn(split.test, 'hour').levels.length, 24);
      assert.throws(() => sliceColumn(split.train, 'amount'), {
        code: 'SPEC_INVALID',
        message: /more than 400 values/,
      });
      assert.throws(() => sliceColumn(split.test, 'nothing'), {
        code: 'SPEC_INVALID',
        message: /known: .*region/,
      });
    });
  });

  test('the explanation leans on what makes the outcome and not on what does not', async () => {
    const [explanation] = await bed.orders.harness.evidence('explanation');
    const { permutation } = z
      .object({ permutation: z.array(z.object({ input: z.string(), drop: z.number() })) })
      .parse(explanation?.body);
    assert.equal(permutation[0]?.input, 'amount');
    assert.equal(permutation.length, 6);
    const channel = permutation.find((one) => one.input === 'channel');
    assert.ok(Math.abs(channel?.drop ?? 1) < 0.02, 'the channel plays no part in the data');
  });

  test('all evidence is about the served file, and a repetition finds the same figures', async () => {
    const [first, second] = [await bed.evaluate(bed.inputs), await bed.evaluate(bed.inputs)];
    assert.deepEqual(second.figures, first.figures);
    const all = await bed.orders.harness.evidence();
    const own = all.filter((one) => first.result.evidence.includes(one.id));
    assert.ok(own.length >= 2 && own.every((one) => one.subject === bed.classifier.modelBlob));
  });

  test('its key follows the criteria judged here and the champion', async () => {
    await makeChampion(weak);
    await bed.orders.run(async (scope) => {
      const asked = { ...bed.inputs, criteria: [RANKS], compareChampion: true };
      const key = await evaluationKey(scope, asked);
      const live: Criterion = { id: 'live', metric: 'f1', at_least: 0.1, live: true };
      assert.equal(
        await evaluationKey(scope, { ...asked, criteria: [RANKS, { ...live, at_least: 0.2 }] }),
        key,
      );
      assert.notEqual(await evaluationKey(scope, { ...asked, criteria: [{ ...RANKS, at_least: 0.6 }] }), key);
      assert.notEqual(await evaluationKey(scope, { ...asked, compareChampion: false }), key);
    });
  });
});

/** The same rows with outcomes that say nothing: a model of them ranks by chance. */
function fewOf(train: Examples): Examples {
  return { ...train, target: train.target.map((_, i) => i % 2) };
}
