import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { parquetRelation } from '../../table/tables.ts';
import type { CheckResult } from './check-partition.ts';
import { loadExamples } from './examples.ts';
import { liveData } from './live-data.ts';
import {
  DAY,
  HOUR,
  type ReceivedVisit,
  rowOf,
  STARTS,
  type Visit,
  type VisitsBed,
  visitsBed,
  type VisitsOptions,
} from '../../../test/visits-bed.ts';
import type { DataOutputs } from './stage.ts';
import type { HistoryPart } from './table-history.ts';

const MINUTE = 60_000;

function visit(placed: number, change: Partial<Visit> = {}): Visit {
  return { placed, region: 'north', shop: 1, amount: 5, returned: true, lag: 10, ...change };
}

function received(at: number, change: Partial<Visit> = {}): ReceivedVisit {
  return { ...visit(at, change), receivedAt: at };
}

const COUNTS = {
  counts: {
    key: 'region',
    refresh: '1h',
    sql: `select region, count(*) as visits, bool_or(returned) as ever, avg(amount) as mean from visits
          where settled > $at - interval 2 days group by region`,
  },
};

describe('the data of a project while it lives', () => {
  const beds: VisitsBed[] = [];
  const bedOf = async (options: Partial<VisitsOptions> = {}): Promise<VisitsBed> => {
    const declared = Array.from({ length: 60 }, (_, i) => visit(STARTS - 1 - i * 11 * HOUR));
    const bed = await visitsBed({ tables: COUNTS, declared, ...options });
    beds.push(bed);
    return bed;
  };
  after(async () => {
    for (const bed of beds) await bed[Symbol.asyncDispose]();
  });
  /** Lets rows come hour by hour, and seals at the end of each day. */
  const pass = async (bed: VisitsBed, to: number, coming: (at: number) => readonly ReceivedVisit[]) => {
    await using live = await bed.open(STARTS);
    for (let at = STARTS; at < to; at += HOUR) {
      await live.add(coming(at).map(rowOf));
      await live.boundary(at + HOUR);
      if ((at + HOUR) % DAY === 0) await bed.seal(live, at + HOUR);
    }
  };
  const dataAt = async (bed: VisitsBed, at: number, base = bed.data): Promise<DataOutputs> =>
    (await bed.harness.run((scope) => liveData(scope, bed.inputs, base, at))).result;

  test('has the boundaries that were served after those of the file, without gap or overlap', async () => {
    const bed = await bedOf();
    const end = STARTS + 2 * DAY;
    await pass(bed, end, (at) => [received(at), received(at, { region: 'south', returned: null })]);
    const data = await dataAt(bed, end);
    const [history] = data.histories;
    assert.ok(history);
    assert.equal(history.parts.length, 3);
    assert.equal(history.from, bed.data.histories[0]?.from);
    assert.deepEqual([history.to, history.parts.at(-1)?.to], [end, end]);
    for (const [i, part] of history.parts.entries()) {
      const before: HistoryPart | undefined = history.parts[i - 1];
      assert.equal(part.from, before === undefined ? history.from : before.to + HOUR);
    }
    const served = (await bed.served('counts')).length;
    assert.equal(history.rows, (bed.data.histories[0]?.rows ?? 0) + served);
    // As at an earlier moment: neither rows nor boundaries that came after it.
    const earlier = await dataAt(bed, STARTS + DAY);
    assert.equal(earlier.histories[0]?.to, STARTS + DAY);
    assert.equal(earlier.versions.visits?.rows, 60 + 2 * 24);
    // Grown from there, it is the same.
    assert.deepEqual(await dataAt(bed, end, earlier), data);
    assert.equal(data.versions.visits?.rows, 60 + 2 * 48);
  });

  test('gives a row the features that it was answered with, file and served boundaries alike', async () => {
    const bed = await bedOf();
    const end = STARTS + 2 * DAY;
    await pass(bed, end, (at) =>
      [received(at + MINUTE, { amount: 0.1 * ((at / HOUR) % 7) })].map((one) => ({ ...one, receivedAt: at })),
    );
    const data = await dataAt(bed, end);
    const version = data.versions.visits;
    assert.ok(version);
    const examples = await bed.harness.run((scope) =>
      loadExamples(scope, data.features, version, data.histories, { from: STARTS - DAY, to: end }),
    );
    const served = new Map((await bed.served('counts')).map((row) => [row.tend_at, row]));
    let compared = 0;
    for (const [i, t] of (examples.time ?? []).entries()) {
      const row = served.get(Math.floor(t / HOUR) * HOUR);
      if (row === undefined) continue;
      compared++;
      for (const name of ['visits', 'ever', 'mean']) {
        const column = examples.features.columns[`counts.${name}`];
        assert.equal(column?.kind === 'number' ? column.values[i] : undefined, row[name], `${name} at ${t}`);
      }
    }
    assert.equal(compared, 47);
  });

  test('holds received rows to the contract of a file, open months to no number of rows', async () => {
    const contract = [
      { column: 'amount', between: [0, 100], severity: 'quarantine' },
      { column: 'region', in: ['north', 'south'], severity: 'warn' },
      { rows: { change_at_most: '40%' } },
      { rows: { between: [10, 1000] } },
    ];
    const bed = await bedOf({ contract });
    const end = Date.UTC(2024, 3, 2);
    const odd = [STARTS + 5 * HOUR, STARTS + DAY];
    await pass(bed, end, (at) =>
      at % (4 * HOUR) === 0 || odd.includes(at)
        ? [received(at, odd.includes(at) ? { amount: 1_000 } : { region: at % DAY === 0 ? 'east' : 'north' })]
        : [],
    );
    const { versions } = await dataAt(bed, end);
    const partitions = versions.visits?.partitions ?? [];
    assert.deepEqual(
      partitions.map(({ name, rows, quarantinedRows, refused, received: came }) => [
        name,
        rows,
        quarantinedRows,
        refused,
        came,
      ]),
      [
        ['2024-03', 60, 0, null, false],
        // The file ends within the month; two rows break the rule, one of them in the place of another.
        ['2024-03-received', 17, 2, null, true],
        ['2024-04', 6, 0, null, true],
      ],
    );
    const bodies = (await bed.harness.evidence('data-checks')).slice(-2).map(({ body }) => body);
    const checks = bodies.map((body) => body.checks as unknown as readonly CheckResult[]);
    assert.deepEqual(
      checks[0]?.map(({ rule, rows }) => [rule, rows]),
      [
        ['amount between 0 and 100', 2],
        ['region in north, south', 2],
      ],
    );
  });

  test('compares the rows of a month with all of the month before, whichever way they came', async () => {
    const bed = await bedOf({ contract: [{ rows: { change_at_most: '40%' } }] });
    // March has 60 rows of the file and 18 received; April gets 60, and is closed.
    const end = Date.UTC(2024, 4, 1) + HOUR;
    await using live = await bed.open(STARTS);
    const rows = [
      ...Array.from({ length: 18 }, (_, i) => received(STARTS + i * HOUR)),
      ...Array.from({ length: 60 }, (_, i) => received(Date.UTC(2024, 3, 1) + i * 12 * HOUR)),
    ];
    await live.add(rows.map(rowOf));
    await bed.seal(live, end);
    const { versions } = await dataAt(bed, end);
    const [march, rest, april] = versions.visits?.partitions.slice(-3) ?? [];
    assert.deepEqual([march?.rows, rest?.rows, april?.rows], [60, 18, 60]);
    assert.deepEqual([rest?.refused, april?.refused], [null, null]);
    // 60 is within 40 % of 78, and not of 18.
  });

  test('a row that the declared SQL cannot take is kept in the log, alone, and in no version', async () => {
    const outcome = `select returned, lag, placed + to_minutes(lag::bigint) as settled,
      cast(case when amount = 13 then 'thirteen' else '1' end as int) as one from visits`;
    const bed = await bedOf({
      outcome,
      contract: [{ column: 'amount', between: [0, 100], severity: 'quarantine' }],
    });
    await using live = await bed.open(STARTS);
    const amounts = [1, 13, 3, 4, 500, 13, 7];
    const answered = await live.add(amounts.map((amount) => rowOf(received(STARTS, { amount }))));
    assert.deepEqual(
      answered.map(({ target, rule }) => [target, rule]),
      amounts.map((amount) =>
        amount === 13
          ? [Number.NaN, 'the declared SQL can be computed']
          : amount === 500
            ? [Number.NaN, 'amount between 0 and 100']
            : [1, null],
      ),
    );
    assert.match(answered[1]?.error ?? '', /thirteen/);
    await live.boundary(STARTS + HOUR);
    await bed.seal(live, STARTS + HOUR);
    const { versions } = await dataAt(bed, STARTS + HOUR);
    const last = versions.visits?.partitions.at(-1);
    assert.deepEqual([last?.rows, last?.quarantinedRows], [4, 1]);
    const part = await bed.scope.db.query.selectFrom('log_part').selectAll().executeTakeFirstOrThrow();
    assert.equal(part.row_count, amounts.length);
    await using session = await bed.harness.tables.session();
    const rows = await session.rows(
      `SELECT amount, tend_rule FROM ${parquetRelation([bed.scope.blobs.path(part.blob_hash)])}`,
    );
    const byValue = (a: number, b: number) => a - b;
    assert.deepEqual(rows.map(({ amount }) => Number(amount)).sort(byValue), [...amounts].sort(byValue));
    await using again = await bed.open(STARTS + HOUR);
    await again.boundary(STARTS + 2 * HOUR);
  });
});
