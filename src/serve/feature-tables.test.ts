import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type KeyValue, parseFeatureTable } from './feature-table.ts';
import { BOUNDARIES_MAX, type FeatureTables, openFeatureTables } from './feature-tables.ts';
import { until } from './fixtures/test-plane.ts';

const HOUR = 3_600_000;

interface Bed {
  readonly put: (at: number, delay: number | null) => Promise<void>;
  readonly putText: (at: number, text: string) => Promise<void>;
  readonly drop: (at: number) => Promise<void>;
  readonly open: (monotonic?: () => number) => Promise<FeatureTables>;
}

const textOf = (at: number, keys: readonly (readonly KeyValue[])[], values: readonly (number | null)[][]) =>
  JSON.stringify({ table: 'carrier', at, key: ['carrier', 'day'], columns: ['delay'], keys, values });

function withTables(work: (bed: Bed) => Promise<void>) {
  return async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'tend-tables-'));
    const folder = path.join(dir, 'flights', 'carrier');
    await mkdir(folder, { recursive: true });
    const opened: FeatureTables[] = [];
    const putText = async (at: number, text: string): Promise<void> => {
      await writeFile(path.join(folder, `${at}.new`), text);
      await rename(path.join(folder, `${at}.new`), path.join(folder, `${at}.json`));
    };
    try {
      await work({
        putText,
        put: (at, delay) => putText(at, textOf(at, [['AA'], [1]], [[delay]])),
        drop: (at) => unlink(path.join(folder, `${at}.json`)),
        open: async (monotonic = () => performance.now()) => {
          const tables = await openFeatureTables(dir, 'flights', 'carrier', monotonic);
          opened.push(tables);
          return tables;
        },
      });
    } finally {
      for (const tables of opened) tables.close();
      await rm(dir, { recursive: true });
    }
  };
}

/**
 * The one number of the fixture's tables that a request at `t` is given; undefined where there is no state.
 */
function delayAt(tables: FeatureTables, t: number, refreshMs?: number): number | undefined {
  const state = tables.at(t, refreshMs);
  return state?.values[0]?.[state.rowOf(['AA', 1])];
}

test(
  'a moment is answered by the newest state at or before it, and by none before the oldest',
  withTables(async ({ put, open }) => {
    await put(1_000, 1);
    await put(2_000, 2);
    await put(-500, 0);
    const tables = await open();
    assert.equal(delayAt(tables, -501), undefined);
    assert.equal(delayAt(tables, -500), 0);
    assert.equal(delayAt(tables, 1_999), 1);
    assert.equal(delayAt(tables, 2_000), 2);
    assert.equal(delayAt(tables, 9e15), 2);
  }),
);

test(
  'a new file is picked up by itself',
  withTables(async ({ put, open }) => {
    await put(1_000, 1);
    const tables = await open();
    await put(2_000, null);
    await until('the new state is held', () => tables.status().newest === 2_000);
    assert.ok(Number.isNaN(delayAt(tables, 3_000)));
  }),
);

test(
  'the first request after a boundary was renamed into place reads it, in the same turn',
  withTables(async ({ put, open }) => {
    await put(0, 0);
    const tables = await open(() => 0);
    await put(HOUR, 1);
    assert.equal(delayAt(tables, HOUR - 1, HOUR), 0);
    assert.equal(delayAt(tables, 2 * HOUR - 1, HOUR), 1);
    assert.deepEqual(tables.status(), { boundaries: 2, newest: HOUR, rows: 1, error: null });
  }),
);

test(
  'a boundary without a file is looked for again after 50 ms and not before',
  withTables(async ({ put, open }) => {
    await put(0, 0);
    let now = 1_000;
    const tables = await open(() => now);
    tables.close();
    assert.equal(delayAt(tables, HOUR, HOUR), 0);
    await put(HOUR, 1);
    now += 49;
    assert.equal(delayAt(tables, HOUR, HOUR), 0);
    now += 1;
    assert.equal(delayAt(tables, HOUR, HOUR), 1);
  }),
);

test(
  'made-up event times cost few looks, and hide no state from others for longer than 50 ms',
  withTables(async ({ put, open }) => {
    await put(0, 0);
    let now = 1_000;
    const tables = await open(() => now);
    tables.close();
    await put(5 * HOUR, 5);
    for (let i = 0; i < 1_000; i++) assert.equal(delayAt(tables, (1_000 + i) * HOUR, HOUR), 0);
    assert.equal(delayAt(tables, 5 * HOUR, HOUR), 0);
    now += 50;
    assert.equal(delayAt(tables, 5 * HOUR, HOUR), 5);
  }),
);

