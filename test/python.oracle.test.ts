import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runPython } from './python.ts';

test('input arrives as JSON, typed arrays as lists, and the last line is the answer', async () => {
  const script = 'import sys, json; print("chatter"); print(json.dumps(json.load(sys.stdin)))';
  const input = { values: Float64Array.of(0.1, Number.NaN), text: 'é', nothing: null };
  assert.deepEqual(await runPython(script, input), { values: [0.1, null], text: 'é', nothing: null });
});

test('a failing script and an answer that is not JSON are errors with the text', async () => {
  await assert.rejects(runPython('raise ValueError("no such oracle")'), /no such oracle/);
  await assert.rejects(runPython('print("nan")'), /not JSON: nan/);
});
