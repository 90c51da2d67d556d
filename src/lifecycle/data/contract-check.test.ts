import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type StageHarness, stageHarness } from '../../../test/stage-harness.ts';
import { checkSpec } from './check-spec.ts';
import { ingestSource, type IngestedSource, rowsOf, writeParquet } from './data-testbed.ts';

/** Six rows of January, six of February: the last of each month breaks what can be broken. */
const ROWS = `SELECT * FROM (VALUES
  (1, 'AAA', 10.0::DOUBLE, TIMESTAMP '2001-01-01'), (2, 'BBB', 20, TIMESTAMP '2001-01-02'),
  (3, 'AAA', NULL, TIMESTAMP '2001-01-03'), (3, NULL, 30, TIMESTAMP '2001-01-31 23:59:59.999'),
  (4, 'x''); --', 40, TIMESTAMP '2001-01-05'), (5, 'BBB', 'nan', TIMESTAMP '2001-01-06'),
  (6, 'CCC', -5, TIMESTAMP '2001-02-01'), (7, 'AAA', 15, TIMESTAMP '2001-02-02'),
  (7, 'AAA', 15, TIMESTAMP '2001-02-02'), (8, NULL, 16, TIMESTAMP '2001-02-03'),
  (9, 'BBB', 17, TIMESTAMP '2001-02-04'), (10, 'BBB', 18, TIMESTAMP '2001-02-28')) v(id, code, x, t)`;

