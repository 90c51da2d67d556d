import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalHash } from './canonical-hash.ts';
import { sqlName, sqlText } from './sql-name.ts';
import { type TableColumn, tableSchema } from './table-schema.ts';
import { createTables, parquetRelation, type TableSession } from './tables.ts';

type Cell = string | number | null;
type Rows = readonly (readonly [Cell, Cell, Cell])[];

const dir = mkdtempSync(join(tmpdir(), 'tend-hash-'));
const text = fc.option(
  fc.string({ maxLength: 4, unit: fc.constantFrom('a', '-', ':', '1', '2', '"', ' ', 'é') }),
);
const number = fc.option(fc.constantFrom(0, 1, -1.5, 0.1, 1e300, 12, 2));
const table = fc.array(fc.tuple(text, text, number), { minLength: 1, maxLength: 6 });

describe('canonicalHash()', () => {
  let session: TableSession;
  before(async () => {
    session = await createTables({ tempDir: dir }).session();
  });
  after(async () => {
    await session[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const relationOf = (rows: Rows): string => {
    const cells = rows.map(
      ([a, b, c], row) => `(${row}, ${literal(a)}, ${literal(b)}, ${literal(c)}::DOUBLE)`,
    );
    return `(SELECT * FROM (VALUES ${cells.join(', ')}) t("row", a, b, c))`;
  };
  const hashOf = async (relation: string, columns?: readonly TableColumn[]): Promise<string> =>
    canonicalHash(session, relation, columns ?? (await tableSchema(session, relation)), 'row');
  const hashRows = (rows: Rows): Promise<string> => hashOf(relationOf(rows), COLUMNS);

  test('equal tables hash equal, and tables that differ anywhere hash apart', async () => {
    await fc.assert(
      fc.asyncProperty(table, table, async (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        assert.equal((await hashRows(a)) === (await hashRows(b)), same);
      }),
      { numRuns: 60 },
    );
  });

  test('one changed cell, and two swapped rows, change the hash', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.nat(), fc.nat({ max: 2 }), text, async (rows, at, column, value) => {
        const changed = rows.map((row) => [...row] as [Cell, Cell, Cell]);
        const row = changed[at % rows.length] as [Cell, Cell, Cell];
        row[column] = column === 2 ? 99 : `${value}!`;
        assert.notEqual(await hashRows(changed), await hashRows(rows));
        const swapped = [...rows.slice(1), rows[0]] as Rows;
        const same = JSON.stringify(swapped) === JSON.stringify(rows);
        assert.equal((await hashRows(swapped)) === (await hashRows(rows)), same);
      }),
      { numRuns: 60 },
    );
  });

  test('null, the empty text, and a boundary moved between two texts are told apart', async () => {
    const rows: readonly Rows[] = [
      [[null, 'ab', 1]],
      [['', 'ab', 1]],
      [['-', 'ab', 1]],
      [['a', 'b', 1]],
      [['ab', '', 1]],
      [['ab', null, 1]],
      [['1:a', 'b', 1]],
      [['ab', '1', null]],
    ];
    const hashes = await Promise.all(rows.map(hashRows));
    assert.equal(new Set(hashes).size, rows.length);
  });

  test('another name, type or order of the columns is another table', async () => {
    const hashes = [
      await hashOf('(SELECT 0 AS "row", 1 AS a, 2 AS b)'),
      await hashOf('(SELECT 0 AS "row", 1 AS a, 2 AS c)'),
      await hashOf('(SELECT 0 AS "row", 2 AS b, 1 AS a)'),
      await hashOf(`(SELECT 0 AS "row", '1' AS a, 2 AS b)`),
      await hashOf('(SELECT 0 AS "row", 1::DOUBLE AS a, 2 AS b)'),
      await hashOf('(SELECT 0 AS "row", true AS a, 2 AS b)'),
    ];
    assert.equal(new Set(hashes).size, hashes.length);
  });

  test('moments differ by a nanosecond, and infinity is not null', async () => {
    const of = (value: string): Promise<string> => hashOf(`(SELECT 0 AS "row", ${value} AS t)`);
    const hashes = await Promise.all([
      of(`TIMESTAMP_NS '2001-01-01 00:00:00.000000001'`),
      of(`TIMESTAMP_NS '2001-01-01 00:00:00.000000002'`),
      of(`TIMESTAMP '2001-01-01 00:00:00.000001'`),
      of(`TIMESTAMP 'infinity'`),
      of(`TIMESTAMP '-infinity'`),
      of('NULL::TIMESTAMP'),
    ]);
    assert.equal(new Set(hashes).size, hashes.length);
  });

  test('file, compression, row groups and the order of reading play no part', async () => {
    const rows = `SELECT i AS "row", (i * 7919) % 1000 / 8 AS x, 'v' || i % 97 AS s,
                         TIMESTAMP '2001-01-01' + to_minutes(i) AS t, i % 3 = 0 AS flag
                  FROM range(150000) r(i)`;
    await session.run(`CREATE TABLE plain AS ${rows}`);
    await session.run(`CREATE TABLE reversed AS SELECT * FROM plain ORDER BY "row" DESC`);
    const files = {
      small: 'zstd, ROW_GROUP_SIZE 4096',
      large: 'snappy, ROW_GROUP_SIZE 100000',
      none: 'uncompressed',
    };
    const hashes = [await hashOf('plain'), await hashOf('reversed')];
    for (const [name, how] of Object.entries(files)) {
      const path = join(dir, `${name}.parquet`);
      await session.run(
        `COPY (SELECT * FROM reversed) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION ${how})`,
      );
      hashes.push(await hashOf(parquetRelation([path])));
    }
    assert.equal(new Set(hashes).size, 1);
    const last = `(SELECT * REPLACE (CASE WHEN "row" = 149999 THEN x + 1 ELSE x END AS x) FROM plain)`;
    assert.notEqual(await hashOf(last), hashes[0]);
  });
});

const COLUMNS: readonly TableColumn[] = [
  { name: 'row', type: 'integer' },
  { name: 'a', type: 'string' },
  { name: 'b', type: 'string' },
  { name: 'c', type: 'number' },
];

function literal(value: Cell): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? sqlText(value) : String(value);
}

test('names and texts of any characters stay names and texts', () => {
  assert.equal(sqlName('a"; DROP TABLE part; --'), '"a""; DROP TABLE part; --"');
  assert.equal(sqlText(`it's \\'`), `'it''s \\'''`);
});
