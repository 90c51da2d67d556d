import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { runPython } from '../../../test/python.ts';
import { loadOnnx } from './load-onnx.ts';

/** Makes models with the reference builder and prints each with onnxruntime's answers to the same rows. */
const BUILD_AND_RUN = readFileSync(new URL('fixtures/reference-models.py', import.meta.url), 'utf8');

const casesSchema = z.record(
  z.string(),
  z.object({
    model: z.base64(),
    rows: z.number(),
    x: z.array(z.number().nullable()).nullable(),
    s: z.array(z.string()).nullable(),
    outputs: z.record(z.string(), z.array(z.number())),
  }),
);

describe('loadOnnx', () => {
  it('gives what onnxruntime gives, trees bit for bit and the rest within 1e-6', async () => {
    const cases = casesSchema.parse(await runPython(BUILD_AND_RUN));
    assert.ok(Object.keys(cases).length > 25);
    for (const [name, { model, rows, x, s, outputs }] of Object.entries(cases)) {
      const decider = loadOnnx(Buffer.from(model, 'base64'));
      const numbers = Float32Array.from(x ?? [], (value) => value ?? Number.NaN);
      const ours = decider.run(s === null ? { x: numbers } : { s }, rows);
      const tolerance = name.startsWith('regressor') ? 0 : 1e-6;
      for (const [output, theirs] of Object.entries(outputs)) {
        const found = ours[output] ?? [];
        assert.equal(found.length, theirs.length, name);
        theirs.forEach((expected, i) => {
          const actual = found[i] ?? Number.NaN;
          assert.ok(
            Math.abs(actual - expected) <= tolerance,
            `${name}, ${output}[${i}]: ${actual}, expected ${expected}`,
          );
        });
      }
    }
  });
});
