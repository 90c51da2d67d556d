import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bookOf,
  DAY,
  type Flight,
  HOUR,
  lastOf,
  pass,
  recordOf,
  SECOND,
  START,
  reasonOf,
} from './book-testbed.ts';

const WEEK = 7 * 24;

function longer({ features, ...rest }: Flight): Flight {
  return { ...rest, features: { ...features, distance: Number(features.distance) * 1.609 } };
}

test('without drift a full week passes, with a report for each input and the score', () => {
  const book = bookOf();
  const reports = pass(book, { from: START, hours: WEEK, perHour: 20, seed: 1 });
  const drift = lastOf(reports, 'drift');
  assert.equal(drift.verdict, 'pass', drift.title);
  assert.ok((drift.value ?? 1) < 0.05, `PSI ${drift.value}`);
  assert.deepEqual([drift.from, drift.to, drift.bound], [START, START + 7 * DAY, 0.2]);
  const monitors = reports.filter(({ to, monitor }) => to === drift.to && monitor.startsWith('drift:'));
  assert.deepEqual(
    monitors.map(({ monitor }) => monitor),
    ['drift:distance', 'drift:weekday', 'drift:origin', 'drift:(score)'],
  );
});

test('before the first window is full, and before a new release has filled one, nothing is said', () => {
  const book = bookOf();
  const first = pass(book, { from: START, hours: WEEK, perHour: 20, seed: 1 });
  const open = first.filter(({ monitor, to }) => monitor === 'drift' && to < START + 7 * DAY);
  assert.equal(open.length, 6);
  assert.ok(open.every(({ verdict }) => verdict === 'open'));
  const after = pass(book, {
    from: START + 7 * DAY,
    hours: WEEK,
    perHour: 20,
    seed: 2,
    change: (record) => ({ ...record, release: SECOND, version: '2' }),
  });
  const windows = after.filter(({ monitor }) => monitor === 'drift');
  assert.deepEqual(
    windows.map(({ verdict }) => verdict),
    ['open', 'open', 'open', 'open', 'open', 'open', 'pass'],
  );
  assert.match(windows[0]?.title ?? '', /version 2 answered in 24 of 168 hours/);
  assert.ok(windows.every(({ release }) => release === SECOND));
  assert.equal(windows.at(-1)?.body.rows, WEEK * 20, 'rows of the other release are not in it');
});

test('a wrong unit, a null burst and an unseen level are drift, named and drawn', () => {
  for (const [input, bend] of [
    ['distance', longer],
    ['distance', ({ features, ...rest }) => ({ ...rest, features: { ...features, distance: null } })],
    ['origin', ({ features, ...rest }) => ({ ...rest, features: { ...features, origin: 'MQT' } })],
    ['(score)', (flight) => ({ ...flight, score: flight.score / 2 })],
  ] as const satisfies readonly (readonly [string, (flight: Flight) => Flight])[]) {
    const drift = lastOf(pass(bookOf(), { from: START, hours: WEEK, perHour: 20, seed: 3, bend }), 'drift');
    assert.equal(drift.verdict, 'fail', input);
    const inputs = drift.body.inputs as readonly { readonly input: string; readonly moved: boolean }[];
    assert.deepEqual(
      inputs.filter(({ moved }) => moved).map((one) => one.input),
      [input],
    );
    assert.ok(drift.title.startsWith(`1 of 4 moved by psi 0.2 or more: ${input} `), drift.title);
    assert.equal((drift.body.figures as unknown[]).length, 2);
  }
});

test('each test finds the wrong unit with its own floor', () => {
  for (const [name, alertAt] of [
    ['ks', 0.15],
    ['js', 0.15],
  ] as const) {
    const book = bookOf({ drift: { test: name, alertAt, overMs: 7 * DAY } });
    const reports = pass(book, { from: START, hours: WEEK, perHour: 20, seed: 4, bend: longer });
    assert.equal(lastOf(reports, 'drift').verdict, 'fail');
    assert.equal(lastOf(reports, 'drift:distance').verdict, 'fail');
    assert.equal(lastOf(reports, 'drift:origin').verdict, 'pass');
  }
});

test('few rows do not cry wolf: PSI above the floor that chance explains is no drift', () => {
  // 300 predictions a window and a floor far below the noise: about 20 bins / 300 rows.
  let fails = 0;
  for (let seed = 0; seed < 20; seed++) {
    const book = bookOf({ drift: { test: 'psi', alertAt: 0.02, overMs: 7 * DAY } });
    const reports = pass(book, { from: START, hours: WEEK, perHour: 2, seed: 100 + seed });
    const drift = lastOf(reports, 'drift');
    assert.ok((drift.value ?? 0) > 0.02, `the largest PSI is ${drift.value}`);
    fails += Number(drift.verdict === 'fail');
  }
  assert.ok(fails <= 2, `${fails} of 20 weeks without drift fail`);
});

test('windows shorter than a day close with the hours', () => {
  const book = bookOf({ drift: { test: 'psi', alertAt: 0.2, overMs: HOUR } });
  // Within an hour every flight has one weekday: the input that tells the time always differs.
  const bend = ({ features, ...rest }: Flight): Flight => ({
    ...rest,
    features: { ...features, weekday: 1 + (Math.floor(Number(features.distance)) % 7) },
  });
  const good = pass(book, { from: START, hours: 2, perHour: 400, seed: 5, bend });
  assert.equal(lastOf(good, 'drift').verdict, 'pass', lastOf(good, 'drift').title);
  const broken = pass(book, {
    from: START + 2 * HOUR,
    hours: 1,
    perHour: 400,
    seed: 6,
    bend: (one) => longer(bend(one)),
  });
  assert.equal(lastOf(broken, 'drift').verdict, 'fail');
});

test('a release without a reference, and no traffic at all, are open with the reason', () => {
  const unarmed = bookOf({ reference: () => undefined });
  const reports = pass(unarmed, { from: START, hours: WEEK, perHour: 20, seed: 1 });
  assert.match(reasonOf(lastOf(reports, 'drift')), /no reference profile/);
  assert.equal(lastOf(reports, 'requests').verdict, 'open');
  const empty = pass(bookOf(), { from: START, hours: WEEK, perHour: 0, seed: 1 });
  assert.equal(lastOf(empty, 'drift').body.reason, 'nothing answered');
});

test('a constant input that stays is no drift, one that moves is', () => {
  const reference = {
    release: 'c'.repeat(64),
    rows: 500,
    inputs: [
      { kind: 'number', name: 'x', edges: [3, 3.000000003], counts: [0, 500, 0], missing: 0, min: 3, max: 3 },
    ],
    score: { kind: 'number', name: '(score)', edges: [], counts: [500], missing: 0, min: 0, max: 1 },
    daily: null,
    test: {},
  } as const;
  const verdictOf = (x: number) => {
    const book = bookOf({ reference: () => reference });
    for (let i = 0; i < 7 * 100; i++) {
      const t = START + Math.floor((i * DAY) / 100);
      book.add(recordOf(t, { features: { x }, score: 0.5, truth: 0 }, { release: reference.release }));
    }
    return lastOf(book.closeDay(START + 7 * DAY), 'drift');
  };
  assert.deepEqual([verdictOf(3).verdict, verdictOf(3).value], ['pass', 0]);
  assert.equal(verdictOf(4).verdict, 'fail');
});
