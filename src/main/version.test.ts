import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { VERSION } from './version.ts';

it('VERSION is the one of the package', () => {
  for (const path of ['../../package.json', '../../bin/package.json']) {
    const { version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
    assert.equal(VERSION, version, path);
  }
});
