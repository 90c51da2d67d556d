import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { appendColumns } from './append-columns.ts';
import { createTables, type TableSession } from './tables.ts';

describe('appended columns', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tend-append-'));
  let session: TableSession;
  before(async () => {
    session = await createTables({ tempDir: dir }).session();
  });
  after(async () => {
    await session[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  test('are read back as they were, whatever texts and numbers they hold', async () => {
    const number = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0));
    const text = fc.option(fc.string({ unit: 'binary' }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(number, text), { maxLength: 20 }), async (rows) => {
        await appendColumns(session, 'handed', [
          { name: 'a "b"', kind: 'number', values: rows.map(([value]) => value) },
          { name: "t'", kind: 'text', values: rows.map(([, value]) => value) },
        ]);
        const back = await session.rows('SELECT * FROM handed');
        assert.deepEqual(
          back.map((row) => [row['a "b"'], row["t'"]]),
          rows,
        );
      }),
      { numRuns: 50 },
    );
  });

  test('keep their order and their gaps beyond one chunk of the engine', async () => {
    const count = 5_000;
    const values = Array.from({ length: count }, (_, i) => (i % 3 === 0 ? null : i));
    await appendColumns(session, 'handed', [
      { name: 'n', kind: 'number', values },
      { name: 't', kind: 'text', values },
    ]);
    const back = await session.rows('SELECT n, t FROM handed');
    assert.equal(back.length, count);
    assert.ok(back.every(({ n, t }, i) => n === values[i] && t === (values[i] === null ? null : String(i))));
  });

  test('take booleans as numbers, and half a character as one that stands for none', async () => {
    await appendColumns(session, 'handed', [
      { name: 'b', kind: 'number', values: [true, false, null] },
      { name: 't', kind: 'text', values: ['\ud800', 'a\0', true] },
    ]);
    const back = await session.rows('SELECT b, t FROM handed');
    assert.deepEqual(
      back.map(({ b, t }) => [b, t]),
      [
        [1, '\ufffd'],
        [0, 'a\0'],
        [null, 'true'],
      ],
    );
  });

  test('replace what was handed over before', async () => {
    await appendColumns(session, 'handed', [{ name: 'x', kind: 'number', values: [1] }]);
    await appendColumns(session, 'handed', [{ name: 'y', kind: 'text', values: [] }]);
    assert.deepEqual(await session.rows('SELECT count(*) AS n, count(y) AS y FROM handed'), [{ n: 0, y: 0 }]);
  });
});
