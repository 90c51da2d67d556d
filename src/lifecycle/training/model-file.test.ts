import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeNativeModel, encodeNativeModel, type NativeModel } from './model-file.ts';

const TREES: NativeModel = {
  model: {
    kind: 'trees',
    objective: 'binary',
    base: -0.1,
    features: ['x', 'c'],
    trees: [
      {
        feature: Int32Array.of(0, -1, -1),
        threshold: Float32Array.of(0.1, 0, 0),
        missingLeft: Uint8Array.of(1, 0, 0),
        left: Int32Array.of(1, 0, 0),
        right: Int32Array.of(2, 0, 0),
        value: Float64Array.of(0, 1 / 3, -2e-300),
        cover: Float64Array.of(30, 10, 20),
      },
    ],
  },
  encodings: { c: { levels: ['a', 'ß'], values: Float64Array.of(0.1, 0.7), missing: 0.2, prior: 0.3 } },
};

const LINEAR: NativeModel = {
  model: {
    kind: 'linear',
    objective: 'regression',
    features: ['x'],
    intercept: Math.PI,
    coefficients: Float64Array.of(1 / 7),
    means: Float64Array.of(5e-324),
    scales: Float64Array.of(3),
  },
  encodings: {},
};

describe('the file of a native model', () => {
  test('gives back every bit of trees, linear models and encodings', () => {
    for (const native of [TREES, LINEAR]) {
      assert.deepEqual(decodeNativeModel(encodeNativeModel(native)), native);
    }
  });

  test('has the same bytes for the same model, whatever the order of its keys', () => {
    const { model, encodings } = TREES;
    const turned = { encodings, model: Object.fromEntries(Object.entries(model).toReversed()) };
    assert.deepEqual(encodeNativeModel(turned as unknown as NativeModel), encodeNativeModel(TREES));
  });

  test('is refused when it says that it is something else', () => {
    const bytes = Buffer.from('{"format":"tend.native-model/v9"}');
    assert.throws(() => decodeNativeModel(bytes), {
      code: 'STATE_UNREADABLE',
      message: /tend\.native-model\/v9/,
    });
  });
});
