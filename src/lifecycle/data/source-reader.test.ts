import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type StageHarness, stageHarness } from '../../../test/stage-harness.ts';
import { ingestSource, rowsOf, writeParquet } from './data-testbed.ts';
import { hashFile, resolveSource } from './resolve-source.ts';
import { sourceSpec } from './spec.ts';

describe('a source', () => {
  let harness: StageHarness;
  before(async () => {
    harness = await stageHarness();
    await writeParquet(
      harness,
      'dated.parquet',
      `SELECT * FROM (VALUES (1, TIMESTAMP '2000-12-31 23:59:59.999999'), (2, TIMESTAMP '2001-01-01'),
       (3, NULL),
       (4, TIMESTAMP '2001-02-28 12:00:00'), (5, TIMESTAMP '2001-01-31'), (6, TIMESTAMP 'infinity')) v(n, t)`,
    );
  });
  after(() => harness[Symbol.asyncDispose]());

  const parquet = (uri: string, more: object = {}) => ({ s: { type: 'parquet', uri, ...more } });
  let files = 0;
  const csv = (text: string | Uint8Array, more: object = {}) => {
    const uri = `${++files}.csv`;
    writeFileSync(join(harness.dir, uri), text);
    return { s: { type: 'csv', uri, ...more } };
  };
  const partitions = async (sources: unknown) => {
    const { version } = await ingestSource(harness, 's', sources);
    return version.partitions.map(({ name, rows, refused }) => [name, rows, refused]);
  };
  const undated = ['undated', 2, 'these rows have no time'];

  test('is cut into months, oldest first; rows without a time, or without end, are set aside', async () => {
    assert.deepEqual(await partitions(parquet('dated.parquet', { partition: 'month', time: 't' })), [
      ['2000-12', 1, null],
      ['2001-01', 2, null],
      ['2001-02', 1, null],
      undated,
    ]);
  });

  test('is cut into days, or not at all', async () => {
    assert.deepEqual(await partitions(parquet('dated.parquet', { partition: 'day', time: 't' })), [
      ['2000-12-31', 1, null],
      ['2001-01-01', 1, null],
      ['2001-01-31', 1, null],
      ['2001-02-28', 1, null],
      undated,
    ]);
    for (const more of [{}, { partition: 'none', time: 't' }]) {
      assert.deepEqual(await partitions(parquet('dated.parquet', more)), [['all', 6, null]]);
    }
  });

  test('keeps the position of each row in the file', async () => {
    const { version } = await ingestSource(
      harness,
      's',
      parquet('dated.parquet', { partition: 'month', time: 't' }),
    );
    const kept = await rowsOf(
      harness,
      version.partitions.map(({ blob }) => blob),
    );
    assert.deepEqual(
      kept.map(({ row, n }) => [row, n]),
      [
        [0, 1],
        [1, 2],
        [4, 5],
        [3, 4],
        [2, 3],
        [5, 6],
      ],
    );
    assert.deepEqual(version.columns, [
      { name: 'row', type: 'integer' },
      { name: 'n', type: 'integer' },
      { name: 't', type: 'time' },
    ]);
  });

  test('in another zone or of another precision falls into the month of UTC', async () => {
    for (const type of ['TIMESTAMPTZ', 'TIMESTAMP_NS', 'TIMESTAMP_S', 'TIMESTAMP_MS']) {
      await writeParquet(harness, 'zone.parquet', `SELECT '2001-01-31 23:30:00'::${type} AS t`);
      assert.deepEqual(await partitions(parquet('zone.parquet', { partition: 'month', time: 't' })), [
        ['2001-01', 1, null],
      ]);
    }
    await writeParquet(harness, 'zone.parquet', `SELECT TIMESTAMPTZ '2001-01-31 23:30:00-05:00' AS t`);
    assert.deepEqual(await partitions(parquet('zone.parquet', { partition: 'month', time: 't' })), [
      ['2001-02', 1, null],
    ]);
    await writeParquet(harness, 'zone.parquet', `SELECT DATE '2001-01-31' AS t`);
    assert.deepEqual(await partitions(parquet('zone.parquet', { partition: 'day', time: 't' })), [
      ['2001-01-31', 1, null],
    ]);
  });

  test('of no rows is a version of no rows', async () => {
    await writeParquet(harness, 'none.parquet', 'SELECT 1 AS n, now()::TIMESTAMP AS t LIMIT 0');
    assert.deepEqual(await partitions(parquet('none.parquet')), [['all', 0, null]]);
    assert.deepEqual(await partitions(parquet('none.parquet', { partition: 'month', time: 't' })), []);
  });

  test('in CSV is split at its delimiter, quotes and line breaks inside of quotes kept', async () => {
    let reads = 0;
    // Each under a name of its own: the columns of one source keep their types.
    const read = async (sources: unknown) => {
      reads += 1;
      const name = `s${reads}`;
      const { s } = sources as { readonly s: unknown };
      const { version } = await ingestSource(harness, name, { [name]: s });
      return rowsOf(
        harness,
        version.partitions.map(({ blob }) => blob),
      );
    };
    assert.deepEqual(await read(csv('a,b\n1,"x, ""y""\nz"\n2,\n')), [
      { row: 0, a: 1, b: 'x, "y"\nz' },
      { row: 1, a: 2, b: null },
    ]);
    assert.deepEqual(await read(csv('a,b\n#1,2\n')), [{ row: 0, a: '#1', b: 2 }]);
    assert.deepEqual(await read(csv('a;b\n1;2,5\n', { delimiter: ';' })), [{ row: 0, a: 1, b: '2,5' }]);
    assert.deepEqual(await read(csv('a\n9007199254740993\n')), [{ row: 0, a: '9007199254740993' }]);
  });

  test('that cannot be read is one clear error', async () => {
    writeFileSync(join(harness.dir, 'text.parquet'), 'a,b\n1,2\n3,4,5,6,7,8\n');
    writeFileSync(join(harness.dir, 'short.parquet'), 'PAR1');
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [parquet('nowhere.parquet'), /there is no file behind nowhere.parquet; looked for .*nowhere.parquet/],
      [
        parquet('npm:no-such-package/data.parquet'),
        /there is no file behind npm:no-such-package\/data.parquet/,
      ],
      [parquet('https://example.org/x.parquet'), /expected a path or npm:package\/path/],
      [parquet('npm:a/../../x.parquet'), /without dots/],
      [parquet('text.parquet'), /source s: Invalid Input Error: No magic bytes/],
      [parquet('short.parquet'), /source s: Invalid Input Error: .*too small/],
      [
        parquet('dated.parquet', { time: 'when' }),
        /source s: expected a time column when, came columns row, n, t/,
      ],
      [parquet('dated.parquet', { time: 'n' }), /source s: expected a time column n, came type integer/],
      [csv(Buffer.from('a,b\n1,caf\xe9\n', 'latin1')), /source s: .*(?:\n.*)*not utf-8/],
      [csv('a,b\n1,2\n3,4,5\n'), /source s: line 3 of \S+ has 3 columns, expected 2 as in its header$/],
      [csv('a,b\n1,2\n3\n'), /source s: line 3 of \S+ has 1 columns, expected 2 as in its header$/],
      [csv('row,b\n1,2\n'), /source s: a column is called row/],
      [csv('tend_known,b\n1,2\n'), /source s: a column is called tend_known, as ours are/],
    ];
    for (const [sources, message] of cases) {
      await assert.rejects(ingestSource(harness, 's', sources), { code: 'SOURCE_UNREADABLE', message });
    }
  });

  test('lies where it lies: folders above called a=b, or of odd letters, change nothing', async () => {
    mkdirSync(join(harness.dir, `year=2001/o'dd [1] *`), { recursive: true });
    await writeParquet(harness, `year=2001/o'dd [1] */x.parquet`, 'SELECT 1 AS n');
    const { version } = await ingestSource(harness, 's', parquet(`year=2001/o'dd [1] */x.parquet`));
    assert.deepEqual(
      version.columns.map(({ name }) => name),
      ['row', 'n'],
    );
  });

  test('with columns that only SQL with quotes can name is read all the same', async () => {
    await writeParquet(harness, 'odd.parquet', `SELECT 1 AS "select", 2 AS "a""b", 3 AS "é; --", 4 AS "a.b"`);
    const { version } = await ingestSource(harness, 's', parquet('odd.parquet'));
    const [row] = await rowsOf(
      harness,
      version.partitions.map(({ blob }) => blob),
    );
    assert.deepEqual(row, { row: 0, select: 1, 'a"b': 2, 'é; --': 3, 'a.b': 4 });
  });

  test('may be called by a word of SQL, and is read before those that look values up in it', async () => {
    await writeParquet(harness, 'n.parquet', 'SELECT 1 AS n');
    const one = { type: 'parquet', uri: 'n.parquet' };
    const sources = { select: one, order: one, table: one };
    const contract = {
      select: [{ column: 'n', in: 'order.n' }],
      order: [{ column: 'n', in: 'table.n' }],
    };
    const { outcomes } = await ingestSource(harness, 'select', sources, contract);
    assert.deepEqual(outcomes, { 'all: n in order.n': 'pass 0' });
  });
});

test('a source name is SQL without quotes, and not one of the engine’s own', () => {
  const source = { type: 'csv', uri: 'a.csv' };
  assert.equal(sourceSpec.safeParse(source).success, true);
  assert.equal(sourceSpec.safeParse({ ...source, delimiter: 'x' }).success, false);
  assert.equal(sourceSpec.safeParse({ ...source, path: 'a' }).success, false);
});

test('a package file is found as Node finds packages, and its hash is that of its bytes', async () => {
  const path = resolveSource(import.meta.dirname, 'npm:vega-datasets/data/airports.csv');
  assert.match(path, /node_modules\/vega-datasets\/data\/airports\.csv$/);
  assert.match(await hashFile(path), /^[0-9a-f]{64}$/);
  await assert.rejects(hashFile(import.meta.dirname), {
    code: 'SOURCE_UNREADABLE',
    message: /it is a folder/,
  });
});
