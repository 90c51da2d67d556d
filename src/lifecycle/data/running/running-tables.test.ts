import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type StageHarness, stageHarness } from '../../../../test/stage-harness.ts';
import { sqlName, sqlText, sqlTime } from '../../../table/sql-name.ts';
import type { TableColumn } from '../../../table/table-schema.ts';
import type { TableSession } from '../../../table/tables.ts';
import { atMoment, readTableQuery, type TableQuery, withOutcome } from '../table-query.ts';
import type { RunningRows } from './running-rows.ts';
import { openRunningTables } from './running-tables.ts';

const COLUMNS: readonly TableColumn[] = [
  { name: 'row', type: 'integer' },
  { name: 'k', type: 'string' },
  { name: 'n', type: 'integer' },
  { name: 't', type: 'time' },
  { name: 'v', type: 'integer' },
];
const OUTCOME = 'select v > 4 as late, t + to_minutes(v::bigint) as known from src';
const HOUR = 3_600_000;
const MINUTE = 60_000;
const START = Date.UTC(2024, 1, 28, 22);

/** SELECTs that are kept up to date row by row. */
const RUNNING = {
  plain: [
    'k',
    'select k, count(*) as c, avg(v) as a from src where known > $at - interval 3 hours group by k',
  ],
  two: [
    'n,k',
    `select s.k, n, sum(v) as total, count(v) as some, avg(late::int) as late
     from src s where s.t >= $at - interval 1 hour and v % 2 = 0 group by s.k, n`,
  ],
  filters: [
    'k',
    `select k, avg(v) filter (where t > $at - interval 90 minutes) as newer, sum(v + n) as both,
       count(*) filter (where late and known > $at - interval 2 hours) as late
     from src where known > $at::timestamp - interval '5 hours' group by k`,
  ],
  always: [
    'n',
    "select n, count(*) as c, sum(v) as total, avg(v) filter (where k > 'a') as a from src group by n",
  ],
} as const;

/** SELECTs that are not: each says something that does not come and go with single rows. */
const WHOLE = {
  fraction: 'select k, avg(v / 3) as a from src group by k',
  largest: 'select k, max(v) as m from src group by k',
  distinct: 'select k, count(distinct v) as c from src group by k',
  calendar: "select k, count(*) as c from src where t > date_trunc('day', $at) group by k",
  month: 'select k, count(*) as c from src where t > $at - interval 1 month group by k',
  age: 'select k, sum(epoch_ms($at::timestamp - t) / 1000) as s from src group by k',
  having: 'select k, count(*) as c from src group by k having count(*) > 1',
  other: 'select k, count(*) as c from src where n in (select max(n) from src) group by k',
  named: 'with own as (select * from src) select k, count(*) as c from own group by k',
  until: 'select k, count(*) as c from src where t < $at - interval 1 hour group by k',
  grouped: 'select k, count(*) as c from src group by k, n',
} as const;

interface Row {
  readonly k: string | null;
  readonly n: number | null;
  readonly t: number | null;
  readonly v: number | null;
}

const rows: fc.Arbitrary<readonly Row[]> = fc.array(
  fc.record({
    k: fc.constantFrom('a', "b'", 'ü', '', null),
    n: fc.constantFrom(1, 2, null),
    t: fc.option(
      fc.integer({ min: 0, max: 10 * 60 }).map((minute) => START + minute * MINUTE),
      { freq: 9 },
    ),
    v: fc.option(fc.integer({ min: -7, max: 90 }), { freq: 9 }),
  }),
  { maxLength: 40 },
);

