import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../learn/random.ts';
import {
  bookOf,
  DAY,
  FIRST,
  flight,
  HOUR,
  lastOf,
  pass,
  recordOf,
  referenceOf,
  SECOND,
  START,
} from './book-testbed.ts';

test('the same records in the same order give the same reports to the last digit', () => {
  const run = () => pass(bookOf(), { from: START, hours: 7 * 24, perHour: 20, seed: 1, known: 0.8 });
  assert.deepEqual(run(), run());
});

test('errors above the bound fail with the interval, and hold again when they stop', () => {
  const book = bookOf();
  const good = pass(book, { from: START, hours: 1, perHour: 400, seed: 1 });
  assert.deepEqual(
    [lastOf(good, 'criterion:answers').verdict, lastOf(good, 'criterion:answers').value],
    ['pass', 0],
  );
  const bad = pass(book, {
    from: START + HOUR,
    hours: 1,
    perHour: 400,
    seed: 2,
    change: (record, i) => (i % 40 === 0 ? { ...record, prediction: null, error: true } : record),
  });
  const report = lastOf(bad, 'criterion:answers');
  assert.equal(report.verdict, 'fail', report.title);
  assert.equal(report.value, 0.025);
  assert.ok((report.low ?? 0) > 0.001 && (report.high ?? 1) < 0.05);
  const again = pass(book, { from: START + 2 * HOUR, hours: 1, perHour: 400, seed: 3 });
  assert.equal(lastOf(again, 'criterion:answers').verdict, 'pass');
  const few = pass(book, { from: START + 3 * HOUR, hours: 1, perHour: 40, seed: 3 });
  assert.equal(lastOf(few, 'criterion:answers').verdict, 'open');
});

test('latency is judged in milliseconds, within 6 %', () => {
  const book = bookOf({ criteria: [{ id: 'fast', metric: 'latency_p99', at_most: '50ms', live: true }] });
  const slow = (us: number, share: number) => ({
    change: (record: ReturnType<typeof recordOf>, i: number) => ({
      ...record,
      latencyUs: i < share * 1000 ? us : 700,
    }),
  });
  const good = pass(book, { from: START, hours: 1, perHour: 1000, seed: 1, ...slow(60_000, 0.002) });
  const report = lastOf(good, 'criterion:fast');
  assert.equal(report.verdict, 'pass');
  assert.ok(Math.abs((report.value ?? 0) / 0.7 - 1) < 0.06, `${report.value}`);
  const bad = pass(book, { from: START + HOUR, hours: 1, perHour: 1000, seed: 1, ...slow(60_000, 0.05) });
  const failed = lastOf(bad, 'criterion:fast');
  assert.equal(failed.verdict, 'fail', failed.title);
  assert.ok(Math.abs((failed.value ?? 0) / 60 - 1) < 0.06, `${failed.value}`);
});

test('a null burst, a wrong unit and unseen levels fail within the hour, for their release', () => {
  for (const [input, kind, value] of [
    ['distance', 'missing', null],
    ['distance', 'outside', 1e7],
    ['origin', 'outside', 'MQT'],
  ] as const) {
    const reports = pass(bookOf(), {
      from: START,
      hours: 1,
      perHour: 400,
      seed: 1,
      change: (record, i) =>
        i % 4 === 0
          ? { ...record, release: SECOND, version: '2', features: { ...record.features, [input]: value } }
          : record,
    });
    const report = lastOf(reports, 'requests');
    assert.equal(report.verdict, 'fail');
    assert.equal(report.release, SECOND);
    const [worst] = report.body.defects as readonly { readonly [key: string]: unknown }[];
    assert.deepEqual([worst?.version, worst?.input, worst?.kind, worst?.share], ['2', input, kind, 1]);
  }
  const reports = pass(bookOf(), { from: START, hours: 24, perHour: 400, seed: 1 });
  assert.ok(reports.every(({ monitor, verdict }) => monitor !== 'requests' || verdict === 'pass'));
});