describe('a data contract', () => {
  let harness: StageHarness;
  before(async () => {
    harness = await stageHarness();
    await writeParquet(harness, 'rows.parquet', ROWS);
    await writeParquet(
      harness,
      'codes.parquet',
      `SELECT unnest(['AAA', 'BBB', NULL]) AS code, unnest([1, 2, 3]) AS n`,
    );
  });
  after(() => harness[Symbol.asyncDispose]());

  const source = { type: 'parquet', uri: 'rows.parquet', partition: 'month', time: 't' };
  const sources = { rows: source, codes: { type: 'parquet', uri: 'codes.parquet' } };
  const checked = (...checks: unknown[]): Promise<IngestedSource> => {
    return ingestSource(harness, 'rows', sources, { rows: checks });
  };
  const warned = async (check: object): Promise<string[]> => {
    const { version, outcomes } = await checked({ ...check, severity: 'warn' });
    assert.equal(version.rows, 12, 'a warning sets nothing aside');
    return Object.values(outcomes);
  };

  test('each rule counts what breaks it; null breaks not_null alone, NaN is out of every range', async () => {
    assert.deepEqual(await warned({ column: 'code', not_null: true }), ['fail 1', 'fail 1']);
    assert.deepEqual(await warned({ column: 'id', not_null: true }), ['pass 0', 'pass 0']);
    assert.deepEqual(await warned({ column: 'id', unique: true }), ['fail 1', 'fail 1']);
    assert.deepEqual(await warned({ column: 'code', matches: '[A-Z]{3}' }), ['fail 1', 'pass 0']);
    assert.deepEqual(await warned({ column: 'code', matches: '[A-Z]' }), ['fail 5', 'fail 5']);
    assert.deepEqual(await warned({ column: 'x', between: [10, 30] }), ['fail 2', 'fail 1']);
    assert.deepEqual(await warned({ column: 'code', in: ['AAA', 'BBB', "x'); --"] }), ['pass 0', 'fail 1']);
    assert.deepEqual(await warned({ column: 'id', in: [1, 2, 3, 4, 5] }), ['pass 0', 'fail 6']);
    assert.deepEqual(await warned({ column: 'code', in: 'codes.code' }), ['fail 1', 'fail 1']);
    assert.deepEqual(await warned({ column: 'code', known: 'earlier_partitions' }), ['fail 1']);
    assert.deepEqual(await warned({ unique: 'all' }), ['pass 0', 'fail 1']);
    assert.deepEqual(await warned({ unique: ['id', 'code'] }), ['pass 0', 'fail 1']);
    assert.deepEqual(await warned({ expect: 'x > 0 -- positive' }), ['fail 1', 'fail 1']);
    assert.deepEqual(await warned({ expect: 'id < 100 or x is null' }), ['pass 0', 'pass 0']);
    assert.deepEqual(await warned({ rows: { between: [6, 6] } }), ['pass 6', 'pass 6']);
    assert.deepEqual(await warned({ rows: { between: [0, 5] } }), ['fail 6', 'fail 6']);
    assert.deepEqual(await warned({ rows: { change_at_most: '0%' } }), ['pass 6', 'pass 6']);
  });

  test('quarantine sets aside the rows, keeps the rest in order, and shows some of them', async () => {
    const { version, samples } = await checked(
      { column: 'x', between: [0, 1000], severity: 'quarantine' },
      { column: 'id', unique: true, severity: 'quarantine' },
    );
    assert.deepEqual(
      version.partitions.map(({ rows, quarantinedRows, refused }) => [rows, quarantinedRows, refused]),
      [
        [4, 2, null],
        [4, 2, null],
      ],
    );
    const kept = await rowsOf(
      harness,
      version.partitions.map(({ blob }) => blob),
    );
    assert.deepEqual(
      kept.map((row) => row.row),
      [0, 1, 2, 4, 7, 9, 10, 11],
    );
    const aside = await rowsOf(
      harness,
      version.partitions.map(({ quarantineBlob }) => quarantineBlob),
    );
    assert.deepEqual(
      aside.map((row) => row.row),
      [3, 5, 6, 8],
    );
    const sample = samples['2001-01: x between 0 and 1000'];
    assert.deepEqual(sample, [{ row: 5, id: 5, code: 'BBB', x: 'NaN', t: '2001-01-06T00:00:00.000Z' }]);
  });

  test('error sets the partition aside, with the reason; the next is held to the last accepted', async () => {
    const { version, outcomes } = await checked(
      { column: 'code', matches: '[A-Z]{3}' },
      { rows: { change_at_most: '10%' } },
      { column: 'code', known: 'earlier_partitions' },
    );
    const [january, february] = version.partitions;
    assert.equal(january?.refused, '1 rows break: code matches [A-Z]{3}');
    assert.equal(february?.refused, null);
    assert.equal(version.rows, 6);
    // Nothing was accepted before February, so there is nothing to know or to change from.
    assert.equal(outcomes['2001-02: rows change at most 10%'], 'pass 6');
    assert.equal(outcomes['2001-02: code occurred in an earlier partition'], undefined);
  });

  test('a tolerance lets a share of the rows fail, and not one more', async () => {
    const sixth = await checked({ column: 'code', not_null: true, tolerance: '17%' });
    assert.equal(sixth.version.rows, 12);
    const less = await checked({ column: 'code', not_null: true, tolerance: '16%' });
    assert.equal(less.version.rows, 0);
    assert.equal(less.version.partitions[0]?.refused, '1 rows break: code is not null');
  });

  test('a count out of bounds sets the partition aside under quarantine as under error', async () => {
    const { version } = await checked({ rows: { between: [7, 10] }, severity: 'quarantine' });
    assert.deepEqual(
      version.partitions.map(({ refused }) => refused),
      Array(2).fill('6 rows break: rows between 7 and 10'),
    );
  });

  test('mistakes in a contract are all named before a row is read', async () => {
    const error = await checked(
      { column: 'cod', not_null: true },
      { unique: ['id', 'zzz'] },
      { column: 'code', between: [1, 2] },
      { column: 'id', in: ['a'] },
      { column: 'code', in: 'codes.n' },
      { column: 'code', in: 'codes.cod' },
      { column: 'code', in: 'nowhere.code' },
      { column: 'code', matches: '[A-' },
    ).catch((caught: unknown) => caught);
    assert.ok(error instanceof Error);
    for (const part of [
      'there is no column cod; did you mean code?',
      'there is no column zzz; known: id, code, x, t',
      'between needs numbers, code is of type string',
      'id is of type integer, which "a" is not',
      'code is of type string, codes.n of type integer',
      'codes: there is no column cod; did you mean code?',
      'there is no source nowhere to look up code in',
      '[A- is no regular expression (RE2)',
    ]) {
      assert.ok(error.message.includes(part), `${part}\n${error.message}`);
    }
  });

  test('an expected condition is one condition over the row and cannot break out of it', async () => {
    const refused = {
      'x > 0) FROM part; DROP TABLE part; --': /syntax error|expected one SELECT/,
      'x > 0), (1': /column 1 needs a name|expected one condition/,
      'true), false), NOT coalesce((true': /syntax error/,
      'true) AS a, (true': /expected one condition/,
      'avg(x) > 0': /aggregates/,
      "(select count(*) from read_csv('/etc/passwd')) > 0": /table function/,
      '(select max(id) from codes) > 0': /came codes/,
      't < now()': /does not depend on the rows/,
      't < current_timestamp': /does not depend on the rows/,
      'zzz > 0': /zzz/,
      'code || code': /expect/,
    };
    for (const [expect, message] of Object.entries(refused)) {
      await assert.rejects(checked({ expect }), { code: 'SPEC_INVALID', message }, expect);
    }
  });

  test('a condition that cannot be computed on some row names its rule', async () => {
    await assert.rejects(
      checked({ column: 'id', unique: true, severity: 'warn' }, { expect: 'code::int > 0' }),
      {
        code: 'DATA_REFUSED',
        message: /cannot judge "expect code::int > 0": Conversion Error/,
      },
    );
  });
});

test('a line without a rule, a range the wrong way round, and an unknown key are refused', () => {
  const refused = [
    { column: 'a' },
    { column: 'a', severity: 'warn' },
    { rows: {} },
    { column: 'a', between: [2, 1] },
    { column: 'a', not_null: false },
    { column: 'a"b', not_null: true },
    { expect: '' },
    { unique: [] },
    { column: 'a', in: 'no-such.form' },
    { column: 'a', not_null: true, tolerance: '5' },
    { column: 'a', not_null: true, severity: 'fatal' },
  ];
  for (const check of refused) assert.equal(checkSpec.safeParse(check).success, false, JSON.stringify(check));
});
