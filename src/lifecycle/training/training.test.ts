import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { type OrdersBed, ordersBed } from '../../../test/orders-bed.ts';
import { decodeModel } from '../../decide/onnx/decode-model.ts';
import { encodeModel } from '../../decide/onnx/encode-model.ts';
import type { OnnxAttribute, OnnxNode } from '../../decide/onnx/onnx-model.ts';
import { releaseManifestSchema } from '../../decide/release.ts';
import { lineageOf } from '../../store/lineage.ts';
import type { Examples, SplitExamples } from '../data/index.ts';
import type { StageScope } from '../stage-scope.ts';
import { loadSplit } from './load-split.ts';
import { measureParity } from './measure-parity.ts';
import { runTraining, trainingKey } from './stage.ts';
import type { TrainingOutputs } from './training-inputs.ts';
import { runBatches } from './trial-batches.ts';

describe('training', () => {
  let bed: OrdersBed;
  let made: TrainingOutputs;

  before(async () => {
    bed = await ordersBed(60);
    made = (await bed.run((scope) => runTraining(scope, bed.inputs))).outputs;
  });
  after(() => bed[Symbol.asyncDispose]());

  test('gives the same model, byte for byte, on one thread and on two', async () => {
    const inputs = { ...bed.inputs, training: { ...bed.inputs.training, trials: 6 } };
    const on = async (threads: number): Promise<TrainingOutputs> =>
      (await bed.run((scope) => runTraining({ ...scope, threads }, inputs))).outputs;
    const [one, two] = [await on(1), await on(2)];
    assert.equal(two.modelBlob, one.modelBlob);
    assert.equal(two.nativeBlob, one.nativeBlob);
    assert.equal(two.version, one.version + 1, 'each is a version of its own');
    assert.notEqual(two.manifestBlob, one.manifestBlob);
  });

  test('another seed gives another model', async () => {
    const inputs = { ...bed.inputs, training: { ...bed.inputs.training, seed: 12 } };
    const other = (await bed.run((scope) => runTraining(scope, inputs))).outputs;
    assert.notEqual(other.modelBlob, made.modelBlob);
  });

  test('carries each batch out once, and a longer search goes on where a shorter one ended', async () => {
    await bed.run(async (scope) => {
      const { training, kind, data, split } = bed.inputs;
      let loaded = 0;
      const examples = (): Promise<SplitExamples> => {
        loaded += 1;
        return loadSplit(scope, { data, split }, made.bounds);
      };
      const search = (trials: number) =>
        runBatches(scope, {
          kind,
          examples,
          inputs: data.features.inputs,
          rows: made.rows.train,
          spec: { ...training, trials, rounds: 10 },
        });
      const four = await search(4);
      assert.equal(loaded, 1);
      assert.deepEqual(await search(4), four);
      assert.equal(loaded, 1, 'nothing was trained again');
      const six = await search(6);
      assert.equal(loaded, 2);
      assert.deepEqual(six.slice(0, 1), four);
      const indices = six.flatMap((batch) => batch.trials.map((trial) => trial.index));
      assert.deepEqual(indices, [0, 1, 2, 3, 4, 5]);
    });
  });

  test('registers a version whose export answers like the model that was trained', async () => {
    await bed.run(async (scope) => {
      const { validation } = await loadSplit(scope, bed.inputs, made.bounds);
      const manifest = await readManifest(scope, made);
      const parity = await measureParity(scope, { manifest, native: made.nativeBlob }, validation);
      assert.ok(parity > 0 && parity < 1e-5, `${parity}`);
    });
  });

  test('refuses an export of which a single leaf says something else', async () => {
    await bed.run(async (scope) => {
      const { validation } = await loadSplit(scope, bed.inputs, made.bounds);
      const bytes = await scope.blobs.read(made.modelBlob);
      const { hash } = await scope.blobs.put(withLeaf(bytes, (weight) => weight + 0.01));
      const manifest = { ...(await readManifest(scope, made)), modelBlob: hash };
      await assert.rejects(measureParity(scope, { manifest, native: made.nativeBlob }, validation), {
        code: 'TRAINING_FAILED',
        message: /the exported model differs from the trained one by 0\.0/,
      });
    });
  });

  test('records run, version and lineage from the data to the release', async () => {
    await bed.run(async ({ db }) => {
      const run = await db.query
        .selectFrom('run')
        .selectAll()
        .where('id', '=', made.runId)
        .executeTakeFirstOrThrow();
      assert.deepEqual(JSON.parse(run.outputs), {
        modelBlob: made.modelBlob,
        manifestBlob: made.manifestBlob,
        nativeBlob: made.nativeBlob,
      });
      const points = await db.query
        .selectFrom('run_metric')
        .selectAll()
        .where('run_id', '=', made.runId)
        .execute();
      assert.ok(points.some((point) => point.key === 'validation_loss' && point.step > 0));
      const version = await db.query
        .selectFrom('model_version')
        .selectAll()
        .where('run_id', '=', made.runId)
        .executeTakeFirstOrThrow();
      assert.deepEqual([version.version, version.blob_hash], [made.version, made.modelBlob]);
      const up = async (ref: string): Promise<string[]> =>
        (await lineageOf(db, ref, 'up')).map((edge) => edge.from);
      assert.deepEqual(await up(made.manifestBlob), [made.modelBlob]);
      assert.deepEqual(await up(made.modelBlob), [made.runId]);
      assert.deepEqual(await up(made.runId), [bed.inputs.dataHash]);
    });
  });

  test('leaves evidence about the model with data, seed, trials and code', async () => {
    const [evidence] = await bed.harness.evidence('training-run');
    assert.equal(evidence?.subject, made.modelBlob);
    const body = z.object({
      data: z.literal(bed.inputs.dataHash),
      seed: z.literal(bed.inputs.training.seed),
      rows: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
      trials: z.array(z.object({ trial: z.int(), validation_loss: z.number() })).length(2),
      code: z.object({ commit: z.null(), dirty: z.literal(false) }),
    });
    assert.deepEqual(body.parse(evidence?.body).rows, made.rows);
  });

  test('fails where there is nothing to learn, and where a part of the split is empty', async () => {
    const shown = (examples: (split: SplitExamples) => SplitExamples) =>
      bed.run((scope) => runTraining({ ...scope, examples: showing(scope, examples) }, bed.inputs));
    const constant = ({ train, ...rest }: SplitExamples): SplitExamples => ({
      ...rest,
      train: { ...train, target: train.target.map(() => 1) },
    });
    await assert.rejects(shown(constant), { code: 'TRAINING_FAILED', message: /the same outcome/ });
    const untested = (split: SplitExamples): SplitExamples => ({ ...split, test: none(split.test) });
    await assert.rejects(shown(untested), { code: 'TRAINING_FAILED', message: /no rows for test/ });
  });

  test('its key follows what the model depends on and nothing else', async () => {
    await bed.run(async (scope) => {
      const { inputs } = bed;
      const key = trainingKey(scope, inputs);
      assert.equal(trainingKey({ ...scope, threads: 7 }, { ...inputs, specHash: 'other' }), key);
      const changed = [
        trainingKey(scope, { ...inputs, training: { ...inputs.training, rounds: 61 } }),
        trainingKey(scope, { ...inputs, dataHash: 'other' }),
        trainingKey({ ...scope, projectClock: 0 }, inputs),
        trainingKey({ ...scope, version: '9.9.9' }, inputs),
      ];
      assert.equal(new Set([key, ...changed]).size, 5);
    });
  });
});

