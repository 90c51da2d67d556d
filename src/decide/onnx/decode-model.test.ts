import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TendError } from '../../kernel/error.ts';
import type { Tree } from '../../learn/trees/tree-model.ts';
import { decodeModel } from './decode-model.ts';
import { encodeModel } from './encode-model.ts';
import { exportTrees } from './export-trees.ts';
import { loadOnnx } from './load-onnx.ts';
import { ELEMENT_TYPE, ML_DOMAIN, type OnnxModel, type OnnxNode } from './onnx-model.ts';

const node = (
  operator: string,
  inputs: string[],
  outputs: string[],
  attributes: OnnxNode['attributes'] = {},
): OnnxNode => ({
  operator,
  domain: operator === 'Scaler' ? ML_DOMAIN : '',
  name: '',
  inputs,
  outputs,
  attributes,
});

const MODEL: OnnxModel = {
  irVersion: 8,
  producer: 'tend',
  opsets: { '': 17, [ML_DOMAIN]: 3 },
  metadata: { key: 'wert ü' },
  graph: {
    name: 'g',
    nodes: [
      node('Scaler', ['x'], ['s'], {
        offset: { kind: 'floats', value: [0.5, -1] },
        scale: { kind: 'floats', value: [2, 4] },
      }),
      node('Gemm', ['s', 'w'], ['y'], { transB: { kind: 'int', value: 1 } }),
    ],
    initializers: [
      {
        name: 'w',
        dims: [1, 2],
        elementType: ELEMENT_TYPE.float,
        numbers: Float64Array.of(1, -0.25),
        strings: [],
      },
    ],
    inputs: [{ name: 'x', elementType: ELEMENT_TYPE.float, dims: [null, 2] }],
    outputs: [{ name: 'y', elementType: ELEMENT_TYPE.float, dims: [null, 1] }],
  },
};

const withNodes = (...nodes: OnnxNode[]): Uint8Array =>
  encodeModel({
    ...MODEL,
    graph: { ...MODEL.graph, nodes, outputs: [{ name: 'y', elementType: 1, dims: [null, 1] }] },
  });

/** `x[0] <= 0.5 ? 1 : (x[1] <= 2 ? 2 : 3)`. */
const TREE: Tree = {
  feature: Int32Array.of(0, -1, 1, -1, -1),
  threshold: Float32Array.of(0.5, 0, 2, 0, 0),
  missingLeft: Uint8Array.of(0, 0, 1, 0, 0),
  left: Int32Array.of(1, -1, 3, -1, -1),
  right: Int32Array.of(2, -1, 4, -1, -1),
  value: Float64Array.of(0, 1, 0, 2, 3),
  cover: new Float64Array(5),
};

function treesOf(...trees: Tree[]): Uint8Array {
  const inputs = ['a', 'b'].map((name) => ({ name, type: 'number' as const }));
  return exportTrees(
    { kind: 'trees', objective: 'regression', base: 10, features: ['a', 'b'], trees },
    { inputs, encodings: {} },
  );
}

/** Runs whatever loads; only an operating error may come out. */
function loadAndRun(bytes: Uint8Array): void {
  try {
    const decider = loadOnnx(bytes);
    const feeds = decider.inputs.map(({ name, type, width }) => [
      name,
      type === 'number' ? new Float32Array(width * 2) : new Array<string>(width * 2).fill(''),
    ]);
    decider.run(Object.fromEntries(feeds), 2);
  } catch (error) {
    assert.ok(error instanceof TendError && error.code === 'INVALID_INPUT', String(error));
  }
}

