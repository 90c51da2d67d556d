import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { documentMistakes } from './read-document.ts';

const FLIGHTS = readFileSync(join(import.meta.dirname, '../../../examples/flights/tend.yaml'), 'utf8');

function mistakesOf(...changes: readonly (readonly [from: string, to: string])[]): string[] {
  let source = FLIGHTS;
  for (const [from, to] of changes) {
    assert.ok(source.includes(from), from);
    source = source.replace(from, to);
  }
  return documentMistakes(source).map(({ path, message }) => `${path}: ${message}`);
}

const ONE_CHANGE: readonly (readonly [what: string, from: string, to: string, mistake: string])[] = [
  [
    'two criteria of one id',
    'id: beats-simple',
    'id: ranks-well',
    'problem.criteria.1.id: a second criterion ranks-well; ids are unique',
  ],
  [
    'a metric of another kind',
    'metric: calibration_error',
    'metric: rmse',
    'problem.criteria.2.metric: rmse judges regression, this project is classification',
  ],
  [
    'a group metric without groups',
    'by: hub_class, ',
    '',
    'problem.criteria.3: disparate_impact needs by: the feature that makes the groups',
  ],
  [
    'a contract of no source',
    '    airports:\n      -',
    '    airprts:\n      -',
    'data.contract.airprts: there is no source airprts; did you mean airports?',
  ],
  [
    'examples of no source',
    'source: flights',
    'source: flight',
    'data.features.source: there is no source flight; did you mean flights?',
  ],
  [
    'several sources, none named',
    '    source: flights\n',
    '',
    'data.features: with several sources, source says which holds the examples',
  ],
  [
    'values of no source',
    'in: airports.iata',
    'in: ports.iata',
    'data.contract.flights.1.in: there is no source ports; known: flights, airports',
  ],
  [
    'values of itself',
    'in: airports.iata',
    'in: flights.origin',
    'data.contract.flights.1.in: flights would have to be read before itself',
  ],
  [
    'a delimiter of a Parquet file',
    'partition: month, time: date',
    'partition: month, time: date, delimiter: ";"',
    'data.sources.flights.delimiter: only a CSV file has a delimiter',
  ],
  [
    'partitions without a time',
    'data/airports.csv',
    'data/airports.csv, partition: day',
    'data.sources.airports.partition: partition: day needs the time column',
  ],
  [
    'no training window left',
    'first_window: 31d',
    'first_window: 13d',
    'split.first_window: expected a window longer than validation and test together',
  ],
  [
    'tables that see the future',
    '    available: landed\n',
    '',
    'data.features.tables: feature tables need available: when a row arrived',
  ],
  [
    'a guard that is no criterion',
    'guard: [answers]',
    'guard: [answer]',
    'deployment.rollout.guard.0: there is no criterion answer; did you mean answers?',
  ],
  [
    'a guard that the traffic of a candidate cannot answer',
    'guard: [answers]',
    'guard: [fast]',
    'deployment.rollout.guard.0: a guard is an error_rate with at_most, which fast is not',
  ],
  [
    'a watch that is no criterion',
    'watch: [still-good]',
    'watch: [stil-good]',
    'monitoring.watch.0: there is no live criterion stil-good; did you mean still-good?',
  ],
  [
    'a bound on test rows that leans on the champion',
    'at_least: 0.66, on: test',
    'at_least: champion + 0.01, on: test',
    'problem.criteria.0.at_least: there is no champion to lean on when evaluation judges ranks-well',
  ],
  [
    'an occasion that is none',
    'when: [drift, still-good, monthly]',
    'when: [drift, montly]',
    'retraining.when.1: there is no occasion or live criterion montly; did you mean monthly?',
  ],
  [
    'a watch that no monitor judges',
    'watch: [still-good]',
    'watch: [calibrated]',
    'monitoring.watch.0: calibrated is not live; live: true lets monitoring judge it',
  ],
  [
    'a retraining for what no monitor judges',
    'when: [drift, still-good, monthly]',
    'when: [fair]',
    'retraining.when.0: fair is not live; live: true lets monitoring judge it',
  ],
  [
    'actions of a cause that cannot occur',
    'watch: [still-good]',
    'actions: { stil-good: [alert] }',
    'monitoring.actions.stil-good: there is no cause or live criterion stil-good; did you mean still-good?',
  ],
  [
    'a rollback to somewhere',
    'watch: [still-good]',
    'actions: { answers: [{ do: roll_back, to: baseline }] }',
    'monitoring.actions.answers.0.to: roll_back takes no to, came "baseline"',
  ],
  [
    'a limit without a span',
    'watch: [still-good]',
    'actions: { answers: [{ do: roll_back, limit: 2 }] }',
    'monitoring.actions.answers.0.limit: expected string, received number, came 2',
  ],
  [
    'a throttle without a rate',
    'watch: [still-good]',
    'actions: { answers: [{ do: throttle, veto: 1h }] }',
    'monitoring.actions.answers.0.to: throttle needs to: the rate, such as 50/s',
  ],
];

