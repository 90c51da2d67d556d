import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import type { TargetEncoding } from '../../learn/encode/target-encoding.ts';
import type { LinearModel } from '../../learn/linear/linear-model.ts';
import type { Tree, TreeModel } from '../../learn/trees/tree-model.ts';
import { exportLinear } from './export-linear.ts';
import { exportTrees } from './export-trees.ts';
import { loadOnnx } from './load-onnx.ts';

const CHECK_AND_RUN = `
import base64, json, sys
import numpy as np, onnx, onnxruntime as ort
given = json.load(sys.stdin)
feeds = {}
for name, feed in given['feeds'].items():
    if isinstance(feed[0], str):
        feeds[name] = np.array(feed, dtype=object).reshape(-1, 1)
    else:
        feeds[name] = np.array(feed, dtype=float).astype(np.float32).reshape(given['rows'], -1)
options = ort.SessionOptions()
options.intra_op_num_threads = 1
answers = {}
for key, text in given['models'].items():
    data = base64.b64decode(text)
    onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
    session = ort.InferenceSession(data, options, providers=['CPUExecutionProvider'])
    [output] = session.get_outputs()
    [values] = session.run(None, feeds)
    answers[key] = {'output': output.name, 'values': [float(x) for x in values.ravel()],
                    'metadata': session.get_modelmeta().custom_metadata_map}
print(json.dumps(answers))
`;
const answersSchema = z.record(
  z.string(),
  z.object({ output: z.string(), values: z.array(z.number()), metadata: z.record(z.string(), z.string()) }),
);

const ROWS = 500;
const FEATURES = ['dist', 'carrier', 'hour', 'origin', 'seats'];
const LAYOUT = {
  inputs: [
    { name: 'hour', type: 'number' },
    { name: 'carrier', type: 'string' },
    { name: 'seats', type: 'number' },
    { name: 'origin', type: 'string' },
    { name: 'dist', type: 'number' },
  ],
  encodings: { carrier: encoding(['AA', 'DL', 'ü✈'], 0.2), origin: encoding(['', 'JFK', 'LGA'], 0.3) },
} as const;

function encoding(levels: readonly string[], prior: number): TargetEncoding {
  return { prior, levels, values: Float64Array.from(levels, (_, i) => prior + i / 7), missing: prior / 3 };
}

/** Numbers in [0, 1), the same for a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomTree(random: () => number, leaves: number): Tree {
  const count = 2 * leaves - 1;
  const tree: Tree = {
    feature: new Int32Array(count).fill(-1),
    threshold: new Float32Array(count),
    missingLeft: new Uint8Array(count),
    left: new Int32Array(count).fill(-1),
    right: new Int32Array(count).fill(-1),
    value: new Float64Array(count),
    cover: new Float64Array(count),
  };
  const open = [0];
  for (let next = 1; next < count; next += 2) {
    const [at = 0] = open.splice(Math.floor(random() * open.length), 1);
    tree.feature[at] = Math.floor(random() * FEATURES.length);
    tree.threshold[at] = Math.round(random() * 8) / 8;
    tree.missingLeft[at] = random() < 0.5 ? 1 : 0;
    tree.left[at] = next;
    tree.right[at] = next + 1;
    open.push(next, next + 1);
  }
  for (const leaf of open) tree.value[leaf] = (random() - 0.5) / 3;
  return tree;
}

function treeModel(objective: 'binary' | 'regression', trees: number, leaves: number): TreeModel {
  const random = seeded(7);
  return {
    kind: 'trees',
    objective,
    base: -0.7,
    features: FEATURES,
    trees: Array.from({ length: trees }, () => randomTree(random, leaves)),
  };
}

const linear: LinearModel = {
  kind: 'linear',
  objective: 'binary',
  features: FEATURES,
  intercept: 0.3,
  coefficients: Float64Array.of(0.5, -1.25, 2, 0.01, -0.3),
  means: Float64Array.of(0.4, 0.2, 0.5, 0.3, 0.6),
  scales: Float64Array.of(0.3, 0.1, 0.25, 0.2, 1),
};

/** Rows whose numbers often lie exactly on a threshold, or are missing. */
function feeds(): { numeric: Float32Array; carrier: string[]; origin: string[] } {
  const random = seeded(11);
  const one = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const number = (): number => one([Number.NaN, Math.round(random() * 8) / 8, random(), random()]);
  return {
    numeric: Float32Array.from({ length: ROWS * 3 }, number),
    carrier: Array.from({ length: ROWS }, () => one(['AA', 'DL', 'ü✈', '', 'unseen'])),
    origin: Array.from({ length: ROWS }, () => one(['JFK', 'LGA', '', 'unseen'])),
  };
}

const MODELS = {
  regression: exportTrees(treeModel('regression', 60, 31), LAYOUT),
  binary: exportTrees(treeModel('binary', 100, 31), LAYOUT),
  leaf: exportTrees(treeModel('regression', 1, 1), LAYOUT),
  linear: exportLinear(linear, LAYOUT),
};

describe('an exported model', () => {
  let answers: z.output<typeof answersSchema> = {};
  before(async () => {
    const models = Object.entries(MODELS).map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')]);
    const given = { models: Object.fromEntries(models), feeds: feeds(), rows: ROWS };
    answers = answersSchema.parse(await runPython(CHECK_AND_RUN, given));
  });
  const compare = (key: keyof typeof MODELS, tolerance: number): void => {
    const { output, values } = answers[key] ?? assert.fail(`no answer for ${key}`);
    const ours = loadOnnx(MODELS[key]).run(feeds(), ROWS)[output] ?? assert.fail(`no output ${output}`);
    assert.equal(ours.length, ROWS);
    values.forEach((theirs, i) => {
      assert.ok(
        Math.abs((ours[i] ?? Number.NaN) - theirs) <= tolerance,
        `row ${i}: ${ours[i]}, expected ${theirs}`,
      );
    });
    assert.ok(key === 'leaf' || new Set(values).size > ROWS / 2, 'the rows differ');
  };

  it('of trees passes the checker, and gives bit for bit what onnxruntime gives before the sigmoid', () => {
    compare('regression', 0);
    assert.deepEqual(JSON.parse(answers['regression']?.metadata['tend.features'] ?? ''), FEATURES);
  });

  it('of trees gives the probability within 1e-6 of onnxruntime', () => compare('binary', 1e-6));

  it('of a single leaf is its value and the base', () => compare('leaf', 0));

  it('of a linear model gives the probability within 1e-6 of onnxruntime', () => compare('linear', 1e-6));

  it('is the same bytes each time, and tells nothing of training rows', () => {
    const model = treeModel('binary', 3, 5);
    const covered = {
      ...model,
      trees: model.trees.map((tree) => ({ ...tree, cover: tree.cover.map(() => 1234) })),
    };
    assert.deepEqual(exportTrees(model, LAYOUT), exportTrees(covered, LAYOUT));
  });

  it('refuses features without an input and strings without an encoding', () => {
    const model = treeModel('binary', 1, 2);
    const extra = { ...LAYOUT, inputs: [...LAYOUT.inputs, { name: 'more', type: 'number' as const }] };
    assert.throws(() => exportTrees(model, extra), { code: 'INVALID_INPUT' });
    assert.throws(() => exportTrees(model, { ...LAYOUT, encodings: {} }), /carrier has no encoding/);
  });
});
