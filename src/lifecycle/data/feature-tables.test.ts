import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type StageHarness, stageHarness } from '../../../test/stage-harness.ts';
import { sqlText, sqlTime } from '../../table/sql-name.ts';
import type { TableColumn } from '../../table/table-schema.ts';
import type { TableRow, TableSession } from '../../table/tables.ts';
import { atMoment, readTableQuery, type TableQuery, withOutcome } from './table-query.ts';

const COLUMNS: readonly TableColumn[] = [
  { name: 'row', type: 'integer' },
  { name: 'k', type: 'string' },
  { name: 'n', type: 'integer' },
  { name: 't', type: 'time' },
  { name: 'v', type: 'number' },
];
const OUTCOME = 'select v > 1 as late, t + interval 10 seconds as known from src';
const HOUR = 3_600_000;

describe('a feature table', () => {
  let harness: StageHarness;
  let session: TableSession;
  before(async () => {
    harness = await stageHarness();
    session = await harness.tables.session();
  });
  after(async () => {
    await session[Symbol.asyncDispose]();
    await harness[Symbol.asyncDispose]();
  });
  const read = (sql: string, key: readonly string[] = ['k']): Promise<TableQuery> =>
    readTableQuery(session, {
      name: 'rates',
      key,
      source: 'src',
      sql,
      origin: 'rates.sql',
      columns: COLUMNS,
      outcomeSql: OUTCOME,
    });

  type Happened = readonly [key: string, ms: number, value: number];
  const computed = async (table: TableQuery, rows: readonly Happened[], at: number): Promise<TableRow[]> => {
    const cells = rows.map(([k, ms, v], i) => `(${i}, ${sqlText(k)}, ${i}, ${sqlTime(ms)}, ${v}::DOUBLE)`);
    const all = [`(-1, '', 0, NULL::TIMESTAMP, 0)`, ...cells].join(', ');
    const raw = `(SELECT * FROM (VALUES ${all}) x("row", k, n, t, v) WHERE "row" >= 0)`;
    const relation = await withOutcome(session, 'src', raw, OUTCOME);
    const query = atMoment('src', table.sql, relation, 'known').replaceAll('$at', sqlTime(at));
    return session.rows(`SELECT * FROM (${query}) ORDER BY ALL`);
  };

  test('never changes at a boundary, whatever arrives later: nothing sees the future', async () => {
    const tables = await Promise.all(
      [
        'select k, avg(late::int) as a, count(*) as c, max(v) as m from src group by k',
        `select k, sum(v) filter (where known > $at - interval 1 hour) as s from src
         where t > $at - interval 1 day group by k`,
        `with own as (select * from src)
         select k, (select count(*) from own) as everything from src group by k`,
        `select k, last(v order by t) as newest, (select max(known) <= $at from src) as bounded
         from src group by all`,
        'select a.k, count(*) as pairs from src a join src b on a.k = b.k group by a.k',
      ].map((sql) => read(sql)),
    );
    const happened = fc.tuple(fc.constantFrom('a', 'b', "c'"), fc.nat({ max: 4 * HOUR }), fc.nat({ max: 3 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(happened, { maxLength: 12 }),
        fc.array(happened, { maxLength: 12 }),
        async (past, more) => {
          const at = 2 * HOUR;
          const arrived = past
            .map(([k, ms, v]) => [k, ms / 2, v] as const)
            .filter(([, ms]) => ms + 10_000 <= at);
          const later = more.map(([k, ms, v]) => [k, at - 9_999 + ms, v] as const);
          for (const table of tables) {
            assert.deepEqual(
              await computed(table, [...arrived, ...later], at),
              await computed(table, arrived, at),
            );
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test('counts a row from the very moment at which it arrived', async () => {
    const table = await read('select k, count(*) as c from src group by k');
    const row: Happened = ['a', 50_000, 1];
    assert.deepEqual(await computed(table, [row], 59_999), []);
    assert.deepEqual(await computed(table, [row], 60_000), [{ k: 'a', c: 1 }]);
  });

  test('knows its key, its columns, and their types', async () => {
    const table = await read(
      'select n, k, avg(v) as mean, count(*) c, bool_or(late) as any from src group by all',
      ['k', 'n'],
    );
    assert.deepEqual(table.key, ['k', 'n']);
    assert.deepEqual(table.keyTypes, ['string', 'number']);
    assert.deepEqual(table.columns, ['mean', 'c', 'any']);
  });

  test('that does not fit is refused with file and reason', async () => {
    const refused: readonly (readonly [string, RegExp, (readonly string[])?])[] = [
      ['select avg(v) as a from src', /expected the key k in the SELECT, missing k/],
      ['select k, n as x from src group by all', /missing n/, ['k', 'n']],
      ['select k from src group by k', /a column besides the key/],
      ["select k, 'x' as word from src", /expected numbers, word is of type string/],
      ['select k, max(t) as newest from src group by k', /expected numbers, newest is of type time/],
      ['select t, count(*) as c from src group by t', /text or a number as key, t is of type time/, ['t']],
      ['select late, count(*) as c from src group by late', /late is of type boolean/, ['late']],
      ['select k, count(*) c from src where t > $now group by k', /expected the parameter \$at, came \$now/],
      ['select k, count(*) c from src where t > $1 group by k', /expected the parameter \$at, came \$1/],
      ['select k, count(*) c from src where t > ? group by k', /expected the parameter \$at/],
      ['select k, count(*) c from other group by k', /expected a table of src, came other/],
      ['select k, count(*) c from tend_arrived_rows group by k', /came tend_arrived_rows/],
      ['select k, count(*) c from tend_history group by k', /came tend_history/],
      ['select k, count(*) c, now() as n from src group by k', /does not depend on the rows/],
      ['select k, nope from src', /rates.sql: Binder Error: .*nope/],
      ['select k, $at + 1 as x from src', /rates.sql: Binder Error/],
      ['select k, count(*) c from src group by k; select 1', /expected one SELECT/],
    ];
    for (const [sql, message, key] of refused) {
      await assert.rejects(read(sql, key ?? ['k']), { code: 'SPEC_INVALID', message }, sql);
    }
  });

  test('$at is a parameter where it is one, and text where it is text', async () => {
    const table = await read(
      `select k, count(*) filter (where k <> '$at') as "c$at", ($at > known)::int as y
       from src group by all -- $at`,
    );
    assert.deepEqual(table.columns, ['c$at', 'y']);
    const one = `(SELECT '$at' AS k, TIMESTAMP '2001-01-01' AS known)`;
    const prepared = await session.connection.prepare(table.sql.replace('FROM src', `FROM ${one}`));
    prepared.bind({ at: '2001-01-02 00:00:00' });
    const reader = await prepared.runAndReadAll();
    assert.deepEqual(reader.getRowsJS(), [['$at', 0n, 1]]);
  });
});
