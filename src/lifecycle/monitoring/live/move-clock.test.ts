import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createBook } from '../book/book.ts';
import { DAY, HOUR, STARTS } from '../../../../test/visits-bed.ts';
import { findingsOf } from './findings.ts';
import { type LiveBed, liveBed } from './live-testbed.ts';
import { loggedWindow } from './logged-window.ts';
import type { BoundaryReport } from './move-clock.ts';

const MINUTE = 60_000;
const ONE = `select returned, placed + interval 10 minutes as settled,
  cast(case when amount = 13 then 'thirteen' else '1' end as int) as one from visits`;
const CONTRACT = [{ column: 'amount', between: [0, 100], severity: 'quarantine' }];

describe('the project clock', () => {
  const beds: LiveBed[] = [];
  const bedOf = async (...options: Parameters<typeof liveBed>): Promise<LiveBed> => {
    const bed = await liveBed(...options);
    beds.push(bed);
    return bed;
  };
  after(async () => {
    for (const bed of beds) await bed[Symbol.asyncDispose]();
  });
  const watched = { project: 'harness', dataset: 'visits', criteria: ['answers'], drift: true };
  const findings = (reports: readonly BoundaryReport[]) =>
    reports.flatMap((report) => findingsOf(watched, report));

  test('stops at each boundary of a table and each hour, whatever their distance', async () => {
    const sql = 'select region, count(*) as n from visits group by region';
    const tables = {
      quarters: { key: 'region', refresh: '45m', sql },
      halves: { key: 'region', refresh: '90m', sql },
      days: { key: 'region', refresh: '1d', sql },
    };
    const bed = await bedOf({ tables });
    const live = await bed.open();
    await bed.advance(live, STARTS + 200 * MINUTE);
    const stops = bed.reports.map(({ at }) => (at - STARTS) / MINUTE);
    assert.deepEqual(stops, [45, 60, 90, 120, 135, 180, 200]);
    await bed.advance(live, STARTS + DAY);
    await assert.rejects(bed.advance(live, STARTS + DAY - 1), { code: 'CONFLICT' });
    assert.equal(bed.reports.filter(({ dayClosed }) => dayClosed).length, 1);
    const moments = async (table: string) => [
      ...new Set((await bed.visits.served(table)).map((row) => (Number(row.tend_at) - STARTS) / MINUTE)),
    ];
    const every = (minutes: number) => Array.from({ length: 1440 / minutes }, (_, i) => (i + 1) * minutes);
    assert.deepEqual(await moments('quarters'), every(45));
    assert.deepEqual(await moments('halves'), every(90));
    assert.deepEqual(await moments('days'), every(1440));
  });

  test('a monitor that throws is one finding an hour, and the others go on', async () => {
    const bed = await bedOf({ outcome: ONE });
    const criterion = { id: 'answers', metric: 'error_rate', at_most: '50%', live: true } as const;
    const book = createBook({
      reference: () => undefined,
      criteria: [criterion],
      drift: null,
      slices: ['region'],
      sliceOf: () => {
        throw new Error('no slice');
      },
      kind: 'classification',
      keepMs: 8 * DAY,
    });
    const live = await bed.open({}, book);
    bed.predict(Array.from({ length: 50 }, (_, i) => ({ t: STARTS + i * MINUTE })));
    await bed.advance(live, STARTS + HOUR);
    const found = findings(bed.reports);
    assert.deepEqual(
      found.map(({ cause, holds }) => [cause, holds]),
      [['monitor:slices', false]],
    );
    const looked = bed.reports[0]?.windows.map(({ monitor }) => monitor);
    assert.deepEqual(looked, ['criterion:answers', 'requests', 'monitor:slices']);
    await bed.advance(live, STARTS + 2 * HOUR);
    assert.deepEqual(
      findings(bed.reports.slice(1))
        .filter(({ cause }) => cause === 'monitor:slices')
        .map(({ holds }) => holds),
      [true],
    );
  });

  test('an empty window says nothing, and nothing is sealed of a day without rows', async () => {
    const criterion = { id: 'answers', metric: 'error_rate', at_most: '0.1%', live: true } as const;
    const bed = await bedOf(
      { outcome: ONE },
      {
        criteria: [criterion, { id: 'good', metric: 'roc_auc', at_least: 0.7, over: '7d', live: true }],
        drift: { test: 'psi', alert_at: 0.2 },
        slices: ['region', 'shop'],
      },
    );
    const live = await bed.open();
    await bed.advance(live, STARTS + 2 * DAY);
    assert.deepEqual(
      findings(bed.reports).filter(({ holds }) => !holds),
      [],
    );
    const windows = bed.reports.flatMap((report) => report.windows);
    const said = windows.filter(({ monitor }) => monitor !== 'monitor:seal');
    assert.ok(said.length > 48 && said.every(({ verdict }) => verdict === 'open'));
    assert.deepEqual(await bed.parts('outcomes'), []);
  });

  test('rows that a rule or the declared SQL sets aside are one finding each, the others go on', async () => {
    const bed = await bedOf({ outcome: ONE, contract: CONTRACT });
    const { scope } = bed.visits;
    let live = await bed.open();
    const amounts = [5, 13, 500, 6, 13, 7, 600];
    bed.predict(amounts.map((amount, i) => ({ key: 50 + i, t: STARTS + i, fields: { amount } })));
    const answer = await live.record(amounts.map((_, i) => ({ key: 50 + i, value: i === 0 })));
    assert.equal(answer.accepted, amounts.length);
    // Received, not told to anybody yet: a restart must not swallow it.
    live = await bed.open();
    await bed.advance(live, STARTS + HOUR);
    const found = findings(bed.reports);
    const told = found.map(({ cause, holds, title }) => [cause, holds, title.split(' ')[0]] as const);
    assert.deepEqual(
      told.toSorted(([a], [b]) => (a < b ? -1 : 1)),
      [
        ['quality:visits:amount between 0 and 100', false, '2'],
        ['quality:visits:the declared SQL can be computed', false, '2'],
      ],
    );
    const [, uncomputed] = bed.reports[0]?.setAside.toSorted((a, b) => (a.rule < b.rule ? -1 : 1)) ?? [];
    assert.match(String(uncomputed?.samples[0]?.['(error)']), /thirteen/);
    // Told once: neither the next boundary nor a restart says it again.
    live = await bed.open();
    await bed.advance(live, STARTS + 2 * HOUR);
    assert.deepEqual(findings(bed.reports.slice(1)), []);
    await live.seal();
    assert.equal((await bed.sealed('outcomes')).length, amounts.length);
    const served = (await bed.visits.served('counts')).filter((row) => row.tend_at === STARTS + HOUR);
    assert.deepEqual(
      served.map((row) => [row.region, row.n]),
      [
        ['north', 4],
        ['south', 1],
      ],
    );
    const window = await loggedWindow(scope, {
      project: scope.project,
      endpoint: 'visits',
      from: STARTS,
      to: STARTS + HOUR,
      inputs: [
        { name: 'hour', type: 'number' },
        { name: 'region', type: 'string' },
        { name: 'absent', type: 'string' },
      ],
    });
    assert.deepEqual([...window.t], [STARTS, STARTS + 3, STARTS + 5]);
    assert.deepEqual([...window.target], [1, 0, 0]);
    assert.deepEqual([...window.score], [0.25, 0.25, 0.25]);
    assert.deepEqual(window.features.columns, {
      hour: { kind: 'number', values: Float64Array.of(1, 1, 1) },
      region: { kind: 'category', levels: ['north'], codes: Int32Array.of(0, 0, 0) },
      absent: { kind: 'category', levels: [], codes: Int32Array.of(-1, -1, -1) },
    });
  });

  test('predictions whose clock is wrong have their outcomes once, also after a restart', async () => {
    const bed = await bedOf({ outcome: ONE });
    let live = await bed.open();
    const [past, future] = bed.predict([
      { key: 1, t: Date.UTC(1999, 0, 1) },
      { key: 2, t: Date.UTC(2099, 0, 1) },
    ]);
    assert.ok(past && future);
    assert.equal(
      (
        await live.record([
          { key: 1, value: true },
          { key: 2, value: true },
        ])
      ).accepted,
      2,
    );
    bed.rotate();
    bed.predict([{ key: 3 }]);
    for (let day = 1; day <= 2; day++) await bed.advance(live, STARTS + day * DAY);
    live = await bed.open({ at: STARTS + 9 * DAY });
    const again = await live.record([
      { key: 1, value: true },
      { key: 2, value: true },
      { prediction: past.id, value: true },
      { prediction: future.id, value: true },
    ]);
    assert.deepEqual([again.accepted, again.duplicate], [0, 4]);
    assert.equal((await bed.sealed('outcomes')).length, 2);
  });
});
