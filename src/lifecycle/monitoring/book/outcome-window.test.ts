import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../learn/random.ts';
import { bookOf, DAY, flight, lastOf, pass, recordOf, SECOND, START, reasonOf } from './book-testbed.ts';

const WEEK = 7 * 24;
const STILL_GOOD = 'criterion:still-good';

test('a criterion that leans on the test figure passes with its interval, by day and by slice', () => {
  const reports = pass(bookOf(), { from: START, hours: WEEK, perHour: 30, seed: 1 });
  const report = lastOf(reports, STILL_GOOD);
  assert.equal(report.verdict, 'pass', report.title);
  assert.ok(Math.abs((report.bound ?? 0) - 0.74) < 1e-12);
  assert.ok((report.low ?? 1) < 0.76 && (report.high ?? 0) > 0.76, report.title);
  const { figures, slices, outcomes, coverage } = report.body as {
    readonly figures: readonly {
      readonly title: string;
      readonly series: readonly { readonly points: unknown[] }[];
    }[];
    readonly slices: readonly { readonly by: string; readonly parts: readonly object[] }[];
    readonly outcomes: number;
    readonly coverage: number;
  };
  assert.deepEqual([outcomes, coverage], [WEEK * 30, 1]);
  assert.deepEqual(
    figures.map(({ title }) => title),
    ['roc_auc by day', 'roc_auc by origin'],
  );
  assert.equal(figures[0]?.series[0]?.points.length, 7);
  assert.equal(slices[0]?.parts.length, 4);
});

test('it fails only where the whole interval is below the bound', () => {
  const worse = (share: number) => {
    const random = seededRandom(7);
    return (one: { readonly truth: number }) => ({
      ...one,
      truth: random.next() < share ? Number(random.next() < 0.3) : one.truth,
    });
  };
  const verdictOf = (share: number, perHour: number): string => {
    const bend = worse(share) as never;
    return lastOf(pass(bookOf(), { from: START, hours: WEEK, perHour, seed: 1, bend }), STILL_GOOD).verdict;
  };
  assert.equal(verdictOf(0.2, 30), 'fail');
  assert.equal(verdictOf(0.2, 1), 'open', 'few rows: beyond the bound, within what chance explains');
});

test('with half of the outcomes unknown nothing is judged, and the coverage is said', () => {
  const reports = pass(bookOf(), { from: START, hours: WEEK, perHour: 30, seed: 1, known: 0.4 });
  const report = lastOf(reports, STILL_GOOD);
  assert.equal(report.verdict, 'open');
  assert.match(reasonOf(report), /^(39|40|41) % of the outcomes are known$/);
  const outcomes = lastOf(reports, 'outcomes');
  assert.equal(outcomes.verdict, 'fail', 'a criterion waits for them');
  assert.ok(Math.abs((outcomes.value ?? 0) - 0.4) < 0.02);
  const without = pass(bookOf({ criteria: [] }), {
    from: START,
    hours: WEEK,
    perHour: 30,
    seed: 1,
    known: 0,
  });
  assert.equal(lastOf(without, 'outcomes').verdict, 'open', 'nobody waits for them');
});

test('one class alone, no predictions, and too few outcomes are open with the reason', () => {
  const one = pass(bookOf(), {
    from: START,
    hours: WEEK,
    perHour: 5,
    seed: 1,
    bend: (of) => ({ ...of, truth: 0 }),
  });
  assert.equal(lastOf(one, STILL_GOOD).body.reason, 'roc_auc is not defined on these rows');
  const empty = lastOf(pass(bookOf(), { from: START, hours: WEEK, perHour: 0, seed: 1 }), STILL_GOOD);
  assert.deepEqual([empty.verdict, empty.release, empty.value], ['open', null, null]);
  const book = bookOf();
  const of = flight(seededRandom(1), 1);
  book.outcome(book.add(recordOf(START, of)), 1);
  const [report] = book.closeDay(START + 7 * DAY).filter(({ monitor }) => monitor === STILL_GOOD);
  assert.equal(report?.body.reason, '1 outcomes are too few');
});

