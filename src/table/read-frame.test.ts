import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { join } from 'node:path';
import type { Column } from '../kernel/column.ts';
import { readFrame } from './read-frame.ts';
import { logicalType, tableSchema } from './table-schema.ts';
import { createTables, type TableSession } from './tables.ts';

const dir = mkdtempSync(join(tmpdir(), 'tend-frame-'));

describe('readFrame()', () => {
  let session: TableSession;
  before(async () => {
    session = await createTables({ tempDir: dir }).session();
    await session.run(`CREATE TABLE mixed AS
      SELECT CASE WHEN i % 7 = 0 THEN NULL ELSE i - 3000 END AS whole,
             CASE WHEN i % 5 = 0 THEN NULL ELSE i / 8 END AS fraction,
             CASE WHEN i % 11 = 0 THEN NULL ELSE (i % 100 / 4)::DECIMAL(9,2) END AS decimals,
             CASE WHEN i % 3 = 0 THEN NULL ELSE i % 2 = 0 END AS flag,
             CASE WHEN i % 13 > 0 THEN TIMESTAMP '1969-12-31 23:00:00.25' + to_seconds(i) END AS moment,
             CASE WHEN i % 17 = 0 THEN NULL ELSE DATE '2001-01-01' + i::INTEGER END AS day,
             CASE i % 6 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'é' WHEN 3 THEN '😀'
                        WHEN 4 THEN 'it''s "x"' ELSE 'Z' END AS word
      FROM range(5000) r(i)`);
  });
  after(async () => {
    await session[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  test('gives what reading row by row gives, over chunks, nulls, moments, booleans and Unicode', async () => {
    const columns = await tableSchema(session, 'mixed');
    const frame = await readFrame(session, 'mixed', columns);
    const rows = await session.rows(
      'SELECT * REPLACE (flag::INTEGER AS flag, decimals::DOUBLE AS decimals) FROM mixed',
    );
    assert.equal(frame.rows, rows.length);
    for (const { name, type } of columns) {
      const column = frame.columns[name];
      assert.ok(column !== undefined);
      assert.equal(column.kind, type === 'string' ? 'category' : type === 'time' ? 'time' : 'number');
      assert.deepEqual(
        rows.map((_, i) => cell(column, i)),
        rows.map((row) => row[name]),
        name,
      );
    }
  });

  test('levels are distinct, sorted by bytes, and none is for null', async () => {
    const frame = await readFrame(session, 'mixed', [{ name: 'word', type: 'string' }]);
    const word = frame.columns.word;
    assert.ok(word?.kind === 'category');
    assert.deepEqual(word.levels, ['', 'Z', `it's "x"`, 'é', '😀']);
  });

  test('an empty relation, a column of nulls, and many levels are read', async () => {
    const none = await readFrame(
      session,
      '(SELECT * FROM mixed LIMIT 0)',
      await tableSchema(session, 'mixed'),
    );
    assert.equal(none.rows, 0);
    const nulls = await readFrame(session, '(SELECT NULL::VARCHAR AS x FROM mixed)', [
      { name: 'x', type: 'string' },
    ]);
    assert.deepEqual([...new Set((nulls.columns.x as { codes: Int32Array }).codes)], [-1]);
    const many = await readFrame(session, `(SELECT 'k' || (i * 31) % 70000 AS x FROM range(70000) r(i))`, [
      { name: 'x', type: 'string' },
    ]);
    const column = many.columns.x;
    assert.ok(column?.kind === 'category');
    assert.equal(column.levels.length, 70_000);
    assert.equal(column.levels[column.codes[69_999] as number], `k${(69_999 * 31) % 70_000}`);
  });

  test('a moment without end is missing', async () => {
    const frame = await readFrame(session, `(SELECT TIMESTAMP 'infinity' AS t)`, [
      { name: 't', type: 'time' },
    ]);
    assert.ok(Number.isNaN(cell(frame.columns.t as Column, 0) ?? Number.NaN));
  });
});

describe('a session', () => {
  test('gives what JSON or a number cannot hold as text', async () => {
    await using session = await createTables({ tempDir: dir }).session();
    const [row] = await session.rows(
      `SELECT 9007199254740993 AS big, 'nan'::DOUBLE AS nan, 'inf'::DOUBLE AS inf, 7::BIGINT AS small`,
    );
    assert.deepEqual(row, { big: '9007199254740993', nan: 'NaN', inf: 'Infinity', small: 7 });
  });

  test('knows nothing of the time zone and loads no extension', async () => {
    await using session = await createTables({ tempDir: dir }).session();
    const [row] = await session.rows(`SELECT TIMESTAMPTZ '2001-07-01 12:00:00+00'::TIMESTAMP::VARCHAR AS t`);
    assert.equal(row?.t, '2001-07-01 12:00:00');
    await assert.rejects(session.rows(`SELECT * FROM 'https://example.org/x.parquet'`), {
      code: 'SOURCE_UNREADABLE',
    });
  });
});

test('a list of moments is no moment, and engine types have one meaning each', () => {
  const types = {
    'DECIMAL(18,3)': 'number',
    'DECIMAL(18,3)[]': 'other',
    'TIMESTAMP WITH TIME ZONE': 'time',
    TIMESTAMP_NS: 'time',
    'TIMESTAMP[]': 'other',
    TIME: 'other',
    INTERVAL: 'other',
    UBIGINT: 'integer',
    "ENUM('a', 'b')": 'string',
    "ENUM('a')[]": 'other',
    'STRUCT(a INTEGER)': 'other',
    BOOLEAN: 'boolean',
  };
  for (const [type, expected] of Object.entries(types)) assert.equal(logicalType(type), expected, type);
});

function cell(column: Column, row: number): number | string | null {
  if (column.kind === 'category') return column.levels[column.codes[row] as number] ?? null;
  const value = column.values[row] as number;
  return Number.isNaN(value) ? null : value;
}
