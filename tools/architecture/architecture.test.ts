import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { ROOT } from '../root.js';
import { type Import, importsOf } from './imports-of.ts';
import { layerViolation } from './layers.ts';
import { packageViolation } from './packages.ts';
import { forbiddenChains } from './reach.ts';

const manifest = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8'));
const shipped = new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }));
const imports = readdirSync(`${ROOT}/src`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.includes('/assembly/'))
  .sort()
  .flatMap((path) => importsOf(`src/${path}`, readFileSync(`${ROOT}/src/${path}`, 'utf8')));

test('no file of src imports upward, sideways, a later stage or another protocol', () => {
  assertNone(listed(layerViolation));
});

test('a package is imported by its owner alone, and only what users get', () => {
  assertNone(listed((edge) => packageViolation(edge, shipped)));
});

test('serving reaches neither the database nor Kysely, DuckDB, pg or Fastify', () => {
  assertNone(forbiddenChains(imports));
});

function listed(violation: (edge: Import) => string | undefined): string[] {
  return imports.flatMap((edge) => {
    const why = violation(edge);
    return why === undefined ? [] : [`${edge.from}:${edge.line}: ${why} (${edge.to})`];
  });
}

function assertNone(places: readonly string[]): void {
  assert.ok(places.length === 0, `${places.length} forbidden:\n${places.join('\n')}`);
}
