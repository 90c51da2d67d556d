import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

test('the committed kernel is what its source compiles to', async () => {
  const tool = fileURLToPath(new URL('../../../tools/build-wasm.js', import.meta.url));
  const { stderr } = await promisify(execFile)(process.execPath, [tool, '--check']);
  assert.equal(stderr, '');
});
