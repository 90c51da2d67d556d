import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerViolation } from './layers.ts';

const REFUSED: readonly (readonly [from: string, to: string, why: RegExp])[] = [
  ['src/kernel/id.ts', 'src/store/blob.ts', /upward/],
  ['src/store/blob.ts', 'src/engine/engine.ts', /upward/],
  ['src/learn/tree.ts', 'src/table/frame.ts', /sideways/],
  ['src/engine/engine.ts', 'src/learn/tree.ts', /sideways/],
  ['src/decide/onnx/x.ts', 'src/serve/worker.ts', /upward/],
  ['src/serve/worker.ts', 'src/lifecycle/data/index.ts', /upward/],
  ['src/lifecycle/data/x.ts', 'src/project/plan.ts', /upward/],
  ['src/project/plan.ts', 'src/main/compose.ts', /upward/],
  ['src/http/listen.ts', 'src/cli/run.ts', /sideways/],
  ['src/wire/mlflow/runs.ts', 'src/http/listen.ts', /sideways/],
  ['src/store/blob.test.ts', 'src/engine/engine.ts', /upward/],
  ['src/lifecycle/data/x.ts', 'src/lifecycle/training/index.ts', /later stage/],
  ['src/lifecycle/training/x.ts', 'src/lifecycle/data/spec.ts', /past its index/],
  ['src/lifecycle/stage-scope.ts', 'src/lifecycle/data/index.ts', /beside the stages/],
  ['src/lifecycle/data/x.ts', 'src/lifecycle/all-specs.ts', /list of all stages/],
  ['src/lifecycle/reporting/x.ts', 'src/lifecycle/data/index.ts', /not a stage/],
  ['src/wire/mlflow/runs.ts', 'src/wire/otlp/traces.ts', /imports the protocol/],
  ['src/wire/text.ts', 'src/wire/otlp/traces.ts', /imports the protocol/],
  ['src/wire/torchserve/predict.ts', 'src/lifecycle/data/index.ts', /above serve/],
  ['src/reports/x.ts', 'src/kernel/id.ts', /not a room/],
  ['src/store/blob.ts', 'tools/root.js', /outside src/],
  ['src/http/listen.ts', 'src/http/http-testbed.ts', /for tests/],
  ['src/store/blob.ts', 'test/start-postgres.ts', /outside src/],
];

const ALLOWED: readonly (readonly [from: string, to: string])[] = [
  ['src/main/compose.ts', 'src/http/listen.ts'],
  ['src/store/blob.ts', 'src/store/replace-file.ts'],
  ['src/lifecycle/training/x.ts', 'src/lifecycle/data/index.ts'],
  ['src/lifecycle/training/x.ts', 'src/lifecycle/context.ts'],
  ['src/lifecycle/all-specs.ts', 'src/lifecycle/training/spec.ts'],
  ['src/project/plan.ts', 'src/lifecycle/data/index.ts'],
  ['src/wire/mlflow/runs.ts', 'src/lifecycle/training/index.ts'],
  ['src/wire/torchserve/predict.ts', 'src/serve/answer.ts'],
  ['src/wire/mlflow/runs.ts', 'src/wire/text.ts'],
  ['src/store/blob.test.ts', 'test/start-postgres.ts'],
  ['src/http/listen.test.ts', 'src/http/http-testbed.ts'],
  ['src/learn/kernel.test.ts', 'tools/build-wasm.js'],
  ['src/store/blob.ts', 'node:fs/promises'],
  ['src/table/open.ts', '@duckdb/node-api'],
];

for (const [from, to, why] of REFUSED) {
  test(`${from} may not import ${to}`, () => {
    assert.match(layerViolation({ from, to, line: 1 }) ?? 'allowed', why);
  });
}

for (const [from, to] of ALLOWED) {
  test(`${from} may import ${to}`, () => {
    assert.equal(layerViolation({ from, to, line: 1 }), undefined);
  });
}
