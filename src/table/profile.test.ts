import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { canonicalJson } from '../kernel/hash.ts';
import { type ColumnProfile, profile, profileJson } from './profile.ts';
import { tableSchema } from './table-schema.ts';
import { createTables, type TableSession } from './tables.ts';

const dir = mkdtempSync(join(tmpdir(), 'tend-profile-'));

describe('profile()', () => {
  let session: TableSession;
  before(async () => {
    session = await createTables({ tempDir: dir }).session();
  });
  after(async () => {
    await session[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });
  const profiled = async (relation: string): Promise<ColumnProfile[]> =>
    profile(session, relation, await tableSchema(session, relation));

  test('gives the figures counted by hand', async () => {
    const [n, s, t, b] = await profiled(`(SELECT * FROM (VALUES
      (1.0::DOUBLE, 'a', TIMESTAMP '1970-01-01 00:00:01', true),
      (2, 'b', TIMESTAMP '1970-01-01 00:00:02', false), (2, 'b', NULL, NULL),
      (4, NULL, TIMESTAMP '1970-01-01 00:00:03', true), (NULL, 'c''"', NULL, true)) v(n, s, t, b))`);
    const quantiles = [1, 1, 1, 2, 2, 4, 4];
    assert.deepEqual(n, {
      name: 'n',
      type: 'number',
      rows: 5,
      nulls: 1,
      distinct: 3,
      min: 1,
      max: 4,
      mean: 2.25,
      quantiles,
    });
    const top = [
      { value: 'b', rows: 2 },
      { value: 'a', rows: 1 },
      { value: `c'"`, rows: 1 },
    ];
    assert.deepEqual(s, {
      name: 's',
      type: 'string',
      rows: 5,
      nulls: 1,
      distinct: 3,
      min: 'a',
      max: `c'"`,
      top,
    });
    assert.deepEqual([t?.min, t?.max, t?.mean, t?.nulls], [1000, 3000, 2000, 2]);
    assert.deepEqual([b?.min, b?.max, b?.mean, b?.nulls, b?.distinct], [0, 1, 0.75, 1, 2]);
  });

  test('quantiles of 1 to 100 are the hundredths', async () => {
    const [i] = await profiled('(SELECT i FROM range(1, 101) r(i))');
    assert.deepEqual(i?.quantiles, [1, 5, 25, 50, 75, 95, 99]);
  });

  test('NaN counts as null, and figures that are not finite are left out, so that it is JSON', async () => {
    const columns = await profiled(`(SELECT * FROM (VALUES ('nan'::DOUBLE, 'inf'::DOUBLE, 'nan'::DOUBLE),
      (3, 1, 'nan')) v(mixed, endless, missing))`);
    const [mixed, endless, missing] = columns;
    assert.deepEqual([mixed?.nulls, mixed?.distinct, mixed?.min, mixed?.max, mixed?.mean], [1, 1, 3, 3, 3]);
    assert.deepEqual(
      [endless?.min, endless?.max, endless?.mean, endless?.quantiles],
      [1, undefined, undefined, undefined],
    );
    assert.deepEqual([missing?.nulls, missing?.min, missing?.mean], [2, undefined, undefined]);
    assert.doesNotThrow(() => canonicalJson(profileJson(columns)));
  });

  test('an empty relation, odd names, and long texts are profiled', async () => {
    const [empty] = await profiled('(SELECT 1.5::DOUBLE AS x LIMIT 0)');
    assert.deepEqual(empty, { name: 'x', type: 'number', rows: 0, nulls: 0, distinct: 0 });
    const [odd] = await profiled(`(SELECT repeat('x', 100000) AS "select ""it""")`);
    assert.equal(odd?.name, 'select "it"');
    assert.equal(String(odd?.max).length, 200);
    assert.equal(odd?.top?.[0]?.value.length, 200);
  });
});
