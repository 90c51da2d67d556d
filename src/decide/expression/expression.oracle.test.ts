import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import type { Column, Frame } from '../../kernel/column.ts';
import { compileRow, type Row } from './compile-row.ts';
import { evaluateColumns } from './evaluate-columns.ts';
import type { Expression, ValueType } from './expression.ts';
import { sqlOf } from './expression-sql-testbed.ts';
import { call, EXPRESSIONS, FIELDS, literal, TEXTS } from './expression-testbed.ts';

const ROWS = 40;
const SEED = 20_260_101;

const ANY = fc.oneof(EXPRESSIONS.number, EXPRESSIONS.string, EXPRESSIONS.time, EXPRESSIONS.boolean);

const ROW = fc.tuple(
  fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => (Object.is(x, -0) ? 0 : x))),
  fc.option(fc.integer({ min: -3, max: 30 })),
  fc.option(fc.integer({ min: 0, max: 1 })),
  fc.option(fc.constantFrom(...TEXTS)),
  fc.option(fc.constantFrom(...TEXTS, 'zz')),
  fc.option(fc.integer({ min: Date.UTC(1900), max: Date.UTC(2100) })),
);
const TABLE: readonly Row[] = fc.sample(ROW, { numRuns: ROWS, seed: SEED });

function frameOf(rows: readonly Row[]): Frame {
  const columns: Record<string, Column> = {};
  FIELDS.forEach(({ name, type }, j) => {
    const values = rows.map((row) => row[j] ?? null);
    columns[name] = type === 'string' ? categoryOf(values) : numberColumn(type, values);
  });
  return { rows: rows.length, columns };
}

function numberColumn(type: ValueType, cells: readonly unknown[]): Column {
  const values = Float64Array.from(cells, (value) => (typeof value === 'number' ? value : Number.NaN));
  return { kind: type === 'time' ? 'time' : 'number', values };
}

function categoryOf(values: readonly unknown[]): Column {
  const levels = [...new Set(values.filter((value) => typeof value === 'string'))];
  return {
    kind: 'category',
    codes: Int32Array.from(values, (value) => levels.indexOf(value as string)),
    levels,
  };
}

/** Values of a column as a row evaluator gives them. */
function valuesOf(column: Column): (number | string | null)[] {
  if (column.kind === 'category') return Array.from(column.codes, (code) => column.levels[code] ?? null);
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
}

function sqlLiteral(value: number | string | null, type: ValueType): string {
  if (value === null) return 'null';
  if (type === 'string') return `'${value}'`;
  if (type === 'time') return `epoch_ms(${value})`;
  return type === 'boolean' ? String(value === 1) : `'${value}'::double`;
}

describe('expressions', () => {
  let connection: DuckDBConnection;
  let instance: DuckDBInstance;
  before(async () => {
    instance = await DuckDBInstance.create(':memory:');
    connection = await instance.connect();
    await connection.run('set threads = 1; set ieee_floating_point_ops = false');
    await connection.run('create macro nan_null(v) as case when isnan(v) then null else v end');
    await connection.run(
      'create table r (i int, x double, n double, b boolean, s varchar, u varchar, t timestamp)',
    );
    const rows = TABLE.map(
      (row, i) => `(${[i, ...FIELDS.map(({ type }, j) => sqlLiteral(row[j] ?? null, type))].join(', ')})`,
    );
    await connection.run(`insert into r values ${rows.join(', ')}`);
  });
  after(() => {
    connection.closeSync();
    instance.closeSync();
  });

  const inDuckDb = async (sql: string): Promise<unknown[]> => {
    const reader = await connection.runAndReadAll(`select v from (select ${sql} as v, i from r) order by i`);
    return reader.getRowsJS().map(([value]) => value);
  };
  const plainSql = (expression: Expression, type: ValueType): string => {
    const sql = sqlOf(expression);
    if (type === 'time') return `epoch_ms(${sql})::double`;
    return type === 'string' ? sql : `(${sql})::double`;
  };

  it('give the same over columns as row by row', () => {
    const frame = frameOf(TABLE);
    fc.assert(
      fc.property(ANY, (expression) => {
        const byRow = compileRow(expression, FIELDS);
        assert.deepEqual(valuesOf(evaluateColumns(expression, frame, FIELDS)), TABLE.map(byRow));
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  for (const type of ['number', 'string', 'time', 'boolean'] as const) {
    it(`of type ${type} give what DuckDB gives`, async () => {
      await fc.assert(
        fc.asyncProperty(EXPRESSIONS[type], async (expression) => {
          const sql = plainSql(expression, type);
          const ours = TABLE.map(compileRow(expression, FIELDS));
          assert.deepEqual(ours.map(noNegativeZero), (await inDuckDb(sql)).map(noNegativeZero), sql);
        }),
        { seed: SEED, numRuns: 200 },
      );
    });
  }

  it('with functions of the C library agree with DuckDB to 1e-14', async () => {
    const x: Expression = { kind: 'field', name: 'x' };
    const small = call('/', x, literal(1e5));
    const cases: readonly [Expression, string][] = [
      [call('exp', small), 'exp(x / 1e5)'],
      [call('ln', x), 'case when x > 0 then ln(x) end'],
      [call('log10', x), 'case when x > 0 then log10(x) end'],
      [call('sin', small), 'sin(x / 1e5)'],
      [call('cos', small), 'cos(x / 1e5)'],
      [call('*', call('pi'), x), 'pi() * x'],
      [call('power', call('abs', small), literal(1.7)), 'power(abs(x / 1e5), 1.7)'],
      [call('power', small, literal(0)), 'power(x / 1e5, 0)'],
    ];
    for (const [expression, sql] of cases) {
      const theirs = await inDuckDb(`(${sql})::double`);
      TABLE.map(compileRow(expression, FIELDS)).forEach((ours, i) => {
        const expected = theirs[i];
        if (typeof ours !== 'number' || typeof expected !== 'number') assert.equal(ours, expected, sql);
        else
          assert.ok(
            Math.abs(ours - expected) <= 1e-14 * Math.max(1, Math.abs(expected)),
            `${sql}: ${ours} ${expected}`,
          );
      });
    }
  });

  it('change the case of letters as DuckDB does, newer letters and Greek iotas apart', async () => {
    const reader = await connection.runAndReadAll(
      // Without surrogates, which are no letters, and the byte order mark, which the client drops when it
      // reads.
      'select i, upper(chr(i)), lower(chr(i)) from (select unnest(range(1, 131072))::int as i) ' +
        'where i not between 55296 and 57343 and i <> 65279',
    );
    const upper = compileRow(call('upper', { kind: 'field', name: 's' }), FIELDS);
    const lower = compileRow(call('lower', { kind: 'field', name: 's' }), FIELDS);
    const differing = reader.getRowsJS().filter(([code, up, low]) => {
      const row: Row = [null, null, null, String.fromCodePoint(Number(code)), null, null];
      // Unicode 16 has letters that DuckDB's tables do not know yet: it leaves them as they are.
      const letter = String.fromCodePoint(Number(code));
      const upperDiffers = up !== letter && upper(row) !== up;
      const lowerDiffers = low !== letter && lower(row) !== low;
      return (upperDiffers || lowerDiffers) && !(Number(code) >= 0x1f80 && Number(code) <= 0x1ffc);
    });
    assert.deepEqual(differing, []);
  });
});

/** Databases and JavaScript both tell -0 from 0 only by division, and print it differently. */
function noNegativeZero(value: unknown): unknown {
  return Object.is(value, -0) ? 0 : value;
}
