import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type StageHarness, stageHarness } from '../../../test/stage-harness.ts';
import type { Column } from '../../kernel/column.ts';
import type { TableColumn } from '../../table/table-schema.ts';
import { writeParquet } from './data-testbed.ts';
import { type Examples, type ExampleSpan, loadExamples } from './examples.ts';
import { compileFeatures } from './feature-definition.ts';
import { dataSpec, splitSpec } from './spec.ts';
import { splitBounds, splitSpan } from './split.ts';
import { type DataInputs, dataKey, type DataOutputs, declaredFile, runData } from './stage.ts';

const DAY = 86_400_000;
const CLOCK = Date.UTC(2001, 0, 11);

/** One row an hour for twenty days; the outcome arrives a day later. Every hundredth row is broken. */
const ROWS = `SELECT TIMESTAMP '2001-01-01' + to_hours(i) AS t, chr((65 + i % 3)::INTEGER) AS "Place",
  CASE WHEN i % 100 = 7 THEN -1 ELSE i % 10 END::DOUBLE AS amount, i::BIGINT AS n FROM range(480) r(i)`;

const COLUMNS: readonly TableColumn[] = [
  { name: 'row', type: 'integer' },
  { name: 't', type: 'time' },
  { name: 'Place', type: 'string' },
  { name: 'amount', type: 'number' },
  { name: 'n', type: 'integer' },
];

const FILES = {
  'request.sql': 'select t as at, lower(place) as place, amount, hour(t) as hour from rows',
  'outcome.sql': 'select amount > 4 as high, t + interval 1 day as known from rows',
  'rates.sql':
    'select lower(Place) as place, avg(high::int) as high_rate, count(*) as seen from rows group by 1',
};

const DATA = {
  sources: { rows: { type: 'parquet', uri: 'rows.parquet', partition: 'month', time: 't' } },
  contract: { rows: [{ column: 'amount', between: [0, 100], severity: 'quarantine' }] },
  features: {
    request: 'request.sql',
    outcome: 'outcome.sql',
    tables: { rates: { sql: 'rates.sql', key: 'place', refresh: '6h' } },
    time: 'at',
    available: 'known',
    target: 'high',
  },
};
const SPLIT = { by: 'time', first_window: '8d', validation: '2d', test: '2d' };

function inputs(change: { features?: object; contract?: object; partition?: string } = {}): DataInputs {
  const features = { ...DATA.features, ...change.features };
  const rows = { ...DATA.sources.rows, partition: change.partition ?? 'month' };
  return {
    starts: null,
    data: dataSpec.parse({
      ...DATA,
      sources: { rows },
      contract: change.contract ?? DATA.contract,
      features,
    }),
    split: splitSpec.parse(SPLIT),
    requires: { rows: 100, columns: ['amount'], freshWithinMs: 2 * DAY },
  };
}

