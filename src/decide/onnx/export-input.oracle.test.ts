import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import { exportInput } from './export-input.ts';
import { loadOnnx } from './load-onnx.ts';

const CHECK_AND_RUN = `
import base64, json, sys
import numpy as np, onnx, onnxruntime as ort
given = json.load(sys.stdin)
x = np.array(given['x'], dtype=float).astype(np.float32).reshape(-1, 1)
answers = {}
for key, text in given['models'].items():
    data = base64.b64decode(text)
    onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
    session = ort.InferenceSession(data, providers=['CPUExecutionProvider'])
    [output] = session.get_outputs()
    [values] = session.run(None, {'numeric': x})
    answers[key] = {'output': output.name, 'values': [float(v) for v in values.ravel()]}
print(json.dumps(answers))
`;
const answersSchema = z.record(z.string(), z.object({ output: z.string(), values: z.array(z.number()) }));

const X = [Number.NaN, 0, -0.25, 0.1, 1 / 3, 0.999999999, 1, 1.5, 1e30, -1e30, 4.5];
const MODELS = {
  value: exportInput('rates.late', { objective: 'regression', missing: -2.5 }),
  score: exportInput('rates.late', { objective: 'binary', missing: 0.2, low: 0, high: 1 }),
  constant: exportInput('rates.late', { objective: 'binary', missing: 0.2, low: 0.2, high: 0.2 }),
  above: exportInput('rates.late', { objective: 'regression', missing: 7, low: 0 }),
  below: exportInput('rates.late', { objective: 'regression', missing: 7, high: 3 }),
};
const EXPECTED: Readonly<Record<keyof typeof MODELS, (x: number) => number>> = {
  value: (x) => (Number.isNaN(x) ? -2.5 : x),
  score: (x) => (Number.isNaN(x) ? 0.2 : Math.min(1, Math.max(0, x))),
  constant: () => 0.2,
  above: (x) => (Number.isNaN(x) ? 7 : Math.max(0, x)),
  below: (x) => (Number.isNaN(x) ? 3 : Math.min(3, x)),
};

test('a model that passes an input through gives what onnxruntime gives, and what its docs say', async () => {
  const models = Object.entries(MODELS).map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')]);
  const given = { models: Object.fromEntries(models), x: X };
  const answers = answersSchema.parse(await runPython(CHECK_AND_RUN, given));
  for (const [key, bytes] of Object.entries(MODELS)) {
    const { output, values } = answers[key] ?? assert.fail(`no answer for ${key}`);
    const ours = loadOnnx(bytes).run({ numeric: Float32Array.from(X) }, X.length);
    assert.deepEqual(Array.from(ours[output] ?? []), values, key);
    const expected = X.map((x) => Math.fround(EXPECTED[key as keyof typeof MODELS](x)) + 0);
    assert.deepEqual(values, expected, key);
    assert.equal(output, key === 'score' || key === 'constant' ? 'score' : 'value');
  }
});
