import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { systemPorts } from '../../test/ports.ts';
import { BLOB_COLUMNS, blobReferences, hashesIn, NO_BLOB_COLUMNS } from './blob-references.ts';
import { build } from './build.ts';
import { openSqlite } from './open-sqlite.ts';

const LISTED = new Set<string>([
  ...BLOB_COLUMNS.map(({ table, column }) => `${table}.${column}`),
  ...NO_BLOB_COLUMNS,
]);

/** Columns of the committed schema, as `table.column`. */
function schemaColumns(): string[] {
  const schema = readFileSync(new URL('schema.sqlite.sql', import.meta.url), 'utf8');
  const tables = schema.split(/^CREATE TABLE /m).slice(1);
  return tables.flatMap((text) => {
    const [, table = ''] = /^"(\w+)"/.exec(text) ?? [];
    const body = text.split(/\n\n|;\n/)[0] ?? '';
    return [...body.matchAll(/(?:\(|^\s+)"(\w+)" (?:text|bigint|integer|double)/gm)].map(
      ([, column]) => `${table}.${column}`,
    );
  });
}

/** Columns that the types of the tables call JSON, as `table.column`. */
function jsonColumns(): string[] {
  const folder = new URL('tables/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('-tables.ts'));
  return files.flatMap((name) => {
    const interfaces = readFileSync(new URL(name, folder), 'utf8').split('export interface ').slice(1);
    return interfaces.flatMap((text) => {
      const [, type = ''] = /^(\w+)Table/.exec(text) ?? [];
      const table = type.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
      return [...text.matchAll(/readonly (\w+): JsonText/g)].map(([, column]) => `${table}.${column}`);
    });
  });
}

describe('the list of columns that refer to blobs', () => {
  test('names every column that is called after a hash or a blob, one way or the other', () => {
    const columns = schemaColumns();
    assert.ok(columns.includes('model_version.manifest_hash') && columns.includes('archive.blob_hash'));
    const named = columns.filter((name) => /(?:^|[._])(?:hash|blob|release)$/.test(name));
    assert.deepEqual(
      named.filter((name) => !LISTED.has(name)),
      [],
    );
  });

  test('names every JSON column, one way or the other', () => {
    const columns = jsonColumns();
    assert.ok(columns.includes('stage_cache.outputs') && columns.includes('step.result'));
    assert.deepEqual(
      columns.filter((name) => !LISTED.has(name)),
      [],
    );
  });

  test('names no column that is not there, and none twice', () => {
    const columns = new Set(schemaColumns());
    assert.deepEqual(
      [...LISTED].filter((name) => !columns.has(name)),
      [],
    );
    assert.equal(LISTED.size, BLOB_COLUMNS.length + NO_BLOB_COLUMNS.length);
  });
});

describe('blobReferences()', () => {
  const [model, shared, log, unknown] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64)) as [
    string,
    string,
    string,
    string,
  ];

  test('names who needs a blob, until the row lets go of it', async () => {
    const db = await openSqlite({ path: ':memory:', clock: systemPorts.clock });
    const version = (id: string, number: number, blob: string) => ({
      id,
      model: 'm',
      version: number,
      run_id: null,
      blob_hash: blob,
      manifest_hash: null,
      state: 'registered',
      created_at: 0,
    });
    const outputs = JSON.stringify({ histories: [{ parts: [{ blob: log }] }], modelBlob: shared });
    const cached = {
      project: 'p',
      stage: 'data' as const,
      key: 'k',
      verdict: 'pass' as const,
      reason: '',
      evidence: '[]',
      outputs,
    };
    await db.commit({
      statements: [
        {
          query: build.insertInto('model_version').values([version('1', 1, model), version('2', 2, shared)]),
        },
        { query: build.insertInto('stage_cache').values(cached) },
      ],
    });
    const asked = [model, shared, log, unknown];
    assert.deepEqual(
      new Map(await blobReferences(db, asked)),
      new Map([
        [model, ['model_version.blob_hash']],
        [shared, ['model_version.blob_hash', 'stage_cache.outputs']],
        [log, ['stage_cache.outputs']],
      ]),
    );
    const retired = build.updateTable('model_version').set({ state: 'retired' });
    await db.commit({ statements: [{ query: retired, expect: 2 }] });
    assert.deepEqual([...(await blobReferences(db, asked)).keys()].sort(), [shared, log]);
    assert.deepEqual(await blobReferences(db, []), new Map());
    await db.close();
  });

  test('finds hashes in a body whatever they are called there', () => {
    assert.deepEqual(hashesIn(JSON.stringify({ a: [model, { b: `x${log}` }], c: 'ab' })), [model, log]);
  });
});
