import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type StageHarness, stageHarness } from '../../../test/stage-harness.ts';
import type { Column } from '../../kernel/column.ts';
import { sqlText } from '../../table/sql-name.ts';
import { storeRows } from './ingest-partition.ts';
import { joinTable } from './join-tables.ts';
import { boundaryAt, type TableHistory } from './table-history.ts';
import type { TableQuery } from './table-query.ts';

const HOUR = 3_600_000;
const FROM = Date.UTC(2001, 0, 1);
const WORDS = ['', 'a', 'B', 'é', "it's", '10', '9'];
const NUMBERS = [10, 9, -1.5, 0, 1e9];

const table: TableQuery = {
  name: 'rates',
  key: ['w', 'n'],
  keyTypes: ['string', 'number'],
  columns: ['x', 'y'],
  sql: '',
};
const keyed = fc.record({
  hour: fc.nat({ max: 3 }),
  word: fc.constantFrom(...WORDS),
  number: fc.constantFrom(...NUMBERS),
  x: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
});
const asked = fc.record({
  ms: fc.integer({ min: -2 * HOUR, max: 6 * HOUR }),
  word: fc.option(fc.constantFrom(...WORDS, 'new')),
  number: fc.option(fc.constantFrom(...NUMBERS, 7)),
});

test('a boundary is the whole refresh interval at or before a moment', () => {
  assert.equal(boundaryAt(FROM, HOUR), FROM);
  assert.equal(boundaryAt(FROM + HOUR - 1, HOUR), FROM);
  assert.equal(boundaryAt(FROM + HOUR, HOUR), FROM + HOUR);
  assert.equal(boundaryAt(-1, HOUR), -HOUR);
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 60_000, max: 1e9 }), (ms, refresh) => {
      const at = boundaryAt(ms, refresh);
      assert.ok(at <= ms && ms < at + refresh && Math.abs(at % refresh) === 0);
    }),
  );
});

describe('joinTable()', () => {
  let harness: StageHarness;
  before(async () => {
    harness = await stageHarness();
  });
  after(() => harness[Symbol.asyncDispose]());

  test('finds what a search through all rows finds: the key at the boundary, else nothing', async () => {
    const rows = fc.uniqueArray(keyed, {
      selector: ({ hour, word, number }) => `${hour} ${number} ${word}`,
      maxLength: 40,
    });
    await harness.run(async (scope) => {
      await using session = await scope.tables.session();
      await fc.assert(
        fc.asyncProperty(rows, fc.array(asked, { minLength: 1, maxLength: 40 }), async (lines, wanted) => {
          const cells = lines.map(({ hour, word, number, x }) => [
            `epoch_ms(${FROM + hour * HOUR})`,
            sqlText(word),
            `${number}::DOUBLE`,
            `${x ?? 'NULL'}::DOUBLE`,
            hour,
          ]);
          const all = [[`NULL::TIMESTAMP, '', 0::DOUBLE, 0::DOUBLE, 0`], ...cells].map(
            (it) => `(${it.join(', ')})`,
          );
          const history: TableHistory = {
            table: 'rates',
            refreshMs: HOUR,
            from: FROM,
            to: FROM + 3 * HOUR,
            rows: lines.length,
            parts: [
              {
                from: FROM,
                to: FROM + 3 * HOUR,
                blob: await storeRows(
                  scope,
                  session,
                  `SELECT * FROM (VALUES ${all.join(', ')}) v(tend_at, w, n, x, y)
               WHERE tend_at IS NOT NULL ORDER BY tend_at, w, n`,
                ),
              },
            ],
          };
          const keys = [
            textColumn(wanted.map(({ word }) => word)),
            numberColumn(wanted.map(({ number }) => number)),
          ];
          const time = Float64Array.from(wanted, ({ ms }) => FROM + ms);
          const [x, y] = await joinTable(scope, table, history, { rows: wanted.length, keys, time });
          wanted.forEach(({ ms, word, number }, i) => {
            const hour = Math.min(Math.floor(ms / HOUR), 3);
            const line = lines.find((it) => it.hour === hour && it.word === word && it.number === number);
            assert.deepEqual([x?.values[i], y?.values[i]], [line?.x ?? Number.NaN, line?.hour ?? Number.NaN]);
          });
        }),
        { numRuns: 40 },
      );
    });
  });
});

function textColumn(values: readonly (string | null)[]): Column {
  const levels = [...new Set(values.filter((value) => value !== null))].reverse();
  return {
    kind: 'category',
    levels,
    codes: Int32Array.from(values, (value) => (value === null ? -1 : levels.indexOf(value))),
  };
}

function numberColumn(values: readonly (number | null)[]): Column {
  return { kind: 'number', values: Float64Array.from(values, (value) => value ?? Number.NaN) };
}
