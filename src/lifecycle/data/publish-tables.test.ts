import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { parseFeatureTable } from '../../serve/feature-table.ts';
import { BOUNDARIES_MAX } from '../../serve/feature-tables.ts';
import { createTables, type TableSession } from '../../table/tables.ts';
import { publishBoundary } from './publish-tables.ts';

const TABLE = {
  name: 'rates',
  key: ['origin', 'gate'],
  keyTypes: ['string', 'number'],
  columns: ['late', 'flights'],
} as const;

interface Bed {
  readonly session: TableSession;
  readonly publish: (at: number, relation: string) => Promise<void>;
  readonly folder: string;
}

function withSession(work: (bed: Bed) => Promise<void>) {
  return async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'tend-publish-'));
    const session = await createTables({ tempDir: dir }).session();
    try {
      const publish = (at: number, relation: string): Promise<void> =>
        publishBoundary(session, { dir, project: 'flights', table: TABLE, at, relation });
      await work({ session, publish, folder: path.join(dir, 'flights', 'rates') });
    } finally {
      await session[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true });
    }
  };
}

const read = ({ folder }: Bed, at: number) =>
  parseFeatureTable(readFileSync(path.join(folder, `${at}.json`), 'utf8'));

test(
  'every finite double comes back as the same double, and what is not finite is missing',
  withSession(async (bed) => {
    const bits = new DataView(new ArrayBuffer(8));
    const given = [
      0.1,
      1 / 3,
      5e-324,
      2.2250738585072014e-308,
      Number.MAX_VALUE,
      -1.5e300,
      2 ** 53 + 2,
      -0,
      7,
    ];
    // Every bit pattern that a fixed congruential sequence (Knuth, MMIX) comes across, over all exponents.
    let state = 42n;
    while (given.length < 4_000) {
      state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
      bits.setBigUint64(0, state);
      const value = bits.getFloat64(0);
      if (Number.isFinite(value)) given.push(value);
    }
    await bed.session.run('CREATE TABLE r (origin VARCHAR, gate INTEGER, late DOUBLE, flights FLOAT)');
    const append = await bed.session.connection.createAppender('r');
    const rows = [...given, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null];
    for (const [i, late] of rows.entries()) {
      append.appendVarchar(`"ü\n${i}`);
      append.appendInteger(i);
      if (late === null) append.appendNull();
      else append.appendDouble(late);
      append.appendFloat(0.1);
      append.endRow();
    }
    append.closeSync();
    await bed.publish(3_600_000, 'r');
    const table = read(bed, 3_600_000);
    assert.equal(table.rows, rows.length);
    for (const [i, late] of rows.entries()) {
      const row = table.rowOf([`"ü\n${i}`, i]);
      const expected = late === null || !Number.isFinite(late) ? Number.NaN : late;
      assert.ok(
        Object.is(table.values[0]?.[row], expected),
        `${late} came back as ${table.values[0]?.[row]}`,
      );
      assert.equal(table.values[1]?.[row], Math.fround(0.1));
    }
  }),
);

test(
  'a boundary without rows is a state in which no key is found, and dictionary codes are texts',
  withSession(async (bed) => {
    await bed.publish(0, "(SELECT 'A' AS origin, 1 AS gate, 1.5 AS late, 2 AS flights WHERE false)");
    assert.equal(read(bed, 0).rows, 0);
    assert.equal(read(bed, 0).rowOf(['A', 1]), -1);
    await bed.session.run("CREATE TYPE code AS ENUM ('A', 'B')");
    await bed.publish(1, "(SELECT 'B'::code AS origin, 2::HUGEINT AS gate, true AS late, 3 AS flights)");
    const table = read(bed, 1);
    assert.deepEqual(
      table.values.map((values) => values[table.rowOf(['B', 2])]),
      [1, 3],
    );
  }),
);

test(
  'the newest boundaries stay, older files are removed, and no temporary file is left',
  withSession(async (bed) => {
    for (let hour = 0; hour < BOUNDARIES_MAX + 3; hour++) {
      await bed.publish(hour * 3_600_000, "(SELECT 'A' AS origin, 1 AS gate, 0.5 AS late, 2 AS flights)");
    }
    const names = readdirSync(bed.folder);
    assert.equal(names.length, BOUNDARIES_MAX);
    assert.equal(Math.min(...names.map((name) => Number.parseInt(name, 10))), 3 * 3_600_000);
  }),
);
