import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeTest, findTests } from './find-tests.js';

test('a file’s place and name say when it runs', () => {
  const group = (path: string, text = '') => describeTest(path, text).group;
  assert.equal(group('src/learn/auc.test.ts'), 'unit');
  assert.equal(group('src/learn/auc.oracle.test.ts'), 'oracle');
  assert.equal(group('test/chaos/kill.test.ts'), 'whole');
  assert.equal(group('test/serve/latency.test.ts', '// runs: alone\n'), 'alone');
  assert.equal(group('tools/tidy/tidy.test.ts'), 'rules');
  assert.equal(describeTest('test/chaos/kill.full.test.ts', '').full, true);
});

test('a file says what it needs, an oracle test needs Python', () => {
  assert.deepEqual(describeTest('test/x.test.ts', '// needs: chromium, ui\nimport x').needs, [
    'chromium',
    'ui',
  ]);
  assert.deepEqual(describeTest('src/x.oracle.test.ts', '// needs: postgres\n').needs, [
    'postgres',
    'python',
  ]);
  assert.deepEqual(describeTest('src/x.test.ts', 'const s = "// needs: wrk";').needs, []);
});

test('this very file is found', () => {
  assert.ok(findTests().some(({ path }) => path === 'tools/testing/find-tests.test.ts'));
});
