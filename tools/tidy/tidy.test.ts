import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT } from '../root.js';
import { RULES } from './rules.ts';
import { readSourceFiles } from './source-file.ts';

const files = readSourceFiles(ROOT);

for (const rule of RULES) {
  test(`${rule.name}: ${rule.advice}`, () => {
    const places = rule.check(files).map(({ path, line, found }) => `${path}:${line}: ${found}`);
    // Assigned and not compared as a list: the message is the list, without a diff around it.
    assert.ok(places.length === 0, `${places.length} × ${rule.name} (${rule.advice}):\n${places.join('\n')}`);
  });
}