describe('decodeModel', () => {
  it('reads back what encodeModel wrote', () => {
    assert.deepEqual(decodeModel(encodeModel(MODEL)), MODEL);
  });

  it('reads negative, large and unpacked numbers', () => {
    const axis = node('Concat', ['x'], ['y'], {
      axis: { kind: 'int', value: -1 },
      big: { kind: 'int', value: 2 ** 40 },
      many: { kind: 'ints', value: [0, -7, 300] },
    });
    const [read] = decodeModel(withNodes(axis)).graph.nodes;
    assert.deepEqual(read?.attributes, axis.attributes);
  });

  it('of any bytes gives a model or INVALID_INPUT', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => loadAndRun(bytes)),
      { numRuns: 2_000, seed: 1 },
    );
  });

  for (const [name, whole] of [
    ['pipeline', encodeModel(MODEL)],
    ['tree ensemble', treesOf(TREE)],
  ] as const) {
    it(`of a damaged ${name} gives a model or INVALID_INPUT, and so does running it`, () => {
      const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), {
        minLength: 1,
        maxLength: 3,
      });
      fc.assert(
        fc.property(damage, fc.nat(whole.length), (changes, length) => {
          const bytes = whole.slice(0, Math.max(length, whole.length / 2));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          loadAndRun(bytes);
        }),
        { numRuns: 5_000, seed: 2 },
      );
    });
  }

  it('does not allocate for a length that the bytes do not have', () => {
    // Field 7 (graph), length 2^60.
    const bytes = Uint8Array.of(0x3a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10);
    assert.throws(() => decodeModel(bytes), /cut off/);
  });
});

describe('loadOnnx', () => {
  it('runs a small pipeline', () => {
    const { y } = loadOnnx(encodeModel(MODEL)).run({ x: Float32Array.of(1.5, 1, 0.5, -2) }, 2);
    // ((1.5 - 0.5) * 2) - 0.25 * ((1 + 1) * 4) and (0) - 0.25 * ((-2 + 1) * 4)
    assert.deepEqual(Array.from(y ?? []), [0, 1]);
  });

  it('runs more rows after fewer, and fewer after more', () => {
    const decider = loadOnnx(encodeModel(MODEL));
    for (const rows of [1, 7, 3]) {
      const { y } = decider.run({ x: new Float32Array(rows * 2).fill(0.5) }, rows);
      assert.deepEqual(Array.from(y ?? []), new Array<number>(rows).fill(-1.5));
    }
  });

  it('sends a missing value the way that its node says', () => {
    const rows = Float32Array.of(0.5, 0, 0.6, 2, 0.6, 2.1, Number.NaN, Number.NaN);
    assert.deepEqual(
      Array.from(loadOnnx(treesOf(TREE)).run({ numeric: rows }, 4)['value'] ?? []),
      [11, 12, 13, 12],
    );
  });

  it('refuses trees with a cycle, without a root, or with a node of two parents', () => {
    for (const [left, right] of [
      [Int32Array.of(1, -1, 0, -1, -1), TREE.right],
      [TREE.left, Int32Array.of(2, -1, 1, -1, -1)],
    ]) {
      const broken = { ...TREE, left: left ?? TREE.left, right: right ?? TREE.right };
      assert.throws(() => loadOnnx(treesOf(broken)), { code: 'INVALID_INPUT' });
    }
  });

  it('names an operator that cannot be run, and those that can', () => {
    const load = (): unknown => loadOnnx(withNodes(node('Conv', ['x'], ['y'])));
    assert.throws(load, (error) => {
      assert.ok(error instanceof TendError);
      return /uses Conv/.test(error.message) && /TreeEnsembleRegressor/.test(error.hint);
    });
  });

  it('refuses values that nothing gives, cycles among them, and values defined twice', () => {
    assert.throws(() => loadOnnx(withNodes(node('Add', ['x', 'y'], ['y']))), /nothing before it gives/);
    assert.throws(
      () => loadOnnx(withNodes(node('Sigmoid', ['x'], ['y']), node('Sigmoid', ['x'], ['y']))),
      /defined twice/,
    );
  });

  it('refuses feeds that are missing, short or of the other type', () => {
    const decider = loadOnnx(encodeModel(MODEL));
    for (const feeds of [{}, { x: new Float32Array(3) }, { x: ['a', 'b', 'c', 'd'] }]) {
      assert.throws(() => decider.run(feeds, 2), { code: 'INVALID_INPUT' });
    }
  });
});
