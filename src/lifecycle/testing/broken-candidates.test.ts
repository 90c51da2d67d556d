import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { decodeModel } from '../../decide/onnx/decode-model.ts';
import { encodeModel } from '../../decide/onnx/encode-model.ts';
import type { ReleaseManifest } from '../../decide/release.ts';
import type { CategoryColumn } from '../../kernel/column.ts';
import { seededRandom } from '../../learn/random.ts';
import { ORDERS } from '../../../test/orders-project.ts';
import type { Examples, SplitExamples } from '../data/index.ts';
import type { TrainingOutputs } from '../training/index.ts';
import { type CandidateBed, candidateBed } from './testing-testbed.ts';

/** Performance and load have a file of their own: theirs is about time. */
describe('each kind of test refuses, alone, the candidate that is broken in its way', () => {
  let bed: CandidateBed;
  let sound: TrainingOutputs;

  before(async () => {
    bed = await candidateBed(150);
    sound = await bed.train();
  });
  after(() => bed[Symbol.asyncDispose]());

  test('none: the sound candidate, all eight have something to say of it', async () => {
    const { failed, titles } = await bed.refusals(sound);
    assert.deepEqual(failed, []);
    for (const title of Object.values(titles)) assert.match(title, /: (\d+) of \1 held$/);
    assert.equal(Object.keys(titles).length, 8);
  });

  test('unit: trained on shuffled outcomes, it contradicts what is known', async () => {
    const shuffled = await bed.train({ examples: withOutcomes(shuffle) });
    const { failed, titles } = await bed.refusals(shuffled);
    assert.deepEqual(failed, ['unit']);
    assert.match(titles.unit ?? '', /a cheap order is kept \(0\.\d+, expected at most 0\.3\)/);
  });

  test('integration: columns of a feature table come in another order than the model learnt', async () => {
    const swapped = await bed.altered(sound, {
      manifest: (manifest) => ({
        ...manifest,
        inputs: manifest.inputs.map(({ name, type }) => ({ name: other(name), type })),
      }),
    });
    const { failed, titles } = await bed.refusals(swapped);
    assert.deepEqual(failed, ['integration']);
    assert.match(titles.integration ?? '', /those of the model as it was trained \(\d+ of 200 differ/);
  });

  test('integration: a feature is computed otherwise when serving than it was in training', async () => {
    const skewed = await bed.altered(sound, { manifest: (manifest) => rounded(manifest, 'amount') });
    const { failed, titles } = await bed.refusals(skewed);
    assert.deepEqual(failed, ['integration']);
    assert.match(titles.integration ?? '', /served answers equal the evaluated ones \(\d+ of 200 differ/);
  });

  test('coverage: tested on a day on which one region of six ordered', async () => {
    const split = { ...ORDERS.split, test: '1d' };
    const { failed, titles } = await bed.refusals(await bed.train({ split }), { split });
    assert.deepEqual(failed, ['coverage']);
    assert.match(titles.coverage ?? '', /region is exercised \(1 of 6, expected 60%\)/);
  });

  test('privacy: grown until it remembers its training rows', async () => {
    const memorising = await bed.train({
      examples: ({ train, test: held }) => ({ train, validation: train, test: held }),
      trials: 6,
      rounds: 400,
    });
    const { failed, titles } = await bed.refusals(memorising);
    assert.deepEqual(failed, ['privacy']);
    assert.match(titles.privacy ?? '', /membership in the training rows/);
  });

  test('security: its file carries what training did not write, and answers all the same', async () => {
    const marked = await bed.altered(sound, {
      model: (bytes) => withMetadata(bytes, { 'build.host': 'somewhere' }),
    });
    const { failed, titles } = await bed.refusals(marked);
    assert.deepEqual(failed, ['security']);
    assert.match(titles.security ?? '', /unknown metadata: build\.host/);
  });

  test('bias: whoever orders by app is never flagged', async () => {
    const unfair = await bed.train({ examples: withOutcomes(keptBy('app')) });
    const { failed, titles } = await bed.refusals(unfair);
    assert.deepEqual(failed, ['bias']);
    assert.equal(titles.bias, 'bias: fair');
  });
});

/** The same examples with other outcomes of the rows that training sees. */
function withOutcomes(change: (part: Examples) => Float64Array) {
  return ({ train, validation, test: held }: SplitExamples): SplitExamples => ({
    train: { ...train, target: change(train) },
    validation: { ...validation, target: change(validation) },
    test: held,
  });
}

function shuffle({ target }: Examples): Float64Array {
  const random = seededRandom(5);
  const mixed = Float64Array.from(target);
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [mixed[i], mixed[j]] = [mixed[j] as number, mixed[i] as number];
  }
  return mixed;
}

/** As if nothing that came by the channel had ever been returned. */
function keptBy(channel: string) {
  return ({ target, features }: Examples): Float64Array => {
    const { codes, levels } = features.columns.channel as CategoryColumn;
    return target.map((value, i) => (levels[codes[i] as number] === channel ? 0 : value));
  };
}

function other(name: string): string {
  if (name === 'region_rates.returned_2d') return 'region_rates.returned_7d';
  return name === 'region_rates.returned_7d' ? 'region_rates.returned_2d' : name;
}

function rounded(manifest: ReleaseManifest, name: string): ReleaseManifest {
  const features = manifest.features.map((feature) =>
    feature.name === name
      ? {
          ...feature,
          expression: { kind: 'call' as const, fn: 'floor' as const, args: [feature.expression] },
        }
      : feature,
  );
  return { ...manifest, features };
}

function withMetadata(bytes: Uint8Array, more: Readonly<Record<string, string>>): Uint8Array {
  const model = decodeModel(bytes);
  return encodeModel({ ...model, metadata: { ...model.metadata, ...more } });
}