test(
  'only the newest boundaries are known, and a removed one is forgotten',
  withTables(async ({ put, drop, open }) => {
    for (let at = 0; at < BOUNDARIES_MAX + 3; at++) await put(at, at);
    const tables = await open();
    assert.equal(tables.status().boundaries, BOUNDARIES_MAX);
    assert.equal(delayAt(tables, 2), undefined);
    assert.equal(delayAt(tables, 3), 3);
    assert.equal(delayAt(tables, 4), 4);
    for (let at = 0; at <= 4; at++) await drop(at);
    await tables.refresh();
    assert.equal(delayAt(tables, 4), undefined);
    assert.equal(delayAt(tables, 5), 5);
  }),
);

test(
  'a broken file is named and left out until it is whole',
  withTables(async ({ put, putText, open }) => {
    await put(1_000, 1);
    await putText(2_000, textOf(1_500, [['AA'], [1]], [[2]]));
    const tables = await open();
    assert.equal(delayAt(tables, 2_000), 1);
    assert.deepEqual(tables.status(), {
      boundaries: 1,
      newest: 1_000,
      rows: 1,
      error: '2000.json: it says it is of 1500',
    });
    await put(2_000, 2);
    await tables.refresh();
    assert.equal(delayAt(tables, 2_000), 2);
    assert.equal(tables.status().error, null);
  }),
);

test('what is no feature table is refused, with the reason', () => {
  const whole = JSON.parse(textOf(0, [['AA'], [1]], [[2]])) as object;
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [null, /no object/],
    [{ ...whole, at: '0' }, /at is no moment/],
    [{ ...whole, key: [] }, /key is no list of names/],
    [{ ...whole, keys: [['AA']] }, /keys are not 2 lists/],
    [{ ...whole, keys: [['AA'], [1, 2]] }, /a list has 2 values, 1 were expected/],
    [{ ...whole, keys: [[{}], [1]] }, /a key is neither/],
    [{ ...whole, values: [['2']] }, /a value of delay is not a number/],
    [{ ...whole, values: [[true]] }, /a value of delay is not a number/],
    [{ ...whole, values: [2] }, /delay is no list/],
    [{ ...whole, values: ['AAAA'] }, /delay ends in the middle of a number/],
    [{ ...whole, keys: [{ levels: ['AA'], codes: 'AQAAAA==' }, [1]] }, /a code has no level/],
    [{ ...whole, keys: [{ levels: [1], codes: 'AAAAAA==' }, [1]] }, /levels are no texts/],
    [{ ...whole, rows: [], keys: undefined }, /keys are not 2 lists/],
  ];
  for (const [file, reason] of cases) {
    assert.throws(() => parseFeatureTable(JSON.stringify(file)), reason);
  }
  assert.throws(() => parseFeatureTable('{'), /not JSON/);
});

test('a key finds its own row and no other, and a missing part finds none', () => {
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', ':', '1', '2') }),
    fc.integer({ min: 0, max: 12 }),
  );
  const key = fc.tuple(part, part);
  const texts = (pair: readonly unknown[]): string => JSON.stringify(pair.map(String));
  fc.assert(
    fc.property(fc.uniqueArray(key, { selector: texts, minLength: 1 }), key, (rows, other) => {
      const columns = [0, 1].map((i) => rows.map((row) => row[i] as KeyValue));
      const table = parseFeatureTable(textOf(0, columns, [rows.map((_, i) => i)]));
      for (const [i, row] of rows.entries()) assert.equal(table.rowOf(row), i);
      assert.equal(table.rowOf(other), rows.map(texts).indexOf(texts(other)));
      for (const missing of [null, undefined, Number.NaN]) {
        assert.equal(table.rowOf([rows[0]?.[0], missing]), -1);
        assert.equal(table.rowOf([missing, rows[0]?.[1]]), -1);
      }
    }),
  );
  const holes = parseFeatureTable(
    textOf(
      0,
      [
        ['AA', null, 'BB'],
        [1, 1, null],
      ],
      [[1, 2, 3]],
    ),
  );
  assert.deepEqual([holes.rowOf(['AA', 1]), holes.rowOf(['BB', 1]), holes.rowOf(['', 1])], [0, -1, -1]);
});
