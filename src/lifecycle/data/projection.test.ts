import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createTables, type TableSession } from '../../table/tables.ts';
import { readProjection } from './projection.ts';

const dir = mkdtempSync(join(tmpdir(), 'tend-projection-'));

describe('readProjection()', () => {
  let session: TableSession;
  before(async () => {
    session = await createTables({ tempDir: dir }).session();
  });
  after(async () => {
    await session[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  test('gives each column its name: the alias, else that of the column itself', async () => {
    const sql = 'select a, flights.b, f.c as d, a + 1 as "e f" from Flights f -- comment';
    const names = (await readProjection(session, sql, 'flights', 'x.sql')).map(({ name }) => name);
    assert.deepEqual(names, ['a', 'b', 'd', 'e f']);
  });

  test('refuses whatever adds, drops or orders rows, and columns without a name of their own', async () => {
    const plain = /expected SELECT … FROM flights and nothing after it/;
    const refused = {
      'select a from flights where a > 1': plain,
      'select a from flights order by a': plain,
      'select a from flights limit 5': plain,
      'select distinct a from flights': plain,
      'select a from flights group by a': plain,
      'select 1 as a from flights having count(*) > 0': plain,
      'select a from flights qualify row_number() over () = 1': plain,
      'select a from flights, flights b': plain,
      'select a from flights join flights b using (a)': plain,
      'select a from (select * from flights)': plain,
      'with x as (select 1) select a from flights': plain,
      'select a from flights union select b from flights': plain,
      'select 1 as a': plain,
      'select a from flights f(x, y)': plain,
      'select * from flights': /expected named columns, came \*/,
      'select columns(*) from flights': /expected named columns, came \*/,
      'select a + 1 from flights': /column 1 needs a name/,
      'select a, b as a from flights': /a second column a/,
      'select a, b as A from flights': /a second column A/,
      'select other.a from flights': /expected a column of flights, came other.a/,
      'select a.b.c from flights': /came a.b.c/,
      'select a from airports': /expected a table of flights, came airports/,
    };
    for (const [sql, message] of Object.entries(refused)) {
      await assert.rejects(
        readProjection(session, sql, 'flights', 'x.sql'),
        { code: 'SPEC_INVALID', message },
        sql,
      );
    }
  });
});