test('answers without a score and outcomes that cannot be are in no figure', () => {
  const reports = pass(bookOf(), {
    from: START,
    hours: WEEK,
    perHour: 10,
    seed: 1,
    bend: (of) => ({ ...of, truth: of.features.origin === 'ATL' ? 7 : of.truth }),
    change: (record, i) => (i === 0 ? { ...record, prediction: null, error: true } : record),
  });
  const report = lastOf(reports, STILL_GOOD);
  const { predictions, outcomes } = report.body as {
    readonly predictions: number;
    readonly outcomes: number;
  };
  assert.equal(predictions, WEEK * 9);
  assert.ok(outcomes > WEEK * 6 && outcomes < WEEK * 7.5, `${outcomes}`);
  assert.equal(report.verdict, 'pass', report.title);
});

test('figures are of the release that answered most, judged once it answered all but a day', () => {
  const book = bookOf();
  const reports = pass(book, {
    from: START,
    hours: 10 * 24,
    perHour: 20,
    seed: 1,
    change: (record) => (record.t < START + 3 * DAY ? record : { ...record, release: SECOND, version: '2' }),
  });
  const windows = reports.filter(({ monitor, to }) => monitor === STILL_GOOD && to >= START + 6 * DAY);
  assert.deepEqual(
    windows.map(({ body, verdict }) => [body.version, body.outcomes, verdict]),
    [
      ['1', 1440, 'open'],
      ['2', 1920, 'open'],
      ['2', 2400, 'open'],
      ['2', 2880, 'pass'],
      ['2', 3360, 'pass'],
    ],
  );
  const [, second] = windows;
  assert.equal(second?.release, SECOND);
  assert.ok(Math.abs(Number(second?.body.share_of_window) - 4 / 7) < 1e-9);
  assert.match(second?.title ?? '', /version 2/);
  assert.equal(second?.body.reason, 'version 2 answered in 96 of 168 hours');
});

test('other metrics have bootstrap intervals, groups are compared by a slicing, lower may be better', () => {
  const book = bookOf({
    criteria: [
      { id: 'sharp', metric: 'brier', over: '2d', at_most: 0.25, live: true },
      { id: 'fair', metric: 'disparate_impact', over: '2d', by: 'origin', at_least: 0.8, live: true },
      { id: 'unknown', metric: 'disparate_impact', over: '2d', by: 'hub', at_least: 0.8, live: true },
      { id: 'leaning', metric: 'brier', over: '2d', at_most: 'baseline + 0.1', live: true },
    ],
  });
  const reports = pass(book, { from: START, hours: 48, perHour: 20, seed: 1 });
  for (const id of ['sharp', 'fair']) {
    const report = lastOf(reports, `criterion:${id}`);
    assert.equal(report.verdict, 'pass', report.title);
    assert.ok((report.low ?? 1) <= (report.value ?? 0) && (report.value ?? 0) <= (report.high ?? 0));
  }
  assert.match(reasonOf(lastOf(reports, 'criterion:unknown')), /does not name hub/);
  assert.match(reasonOf(lastOf(reports, 'criterion:leaning')), /leans on a figure/);
});

test('a regression is watched by its error', () => {
  const book = bookOf({
    kind: 'regression',
    criteria: [{ id: 'accurate', metric: 'rmse', over: '2d', at_most: 1, live: true }],
  });
  const far = (factor: number) => (of: { readonly score: number }) => ({ ...of, truth: of.score * factor });
  const good = pass(book, { from: START, hours: 48, perHour: 10, seed: 1, bend: far(2) as never });
  assert.equal(lastOf(good, 'criterion:accurate').verdict, 'pass');
  const bad = pass(book, { from: START + 2 * DAY, hours: 48, perHour: 10, seed: 1, bend: far(9) as never });
  assert.equal(lastOf(bad, 'criterion:accurate').verdict, 'fail');
});
