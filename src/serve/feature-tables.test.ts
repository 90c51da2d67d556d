import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { joinKey, type KeyValue } from './feature-table.ts';
import { BOUNDARIES_MAX, type FeatureTables, openFeatureTables } from './feature-tables.ts';
import { until } from './fixtures/test-plane.ts';

function withTables(
  work: (
    put: (at: number, delay: number | null) => Promise<void>,
    open: () => Promise<FeatureTables>,
  ) => Promise<void>,
) {
  return async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'tend-tables-'));
    const folder = path.join(dir, 'flights', 'carrier');
    await mkdir(folder, { recursive: true });
    const opened: FeatureTables[] = [];
    try {
      await work(
        async (at, delay) => {
          const text = JSON.stringify({
            table: 'carrier',
            at,
            key: ['carrier', 'day'],
            columns: ['delay'],
            rows: [['AA', 1, delay]],
          });
          await writeFile(path.join(folder, `${at}.new`), text);
          await rename(path.join(folder, `${at}.new`), path.join(folder, `${at}.json`));
        },
        async () => {
          const tables = await openFeatureTables(dir, 'flights', 'carrier');
          opened.push(tables);
          return tables;
        },
      );
    } finally {
      for (const tables of opened) tables.close();
      await rm(dir, { recursive: true });
    }
  };
}

const KEY = joinKey(['AA', 1]) ?? '';

test(
  'a moment is answered by the newest state at or before it, and by none before the oldest',
  withTables(async (put, open) => {
    await put(1_000, 1);
    await put(2_000, 2);
    await put(-500, 0);
    const tables = await open();
    const delayAt = (t: number): number | undefined => tables.at(t)?.rows.get(KEY)?.[0];
    assert.equal(delayAt(-501), undefined);
    assert.equal(delayAt(-500), 0);
    assert.equal(delayAt(1_999), 1);
    assert.equal(delayAt(2_000), 2);
    assert.equal(delayAt(9e15), 2);
  }),
);

test(
  'a new file is picked up by itself',
  withTables(async (put, open) => {
    await put(1_000, 1);
    const tables = await open();
    await put(2_000, null);
    await until('the new state is held', () => tables.status().newest === 2_000);
    assert.ok(Number.isNaN(tables.at(3_000)?.rows.get(KEY)?.[0]));
  }),
);

test(
  'only the newest boundaries are held',
  withTables(async (put, open) => {
    for (let at = 0; at < BOUNDARIES_MAX + 3; at++) await put(at, at);
    const tables = await open();
    assert.equal(tables.status().boundaries, BOUNDARIES_MAX);
    assert.equal(tables.at(2), undefined);
    assert.equal(tables.at(3)?.at, 3);
  }),
);

test('no two keys join to one text, and a missing part joins to none', () => {
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', ':', '1', '2') }),
    fc.integer({ min: 0, max: 12 }).map(String),
  );
  const key = fc.array(part, { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(key, key, (a, b) => {
      assert.equal(joinKey(a) === joinKey(b), JSON.stringify(a) === JSON.stringify(b));
    }),
  );
  for (const missing of [null, undefined, Number.NaN] as KeyValue[])
    assert.equal(joinKey(['a', missing]), null);
});
