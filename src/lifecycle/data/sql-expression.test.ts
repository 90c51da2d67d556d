import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { compileRow } from '../../decide/expression/compile-row.ts';
import { evaluateColumns } from '../../decide/expression/evaluate-columns.ts';
import type { Expression, Field } from '../../decide/expression/expression.ts';
import { readFrame } from '../../table/read-frame.ts';
import { sqlText } from '../../table/sql-name.ts';
import { selectList, sqlTree } from '../../table/sql-statement.ts';
import { createTables, type TableSession } from '../../table/tables.ts';
import { sqlExpression } from './sql-expression.ts';

const FIELDS: readonly Field[] = [
  { name: 'x', type: 'number' },
  { name: 'y', type: 'number' },
  { name: 's', type: 'string' },
  { name: 'u', type: 'string' },
  { name: 't', type: 'time' },
  { name: 'f', type: 'boolean' },
];
const COLUMNS = FIELDS.map(({ name, type }) => ({ name, type }));
const dir = mkdtempSync(join(tmpdir(), 'tend-expression-'));

/** Every form that request SQL may take, in the user's spelling. */
const FORMS = [
  'x + y, x - y, x * y, x / 4, x % 3, -x, +x, trunc(x / 2)',
  'x = y, x <> y, x != y, x < y, x <= y, x > y, x >= y, s = u, s < u, t = t, f = true',
  'x > 1 and y > 1, x > 1 or y > 1, not f, f and x > 0 or y < 2 and f, x > 0 and y > 0 and x < 5',
  "x between -1 and 2, x not between y and 3, s between u and 'm'",
  "x in (1, 2.5, -3), x not in (1, 2), s in ('a', 'Bc'), s not in ('a')",
  "x is null, s is not null, coalesce(x, y, 0), coalesce(s, u, '-'), ifnull(x, 1)",
  'case when x > 0 then 1 when x < 0 then -1 else 0 end, case when x > 0 then s end, if(x > 0, s, u)',
  "case x when 1 then 'one' when 2 then 'two' else u end",
  'abs(x), floor(x), ceil(x), ceiling(x), round(x), round(x, 1), trunc(x), sqrt(abs(x)), exp(x / 8)',
  'ln(abs(x) + 1), log(abs(x) + 1), log10(abs(x) + 1), power(abs(x), 2)',
  'pow(abs(x), 2), abs(x) ^ 2, abs(x) ** 2',
  'mod(x, 3), greatest(x, y), least(x, y, 0), greatest(s, u), sin(x), cos(y), pi() * x',
  "lower(s), upper(s), lcase(s), ucase(u), trim(s), length(s), len(s), s || u, s || '!', concat(s, u, 'x')",
  'substr(s, 1, 2), substr(s, 2), substring(s, -2), substring(s from 2 for 1)',
  "starts_with(s, 'a'), prefix(s, u), s ^@ 'a', contains(s, u)",
  'year(t), month(t), day(t), hour(t), minute(t), second(t), dayofweek(t), weekday(t), isodow(t)',
  'dayofyear(t), epoch(t), epoch_ms(t)',
  "extract(hour from t), extract(dow from t), date_part('isodow', t), date_part('doy', t)",
  'extract(year from t)',
  "date_trunc('day', t), date_trunc('month', t), date_trunc('week', t)",
  't::date, cast(t as date), cast(t as timestamp)',
  't + interval 30 minutes, t - interval 1 day, interval 2 hours + t',
  't + interval (x) minutes, t - interval (y) hours',
  "t + to_seconds(90), t + to_milliseconds(5), t > timestamp '2001-01-01', t < date '2001-06-01'",
  'x::int, cast(x as bigint), y::integer, x::double, x::decimal(9,1), f::int, f::double, x::boolean',
  'try_cast(s as double), try_cast(s as int), try_cast(u as boolean)',
  "f::varchar, s::varchar, '2.5'::int, 2.5::double::int",
  'flights.x + 1, 1.25 + x, 1e3 * x, .5, true, null is null, x > 0.1 and (y > 2 or not f)',
];

const finite = fc.constantFrom(0, 1, 2, 3, -1, -3, 0.5, 1.5, 2.5, 3.5, -0.5, -2.5, 0.1, 7.25, 100, -41.75);
const word = fc.constantFrom(
  '',
  'a',
  'A',
  'Bc',
  'abc',
  ' a ',
  'é',
  'ß',
  '😀b',
  '2.5',
  '0.5',
  '-1',
  'true',
  'm',
  'z',
);
const moment = fc.integer({ min: -86_400_000 * 400, max: 86_400_000 * 20_000 });
const rowOf = fc.tuple(
  fc.option(finite),
  fc.option(finite),
  fc.option(word),
  fc.option(word),
  fc.option(moment),
  fc.option(fc.constantFrom(0, 1)),
);