describe('the data stage', () => {
  let harness: StageHarness;
  before(async () => {
    harness = await stageHarness({ files: FILES, projectClock: CLOCK });
    await writeParquet(harness, 'rows.parquet', ROWS);
  });
  after(() => harness[Symbol.asyncDispose]());

  const withFiles = <T>(
    files: object,
    work: (scope: Parameters<Parameters<StageHarness['run']>[0]>[0]) => Promise<T>,
  ) => harness.run((scope) => work({ ...scope, files: { ...FILES, ...files } }));
  const load = (outputs: DataOutputs, span: ExampleSpan): Promise<Examples> =>
    harness.run((scope) => {
      const version = outputs.versions.rows;
      assert.ok(version !== undefined);
      return loadExamples(scope, outputs.features, version, outputs.histories, span);
    });

  test('passes with its reason, and leaves evidence of every part', async () => {
    const result = await harness.run((scope) => runData(scope, inputs()));
    assert.equal(result.verdict, 'pass');
    assert.equal(result.reason, '475 rows accepted, 5 rows and 0 partitions set aside');
    const kinds = new Set((await harness.evidence()).map(({ kind }) => kind));
    const all = ['data-checks', 'data-requirements', 'dataset-version', 'feature-set', 'feature-table'];
    assert.deepEqual([...kinds].sort(), all);
    const inputsOfModel = result.outputs.features.inputs.map(({ name }) => name);
    assert.deepEqual(inputsOfModel, ['place', 'amount', 'hour', 'rates.high_rate', 'rates.seen']);
  });

  test('gives examples whose outcome had arrived, with features of their own moment', async () => {
    const { outputs } = await harness.run((scope) => runData(scope, inputs()));
    const examples = await load(outputs, splitSpan(splitBounds(inputs().split, CLOCK), CLOCK));
    // Eight days back from the 11th, and nothing of the last day: its outcomes arrive later.
    const hours = Array.from({ length: 7 * 24 + 1 }, (_, i) => 48 + i).filter((i) => i % 100 !== 7);
    assert.deepEqual([...examples.row], hours);
    const { columns } = examples.features;
    examples.row.forEach((n, i) => {
      const boundary = Math.floor(n / 6) * 6;
      const known = Array.from({ length: Math.max(0, boundary - 24 + 1) }, (_, j) => j).filter(
        (j) => j % 100 !== 7 && j % 3 === n % 3,
      );
      assert.equal(cell(columns.place, i), 'abc'[n % 3]);
      assert.equal(cell(columns['rates.seen'], i), known.length);
      const rate = known.filter((j) => j % 10 > 4).length / known.length;
      assert.ok(Math.abs(Number(cell(columns['rates.high_rate'], i)) - rate) < 1e-12);
      assert.equal(examples.target[i], n % 10 > 4 ? 1 : 0);
      assert.equal(examples.time?.[i], Date.UTC(2001, 0, 1) + n * 3_600_000);
    });
  });

  test('looks in every partition when the moment of decision is not what they are cut by', async () => {
    const request = 'select t + interval 1 day as at, lower(place) as place, amount from rows';
    await withFiles({ 'request.sql': request }, async (scope) => {
      const { outputs } = await runData(scope, inputs({ partition: 'day' }));
      const version = outputs.versions.rows;
      assert.ok(version !== undefined);
      const span = { from: Date.UTC(2001, 0, 5), to: Date.UTC(2001, 0, 6) };
      const examples = await loadExamples(scope, outputs.features, version, outputs.histories, span);
      assert.deepEqual(
        [...examples.row],
        Array.from({ length: 24 }, (_, i) => 72 + i),
      );
    });
  });

  test('is the same version and key for the same rows, in another file, ingested again', async () => {
    const first = await harness.run(async (scope) => ({
      key: await dataKey(scope, inputs()),
      ...(await runData(scope, inputs())),
    }));
    await using other = await stageHarness({ files: FILES, projectClock: CLOCK });
    await writeParquet(other, 'rows.parquet', ROWS);
    const again = await other.run(async (scope) => ({
      key: await dataKey(scope, inputs()),
      ...(await runData(scope, inputs())),
    }));
    assert.equal(again.key, first.key);
    assert.equal(again.outputs.versions.rows?.hash, first.outputs.versions.rows?.hash);
    assert.equal(again.outputs.features.hash, first.outputs.features.hash);
    assert.deepEqual(again.outputs.histories, first.outputs.histories);
    await using session = await other.tables.session();
    await session.run(
      `COPY (${ROWS}) TO '${other.dir}/rows.parquet' (FORMAT parquet, COMPRESSION gzip, ROW_GROUP_SIZE 2048)`,
    );
    const packed = await other.run(async (scope) => ({
      key: await dataKey(scope, inputs()),
      ...(await runData(scope, inputs())),
    }));
    assert.notEqual(packed.key, first.key);
    assert.equal(packed.outputs.versions.rows?.hash, first.outputs.versions.rows?.hash);
    await writeParquet(other, 'rows.parquet', ROWS.replace('i % 10', 'i % 11'));
    const changed = await other.run((scope) => runData(scope, inputs()));
    assert.notEqual(changed.outputs.versions.rows?.hash, first.outputs.versions.rows?.hash);
  });

  test('fails on what was required of the data, in words', async () => {
    const requires = { rows: 1000, columns: ['amount', 'weight'] };
    const result = await harness.run((scope) => runData(scope, { ...inputs(), requires }));
    assert.equal(result.verdict, 'fail');
    assert.match(result.reason, /expected at least 1000 rows with an outcome, found 214/);
    assert.match(result.reason, /missing columns: weight/);
    const fresh = await harness.run((scope) =>
      runData(scope, { ...inputs(), requires: { freshWithinMs: 3_600_000 } }),
    );
    assert.equal(fresh.verdict, 'pass');
  });

  test('ends with the reasons when no row is left', async () => {
    const contract = { rows: [{ rows: { between: [1000, 2000] } }] };
    await assert.rejects(
      harness.run((scope) => runData(scope, inputs({ contract }))),
      {
        code: 'DATA_REFUSED',
        message: /no row of rows was accepted: 2001-01: 480 rows break: rows between 1000/,
      },
    );
  });

  test('refuses definitions that do not fit, naming the file', async () => {
    const refused: readonly (readonly [object, object, RegExp])[] = [
      [{ 'request.sql': 'select t as at, nope from rows' }, {}, /request.sql, nope: no field is called nope/],
      [{ 'request.sql': 'select t as at, amount + place as x from rows' }, {}, /request.sql, x: \+ expects/],
      [
        { 'request.sql': 'select t as at, place as score from rows' },
        { features: { tables: {} } },
        /cannot be called score/,
      ],
      [
        { 'request.sql': 'select t as at from rows' },
        { features: { tables: {} } },
        /no column can be a model input/,
      ],
      [
        { 'request.sql': 'select amount as at, lower(place) as place from rows' },
        {},
        /time: expected a column of type time, at is of type number/,
      ],
      [
        { 'request.sql': 'select t as at, amount from rows' },
        {},
        /tables.rates.key: request.sql has no column place/,
      ],
      [
        { 'request.sql': 'select t as at, amount as place from rows' },
        {},
        /key: expected a column of type string, place is of type number/,
      ],
      [{}, { features: { target: 'hihg' } }, /outcome.sql has no column hihg; did you mean high\?/],
      [
        {},
        { features: { target: 'known' } },
        /target: expected a column of type boolean or integer or number, known is of type time/,
      ],
      [
        {},
        { features: { available: 'high' } },
        /available: expected a column of type time, high is of type boolean/,
      ],
      [
        { 'outcome.sql': 'select amount * 2 as amount, t as known, true as high from rows' },
        {},
        /outcome.sql: amount is a column of the source/,
      ],
      [{ 'outcome.sql': 'select nope as high, t as known from rows' }, {}, /outcome.sql: Binder Error/],
      [
        {},
        { features: { slices_only: ['hours'] } },
        /slices_only: request.sql has no column hours; did you mean hour\?/,
      ],
      [{}, { features: { request: 'missing.sql' } }, /tend.yaml names missing.sql, which is not there/],
    ];
    await using session = await harness.tables.session();
    for (const [files, change, message] of refused) {
      const texts: Readonly<Record<string, string>> = { ...FILES, ...files };
      const compiled = compileFeatures(session, inputs(change).data.features, 'rows', COLUMNS, (path) =>
        declaredFile({ files: texts }, path),
      );
      await assert.rejects(compiled, { code: 'SPEC_INVALID', message });
    }
  });

  test('a target that is a raw column stands for itself', async () => {
    const outcome = 'select amount, t + interval 1 day as known from rows';
    const rates = 'select lower(place) as place, avg(amount) as mean from rows group by 1';
    await withFiles({ 'outcome.sql': outcome, 'rates.sql': rates }, async (scope) => {
      const { outputs } = await runData(scope, inputs({ features: { target: 'amount' } }));
      const version = outputs.versions.rows;
      assert.ok(version !== undefined);
      const examples = await loadExamples(scope, outputs.features, version, outputs.histories, {
        known: CLOCK,
      });
      assert.deepEqual(
        [...examples.target],
        Array.from(examples.row, (n) => n % 10),
      );
    });
  });

  test('a feature table that fails, or has two rows for a key, is an error that names it', async () => {
    const twice = { 'rates.sql': 'select lower(place) as place, amount as x from rows' };
    await assert.rejects(
      withFiles(twice, (scope) => runData(scope, inputs())),
      {
        code: 'SPEC_INVALID',
        message: /feature table rates: \d+ rows at one moment for place/,
      },
    );
    const failing = {
      'rates.sql': 'select lower(place) as place, max(place::int) as x from rows group by 1',
    };
    await assert.rejects(
      withFiles(failing, (scope) => runData(scope, inputs())),
      {
        code: 'DATA_REFUSED',
        message: /feature table rates, at 2001-01-0\dT.*Conversion Error/,
      },
    );
  });

  test('a key that is missing in a feature table is found by no row', async () => {
    const rates = {
      'rates.sql': "select nullif(lower(place), 'a') as place, count(*) as seen from rows group by 1",
    };
    await withFiles(rates, async (scope) => {
      const { outputs } = await runData(scope, inputs());
      const version = outputs.versions.rows;
      assert.ok(version !== undefined);
      const span = { from: CLOCK - 4 * DAY, to: CLOCK };
      const { features } = await loadExamples(scope, outputs.features, version, outputs.histories, span);
      const places = new Set<number | string | null>();
      for (let i = 0; i < features.rows; i++) {
        const place = cell(features.columns.place, i);
        places.add(place);
        assert.equal(Number.isNaN(cell(features.columns['rates.seen'], i)), place === 'a', String(place));
      }
      assert.ok(places.has('a') && places.size > 1, 'some keys are missing and some are not');
    });
  });
});

function cell(column: Column | undefined, row: number): number | string | null {
  assert.ok(column !== undefined);
  if (column.kind === 'category') return column.levels[column.codes[row] as number] ?? null;
  return column.values[row] as number;
}
