import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertRepeatable } from './assert-repeatable.ts';
import { parseSelect, sqlOfTree, sqlTree } from './sql-statement.ts';
import { createTables, type TableSession } from './tables.ts';

const dir = mkdtempSync(join(tmpdir(), 'tend-sql-'));

describe('a declared SELECT', () => {
  let session: TableSession;
  before(async () => {
    session = await createTables({ tempDir: dir }).session();
  });
  after(async () => {
    await session[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });
  const check = async (sql: string): Promise<void> =>
    assertRepeatable(await parseSelect(session, sql, 'x.sql'), ['flights'], 'x.sql');

  test('may use its table, parts of its own, joins, unions, windows, in any case', async () => {
    const allowed = [
      'select a from flights',
      'SELECT A FROM Flights f',
      'with late as (select * from flights) select avg(a) from late',
      'with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) select * from n, flights',
      'select * from flights a join flights b on a.x = b.x',
      'select * from (select a from flights) union select 1',
      'select row_number() over (partition by a order by b) from flights',
      'select (select max(a) from flights), list_transform([1], x -> x + 1)',
      'select age(a, b), flights.current_date from flights',
      'select * from flights where landed > $at - interval 3 hours',
    ];
    for (const sql of allowed) await assert.doesNotReject(check(sql), sql);
  });

  test('may not read a file, another table, or the engine', async () => {
    const refused = {
      "select * from read_parquet('x')": /table function/,
      "select * from 'x.parquet'": /came x.parquet/,
      'select * from airports': /expected a table of flights, came airports/,
      'select * from main.flights': /came main.flights/,
      'select * from memory.main.flights': /came memory.main.flights/,
      'select * from flights, range(5)': /table function/,
      'select * from flights, unnest([1])': /table function/,
      'select * from duckdb_tables()': /table function/,
      'select * from information_schema.tables': /came information_schema/,
      'select * from (describe flights)': /listing of the engine/,
      'select * from (show tables)': /listing of the engine/,
      'select (select count(*) from airports) from flights': /came airports/,
      'with x as (select * from airports) select * from x': /came airports/,
      'with tend_arrived_rows as (select 1) select * from tend_arrived_rows': /may not be called/,
    };
    for (const [sql, message] of Object.entries(refused)) {
      await assert.rejects(check(sql), { code: 'SPEC_INVALID', message }, sql);
    }
  });

  test('may not depend on the day, on chance, or on who asks', async () => {
    const words = [
      'now()',
      'random()',
      'uuid()',
      'uuidv7()',
      'today()',
      'current_date',
      'CURRENT_TIMESTAMP',
      'localtimestamp',
      'current_user',
      'user',
      'age(a)',
      'main.now()',
      "getenv('HOME')",
      "nextval('s')",
      'version()',
      "current_setting('threads')",
      'sleep_ms(1)',
      'reservoir_quantile(a, 0.5)',
    ];
    for (const word of words) {
      const sql = `select a from flights where ${word} is not null`;
      await assert.rejects(check(sql), { code: 'SPEC_INVALID', message: /does not depend on the rows/ }, sql);
    }
    await assert.rejects(check('select * from flights using sample 5'), /a sample is another one/);
    await assert.rejects(check('select * from flights tablesample 10%'), /a sample is another one/);
  });

  test('is one SELECT: several statements, changes and nonsense are refused', async () => {
    const refused = {
      'select 1; select 2': /one SELECT statement, found 2/,
      '': /found 0/,
      "attach 'x.db'": /Only SELECT/,
      "copy flights to 'x'": /Only SELECT/,
      'drop table flights': /Only SELECT/,
      'set threads = 2': /Only SELECT/,
      'selec 1': /syntax error/,
    };
    for (const [sql, message] of Object.entries(refused)) {
      await assert.rejects(check(sql), { code: 'SPEC_INVALID', message }, sql);
    }
  });

  test('no function that DuckDB itself calls unstable is let through', async () => {
    const rows = await session.rows(
      `SELECT DISTINCT function_name AS name, function_type = 'scalar' AS scalar FROM duckdb_functions()
       WHERE stability IN ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')`,
    );
    assert.ok(rows.length > 20);
    for (const { name } of rows) {
      await assert.rejects(
        check(`select ${String(name)}(a) from flights`),
        { code: 'SPEC_INVALID' },
        String(name),
      );
    }
  });

  test('keeps whole numbers of any length through its tree', async () => {
    for (const number of [
      '9007199254740993',
      '-9007199254740993',
      '170141183460469231731687303715884105727',
      '0.1',
    ]) {
      const sql = await sqlOfTree(session, await sqlTree(session, `select ${number} as n`));
      assert.deepEqual(await session.rows(`SELECT n::VARCHAR AS n FROM (${sql})`), [{ n: number }]);
    }
  });
});