describe('sqlExpression()', () => {
  let session: TableSession;
  before(async () => {
    session = await createTables({ tempDir: dir }).session();
  });
  after(async () => {
    await session[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });
  const expressions = async (list: string): Promise<Expression[]> => {
    const nodes = selectList(await sqlTree(session, `SELECT ${list}`));
    return nodes.map((node) => sqlExpression(node, 'x.sql', FIELDS));
  };

  test('every supported form means what DuckDB makes of it, row by row and over columns', async () => {
    const all = (await Promise.all(FORMS.map(expressions))).flat();
    assert.ok(all.length > 120, `${all.length} forms`);
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf, { minLength: 1, maxLength: 30 }), async (rows) => {
        const relation = `(VALUES ${rows.map(valuesOf).join(', ')}) flights(x, y, s, u, t, f)`;
        await session.run(`CREATE OR REPLACE TABLE flights AS SELECT * FROM ${relation}`);
        const answers = await session.rows(`SELECT ${named(FORMS.join(', '), all.length)} FROM flights`);
        const frame = await readFrame(session, 'flights', COLUMNS);
        for (const [index, expression] of all.entries()) {
          const byRow = compileRow(expression, FIELDS);
          const column = evaluateColumns(expression, frame, FIELDS);
          for (const [i, row] of rows.entries()) {
            const theirs = plain(answers[i]?.[`c${index}`]);
            const ours = byRow(row);
            const what = `form ${index} on ${JSON.stringify(row)}`;
            assertSame(ours, theirs, what);
            const own =
              column.kind === 'category' ? column.levels[column.codes[i] as number] : column.values[i];
            assertSame(plain(own), ours, `${what}, over columns`);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  /** The same list with a name for each item; items are cut at commas outside of brackets and quotes. */
  function named(list: string, count: number): string {
    const items: string[] = [];
    let depth = 0;
    let quoted = false;
    let item = '';
    for (const letter of list) {
      if (letter === "'") quoted = !quoted;
      if (!quoted && letter === '(') depth += 1;
      if (!quoted && letter === ')') depth -= 1;
      if (letter === ',' && depth === 0 && !quoted) {
        items.push(item);
        item = '';
      } else item += letter;
    }
    items.push(item);
    assert.equal(items.length, count);
    return items.map((sql, i) => `(${sql}) AS c${i}`).join(', ');
  }

  test('aggregates, windows, subqueries and unknown functions are refused, with what is near', async () => {
    const refused = {
      'avg(x)': /x.sql: there is no row-wise function avg\(\); known: abs, /,
      'sum(x)': /no row-wise function sum/,
      'count(*)': /no row-wise function count/,
      'lowr(s)': /did you mean lower\?/,
      'strlen(s)': /no row-wise function strlen/,
      'max(x) filter (where x > 0)': /max\(\) of several rows/,
      'count(distinct x)': /count\(\) of several rows/,
      'row_number() over ()': /window has no meaning for one row/,
      '(select max(x) from flights)': /subquery has no meaning/,
      'x in (select 1)': /subquery has no meaning/,
      '*': /star has no meaning/,
      'x is distinct from y': /distinct_from has no meaning/,
      't + interval 1 month': /no row-wise function to_months/,
      'extract(century from t)': /no part century of a moment/,
      'x::interval': /a cast to INTERVAL has no meaning/,
      'x::hugeint + 123456789012345678901': /so many digits/,
      '9007199254740993 + x': /so many digits/,
      '0.12345678901234567890123 + x': /so many digits/,
      $at: /parameter has no meaning/,
      'x // 2': /write trunc\(a \/ b\)/,
      '[x]': /no row-wise function list_value/,
      "s like 'a%'": /no row-wise function ~~/,
    };
    for (const [sql, message] of Object.entries(refused)) {
      await assert.rejects(expressions(sql), { code: 'SPEC_INVALID', message }, sql);
    }
  });
});

function valuesOf(row: readonly (number | string | null)[]): string {
  const [x, y, s, u, t, f] = row;
  const number = (value: number | string | null | undefined): string =>
    value == null ? 'NULL::DOUBLE' : `${value}::DOUBLE`;
  const text = (value: number | string | null | undefined): string =>
    value == null ? 'NULL::VARCHAR' : sqlText(String(value));
  const time = t === null ? 'NULL::TIMESTAMP' : `make_timestamp(${Number(t)}::BIGINT * 1000)`;
  const flag = f === null ? 'NULL::BOOLEAN' : f === 1 ? 'true' : 'false';
  return `(${number(x)}, ${number(y)}, ${text(s)}, ${text(u)}, ${time}, ${flag})`;
}

function plain(value: unknown): number | string | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === undefined || value === null || value === 'NaN' || Number.isNaN(value)) return null;
  return value as number | string;
}

/** The C library's exp, ln, power may differ in the last digit from ECMAScript's. */
function assertSame(ours: number | string | null, theirs: number | string | null, what: string): void {
  const close =
    typeof ours === 'number' &&
    typeof theirs === 'number' &&
    Math.abs(ours - theirs) <= 1e-12 * Math.max(1, Math.abs(theirs));
  assert.ok(close || ours === theirs, `${what}: ${JSON.stringify(ours)}, DuckDB ${JSON.stringify(theirs)}`);
}