test('predictions that come out of order are counted where their event time lies', () => {
  const random = seededRandom(4);
  const flights = Array.from({ length: 2000 }, () => flight(random, 3));
  const run = (order: readonly number[]) => {
    const book = bookOf();
    for (const i of order) {
      const of = flights[i]!;
      book.outcome(book.add(recordOf(START + i * 60_000, of)), of.truth);
    }
    return [...book.closeHour(START + DAY), ...book.closeDay(START + DAY)];
  };
  const forward = [...flights.keys()];
  const reports = run(forward);
  assert.equal(lastOf(reports, 'outcomes').body.predictions, 1440, 'of the first day');
  assert.deepEqual(run([...forward].reverse()), reports);
});

test('clocks that are wrong by years neither count nor cost memory, and are told', () => {
  const book = bookOf();
  const of = flight(seededRandom(1), 1);
  book.closeHour(START);
  for (let i = 0; i < 2000; i++) {
    const skewed = recordOf(START + i * 40 * DAY + 9 * DAY, of);
    book.outcome(book.add(skewed), 1);
    book.outcome(book.add({ ...skewed, t: -skewed.t }), 1);
    book.outcome(book.add({ ...skewed, t: 1e300 }), 1);
  }
  book.add(recordOf(START, of));
  const [requests] = book.closeHour(START + HOUR).filter(({ monitor }) => monitor === 'requests');
  assert.deepEqual([requests?.body.rows, requests?.body.out_of_time], [1, 6000]);
  assert.equal(lastOf(book.closeDay(START + DAY), 'outcomes').body.predictions, 1);
});

test('what no window reaches is forgotten; a late outcome of it is left alone', () => {
  const book = bookOf();
  const of = flight(seededRandom(1), 1);
  const ref = book.add(recordOf(START, of));
  book.closeDay(START + 10 * DAY);
  book.outcome(ref, 1);
  book.add(recordOf(START + 10 * DAY, of));
  assert.equal(lastOf(book.closeDay(START + 11 * DAY), 'outcomes').body.outcomes, 0);
});

test('a monitor that throws says so, the others go on, and it says when it works again', () => {
  let broken = true;
  const book = bookOf({
    sliceOf: () => {
      if (broken) throw new Error('no such slice');
      return ['ATL'];
    },
  });
  const reports = pass(book, { from: START, hours: 1, perHour: 200, seed: 1 });
  const failed = lastOf(reports, 'monitor:slices');
  assert.deepEqual([failed.verdict, failed.title], ['fail', 'The monitor slices failed: no such slice']);
  assert.equal(lastOf(reports, 'criterion:answers').verdict, 'pass');
  broken = false;
  const again = pass(book, { from: START + HOUR, hours: 2, perHour: 200, seed: 1 });
  assert.deepEqual(
    again.filter(({ monitor }) => monitor === 'monitor:slices').map(({ verdict }) => verdict),
    ['pass'],
  );
});

test('a release that is armed after its first predictions is watched from then on', () => {
  const reference = referenceOf(FIRST);
  let armed = false;
  const book = bookOf({ reference: () => (armed ? reference : undefined) });
  const before = pass(book, { from: START, hours: 1, perHour: 200, seed: 1 });
  assert.equal(lastOf(before, 'requests').verdict, 'open');
  armed = true;
  const after = pass(book, { from: START + HOUR, hours: 1, perHour: 200, seed: 1 });
  assert.equal(lastOf(after, 'requests').verdict, 'pass');
  assert.equal(lastOf(book.closeDay(START + DAY), 'outcomes').body.predictions, 400, 'all are counted');
});

test('as much is kept as the longest window needs, whatever the caller says', () => {
  const live = true;
  const keepMs = DAY;
  const short = bookOf({ keepMs, drift: null, criteria: [] });
  assert.equal(short.keepMs, 8 * DAY, 'label coverage looks at a week');
  const month = { id: 'still-good', metric: 'roc_auc', over: '30d', at_least: 0.6, live } as const;
  assert.equal(bookOf({ keepMs, criteria: [month] }).keepMs, 31 * DAY);
  assert.equal(bookOf({ keepMs: 90 * DAY }).keepMs, 90 * DAY);
});
