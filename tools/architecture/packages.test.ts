import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packageViolation } from './packages.ts';

const shipped = new Set(['kysely', 'pg', 'fastify', '@duckdb/node-api', 'commander', 'zod']);
const violation = (from: string, to: string) => packageViolation({ from, to, line: 1 }, shipped);

test('a package with an owner is refused elsewhere', () => {
  assert.match(violation('src/lifecycle/data/ingest.ts', 'kysely') ?? '', /kysely is for/);
  assert.match(violation('src/engine/engine.ts', 'pg') ?? '', /are for store/);
  assert.match(violation('src/serve/worker.ts', 'node:sqlite') ?? '', /are for store/);
  assert.match(violation('src/lifecycle/data/ingest.ts', '@duckdb/node-api') ?? '', /for table/);
  assert.match(violation('src/wire/mlflow/routes.ts', 'fastify') ?? '', /for http/);
  assert.match(violation('src/http/listen.ts', 'commander') ?? '', /for cli/);
});

test('owners and main may', () => {
  for (const from of ['src/lifecycle/data/dataset-store.ts', 'src/engine/claim.ts', 'src/main/compose.ts']) {
    assert.equal(violation(from, 'kysely'), undefined);
  }
  assert.equal(violation('src/store/blob.ts', 'node:fs'), undefined);
  assert.equal(violation('src/learn/tree.ts', 'zod'), undefined);
});

test('what only developers install is for tests', () => {
  assert.match(violation('src/learn/tree.ts', 'fast-check') ?? '', /not among the dependencies/);
  assert.equal(violation('src/learn/tree.test.ts', 'fast-check'), undefined);
  assert.equal(violation('src/decide/expression.oracle.test.ts', '@duckdb/node-api'), undefined);
});