function showing(
  { examples }: StageScope,
  change: (split: SplitExamples) => SplitExamples,
): StageScope['examples'] {
  const load = async <T>(key: string, read: () => Promise<T>): Promise<T> =>
    change((await examples.load(key, read)) as SplitExamples) as T;
  return { ...examples, load };
}

function none(examples: Examples): Examples {
  return { ...examples, rows: 0 };
}

async function readManifest({ blobs }: StageScope, { manifestBlob }: TrainingOutputs) {
  return releaseManifestSchema.parse(
    JSON.parse(Buffer.from(await blobs.read(manifestBlob)).toString('utf8')),
  );
}

/** The file with the weight of the first leaf of its trees changed. */
function withLeaf(bytes: Uint8Array, change: (weight: number) => number): Uint8Array {
  const model = decodeModel(bytes);
  const nodes = model.graph.nodes.map((node): OnnxNode => {
    const weights = node.attributes.target_weights;
    if (weights?.kind !== 'floats') return node;
    const value = Array.from(weights.value, (weight, i) => (i === 0 ? change(weight) : weight));
    const changed: OnnxAttribute = { kind: 'floats', value };
    return { ...node, attributes: { ...node.attributes, target_weights: changed } };
  });
  return encodeModel({ ...model, graph: { ...model.graph, nodes } });
}
