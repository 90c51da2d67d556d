import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf } from './imports-of.ts';
import { forbiddenChains } from './reach.ts';

test('every way of reaching another module is an import, with its line', () => {
  const text = [
    `import type { A } from './a.ts';`,
    `import b, { type B } from '../kernel/b.ts';`,
    `export { c } from './c.ts';`,
    `export * from './d.ts';`,
    `export type { E } from './e.ts';`,
    `const f = await import('./f.ts');`,
    `type G = import('./g.ts').G;`,
    `const h = new URL('./h.ts', import.meta.url);`,
    `import fs from 'node:fs';`,
    `import { x } from '@duckdb/node-api/deep/path.js';`,
    `import { sql } from 'kysely';`,
    `import './side-effect.ts';`,
    `const page = new URL('./page.html', import.meta.url);`,
    `const worker = new URL('worker.ts', import.meta.url);`,
    `const text = "import x from './text.ts'";`,
  ].join('\n');
  const targets = importsOf('src/serve/x.ts', text).map(({ to, line }) => `${line} ${to}`);
  assert.deepEqual(targets, [
    '1 src/serve/a.ts',
    '2 src/kernel/b.ts',
    '3 src/serve/c.ts',
    '4 src/serve/d.ts',
    '5 src/serve/e.ts',
    '6 src/serve/f.ts',
    '7 src/serve/g.ts',
    '8 src/serve/h.ts',
    '9 node:fs',
    '10 @duckdb/node-api',
    '11 kysely',
    '12 src/serve/side-effect.ts',
    '14 src/serve/worker.ts',
  ]);
});

test('a forbidden package is found at the end of a chain, and the chain is named', () => {
  const imports = [
    ['src/serve/worker.ts', 'src/decide/release.ts'],
    ['src/decide/release.ts', 'src/store/rows.ts'],
    ['src/store/rows.ts', 'kysely'],
    ['src/serve/worker.test.ts', 'src/store/database.ts'],
    ['src/serve/worker.ts', 'src/store/blob.ts'],
    ['src/http/listen.ts', 'fastify'],
  ].map(([from = '', to = '']) => ({ from, to, line: 1 }));
  assert.deepEqual(forbiddenChains(imports), [
    'src/serve/worker.ts → src/decide/release.ts → src/store/rows.ts → kysely',
  ]);
});