for (const [what, from, to, mistake] of ONE_CHANGE) {
  test(`${what}: a mistake`, () => assert.deepEqual(mistakesOf([from, to]), [mistake]));
}

test('a split by time, a clock, and feature tables each need a moment', () => {
  assert.deepEqual(mistakesOf(['    time: departure\n', '']), [
    'data.features.tables: feature tables need time: the moment they are read for',
    'split.by: by: time needs data.features.time and the time of the source',
  ]);
  assert.deepEqual(mistakesOf([', partition: month, time: date', '']), [
    'clock: a project clock needs the time of the source',
    'split.by: by: time needs data.features.time and the time of the source',
  ]);
});

test('a split by hash leaves rows to train on, and has no moment from which on tables are computed', () => {
  const split = 'split: { by: time, first_window: 31d, validation: 6d, test: 7d }';
  assert.deepEqual(mistakesOf([split, 'split: { by: hash, validation: 0.5, test: 0.5 }']), [
    'data.features.tables: feature tables need split by time, which says from when on',
    'split: validation and test together leave no row to train on',
  ]);
});

test('sources that look values up in each other have no order', () => {
  const airports = '      - { column: iata, not_null: true, unique: true }';
  assert.deepEqual(mistakesOf([airports, '      - { column: iata, in: flights.origin }']), [
    'data.contract.flights.1.in: flights would have to be read before itself',
    'data.contract.airports.0.in: airports would have to be read before itself',
  ]);
});

test('drift needs something that looks for it, and retraining something that says how', () => {
  const drift = 'drift: { test: psi, alert_at: 0.2 }, ';
  assert.deepEqual(mistakesOf([drift, 'actions: { drift: [alert] }, ']), [
    'monitoring.actions.drift: nothing looks for drift: monitoring.drift says how',
    'retraining.when.0: nothing looks for drift: monitoring.drift says how',
  ]);
  const retraining = FLIGHTS.slice(FLIGHTS.indexOf('retraining:'), FLIGHTS.indexOf('governance:'));
  assert.deepEqual(
    mistakesOf([retraining, ''], ['watch: [still-good]', 'actions: { still-good: [alert, retrain] }']),
    ['monitoring.actions.still-good.1: retrain needs a retraining part, which says how'],
  );
});

test('every action in each of its forms is no mistake', () => {
  const actions = `actions: {
    answers: [alert, { do: roll_back, dry_run: true, limit: 1/day, veto: 2h }, stop],
    requests: [{ do: throttle, to: 50/s }],
    still-good: [retrain, fall_back, { do: fall_back, to: origin_late_24h }],
    drift: [retrain], quality: [alert], outcomes: [alert] }`;
  assert.deepEqual(mistakesOf(['watch: [still-good]', `watch: [still-good, answers], ${actions}`]), []);
});
