import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startMlflowServer } from './run-client.ts';
import { streamLargeFile } from './stream-large-file.ts';

const FILE_BYTES = 2 * 1024 ** 3;
/** As for a file of a seventh of this size (`over-http.test.ts`): memory does not follow the file. */
const GROWTH_BYTES_MAX = 150 * 1024 ** 2;

it('streams a file of 2 GB up and down in flat memory', async () => {
  await using mlflow = await startMlflowServer();
  const path = '/api/2.0/mlflow-artifacts/artifacts/1/large';
  const { status, receivedBytes, grownBytes } = await streamLargeFile(mlflow, path, FILE_BYTES);
  assert.deepEqual([status, receivedBytes], [200, FILE_BYTES]);
  assert.ok(grownBytes < GROWTH_BYTES_MAX, `grew by ${(grownBytes / 2 ** 20).toFixed(0)} MB`);
});