describe('running tables', () => {
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
  const read = (name: string, sql: string, key = 'k'): Promise<TableQuery> =>
    readTableQuery(session, {
      name,
      key: key.split(','),
      source: 'src',
      sql,
      origin: `${name}.sql`,
      columns: COLUMNS,
      outcomeSql: OUTCOME,
    });
  const open = (tables: readonly TableQuery[]) =>
    openRunningTables(
      session,
      { source: 'src', outcomeSql: OUTCOME, available: 'known', tables },
      { features: { tables: {} } } as never,
      relationOf([]),
    );

  test('are what adding up at each boundary gives, whenever rows come', async () => {
    const tables = await Promise.all(
      Object.entries(RUNNING).map(([name, [key, sql]]) => read(name, sql, key)),
    );
    await fc.assert(
      fc.asyncProperty(rows, rows, fc.nat(10), async (early, late, at) => {
        const running = await open(tables);
        assert.deepEqual(
          running.others.map(({ name }) => name),
          [],
        );
        const begin = START + at * HOUR;
        for await (const piece of running.read(relationOf(early), begin - HOUR)) running.add(piece);
        for (const boundary of [begin, begin + HOUR, begin + 2 * HOUR, begin + 5 * HOUR, begin + 6 * HOUR]) {
          if (boundary === begin + 2 * HOUR) running.add(await piecesOf(running, late));
          const known = boundary >= begin + 2 * HOUR ? [...early, ...late] : early;
          for (const { table, running: one } of running.all) {
            const state = one.at(boundary);
            const keys = one
              .keys()
              .map(({ levels }, part) => Array.from(state.codes[part] ?? [], (code) => levels[code]));
            const served = Array.from({ length: state.rows }, (_, row) => [
              ...keys.map((part) => part[row]),
              ...state.values.map((values) => (Number.isNaN(values[row]) ? null : values[row])),
            ]);
            assert.deepEqual(sorted(served), sorted(await computed(table, known, boundary)), table.name);
          }
        }
      }),
      { numRuns: 25 },
    );
  });
  const piecesOf = async (running: Awaited<ReturnType<typeof open>>, late: readonly Row[]) => {
    const relation = await withOutcome(session, 'src', relationOf(late), OUTCOME);
    const statement = await session.prepare(`SELECT 1, ${running.select.join(', ')} FROM ${relation}`);
    return running.rowsOf(await statement.columns({}), 1) satisfies readonly RunningRows[];
  };
  const computed = async (table: TableQuery, all: readonly Row[], at: number): Promise<unknown[][]> => {
    const relation = await withOutcome(session, 'src', relationOf(all), OUTCOME);
    const query = atMoment('src', table.sql, relation, 'known').replaceAll('$at', sqlTime(at));
    const list = [
      ...table.key.map(sqlName),
      ...table.columns.map((column) => `${sqlName(column)}::DOUBLE AS ${sqlName(column)}`),
    ];
    const where = table.key.map((name) => `${sqlName(name)} IS NOT NULL`).join(' AND ');
    const found = await session.rows(`SELECT ${list.join(', ')} FROM (${query}) WHERE ${where}`);
    return found.map((row) => [...table.key, ...table.columns].map((name) => row[name]));
  };

  for (const [name, sql] of Object.entries(WHOLE)) {
    test(`are not kept where the SELECT is of another form: ${name}`, async () => {
      const table = await read(name, sql);
      const { all, others } = await open([table]);
      assert.deepEqual([all.length, others], [0, [table]]);
    });
  }
});

function relationOf(all: readonly Row[]): string {
  const cells = all.map(({ k, n, t, v }, i) => {
    const values = [k === null ? 'NULL' : sqlText(k), n ?? 'NULL', t === null ? 'NULL' : sqlTime(t)];
    return `(${i}, ${values.join(', ')}, ${v ?? 'NULL'})`;
  });
  const typed = [
    'row::BIGINT AS "row"',
    'k::VARCHAR AS k',
    'n::INTEGER AS n',
    't::TIMESTAMP AS t',
    'v::INTEGER AS v',
    'NULL::TIMESTAMP AS tend_known',
  ];
  const values = [`(-1, '', 0, NULL, 0)`, ...cells].join(', ');
  return `(SELECT ${typed.join(', ')} FROM (VALUES ${values}) x("row", k, n, t, v) WHERE "row" >= 0)`;
}

function sorted(all: readonly (readonly unknown[])[]): string[] {
  return all.map((row) => JSON.stringify(row)).sort();
}
