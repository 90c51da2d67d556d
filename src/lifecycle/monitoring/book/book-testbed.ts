import assert from 'node:assert/strict';
import type { Frame } from '../../../kernel/column.ts';
import { figureSchema, judgedCriterionSchema } from '../../../kernel/figure.ts';
import { canonicalJson } from '../../../kernel/hash.ts';
import { normal } from '../../../learn/normal.ts';
import { type SeededRandom, seededRandom } from '../../../learn/random.ts';
import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import { type Book, type BookOptions, createBook } from './book.ts';
import { profileExamples, type ReferenceProfile } from './reference-profile.ts';
import type { WindowReport } from './window-report.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** A Thursday. */
export const START = Date.UTC(2001, 1, 1);

/** Hashes of two releases. */
export const FIRST = 'a'.repeat(64);
export const SECOND = 'b'.repeat(64);

export const INPUTS = [
  { name: 'distance', type: 'number' },
  { name: 'weekday', type: 'number' },
  { name: 'origin', type: 'string' },
] as const;

const ORIGINS = ['ATL', 'ORD', 'STL', 'SEA'];

/** One flight as it is made here: the score says how likely it is late, and `truth` whether it was. */
export interface Flight {
  readonly features: PredictionRecord['features'];
  readonly score: number;
  readonly truth: number;
}

/** A flight whose score ranks with an area of about 0.76. */
export function flight(random: SeededRandom, weekday: number): Flight {
  const truth = Number(random.next() < 0.3);
  const score = 1 / (1 + Math.exp(-(normal(random) + truth - 0.5)));
  const distance = Math.round(Math.exp(6 + 0.7 * normal(random)));
  const origin = ORIGINS[random.below(ORIGINS.length)] ?? 'ATL';
  return { features: { distance, weekday, origin }, score, truth };
}

/** A reference of 8,000 such flights. */
export function referenceOf(release: string, test: ReferenceProfile['test'] = {}): ReferenceProfile {
  const random = seededRandom(99);
  const flights = Array.from({ length: 8000 }, (_, i) => flight(random, (i % 7) + 1));
  const numbers = (name: string) => ({
    kind: 'number' as const,
    values: Float64Array.from(flights, ({ features }) => Number(features[name])),
  });
  const features: Frame = {
    rows: flights.length,
    columns: {
      distance: numbers('distance'),
      weekday: numbers('weekday'),
      origin: {
        kind: 'category',
        codes: Int32Array.from(flights, ({ features: of }) => ORIGINS.indexOf(String(of.origin))),
        levels: ORIGINS,
      },
    },
  };
  const scores = Float64Array.from(flights, ({ score }) => score);
  return { release, rows: flights.length, ...profileExamples(INPUTS, features, scores), test };
}

/** A record at a time; `change` sets any of its members. */
export function recordOf(t: number, of: Flight, change: Partial<PredictionRecord> = {}): PredictionRecord {
  return {
    id: `prd_${t}`,
    key: null,
    at: t,
    t,
    endpoint: 'flight-delay',
    release: FIRST,
    version: '1',
    fields: {},
    features: of.features,
    prediction: of.score,
    latencyUs: 900,
    error: false,
    ...change,
  };
}

/**
 * A book that watches one criterion, drift over seven days, and slices by origin; `change` sets any option.
 */
export function bookOf(change: Partial<BookOptions> = {}): Book {
  const references = new Map([FIRST, SECOND].map((hash) => [hash, referenceOf(hash, { roc_auc: 0.76 })]));
  return createBook({
    reference: (release) => references.get(release),
    criteria: [
      { id: 'still-good', metric: 'roc_auc', over: '7d', at_least: 'test - 0.02', live: true },
      { id: 'answers', metric: 'error_rate', at_most: '0.1%', live: true },
    ],
    drift: { test: 'psi', alertAt: 0.2, overMs: 7 * DAY },
    slices: ['origin'],
    sliceOf: ({ features }) => [String(features.origin)],
    kind: 'classification',
    keepMs: 8 * DAY,
    ...change,
  });
}

/** What a stretch of traffic is like. */
export interface Stretch {
  readonly from: number;
  readonly hours: number;
  readonly perHour: number;
  readonly seed: number;
  /** Share of outcomes that come; all if absent. */
  readonly known?: number;
  /** Changes a flight before it is answered. */
  readonly bend?: (of: Flight) => Flight;
  /** Changes a record before it is added. */
  readonly change?: (record: PredictionRecord, i: number) => PredictionRecord;
}

/** Lets a stretch of traffic pass, outcomes in the same hour, and closes its hours and days. */
export function pass(book: Book, stretch: Stretch): WindowReport[] {
  const random = seededRandom(stretch.seed);
  const reports: WindowReport[] = [];
  const { bend = (of) => of, change = (record) => record, known = 1 } = stretch;
  for (let hour = 0; hour < stretch.hours; hour++) {
    const begin = stretch.from + hour * HOUR;
    for (let i = 0; i < stretch.perHour; i++) {
      const t = begin + Math.floor((i * HOUR) / stretch.perHour);
      const of = bend(flight(random, (Math.floor(t / DAY) % 7) + 1));
      const ref = book.add(change(recordOf(t, of), i));
      if (random.next() < known) book.outcome(ref, of.truth);
    }
    reports.push(...book.closeHour(begin + HOUR));
    if ((begin + HOUR) % DAY === 0) reports.push(...book.closeDay(begin + HOUR));
  }
  for (const report of reports) assertWellFormed(report);
  return reports;
}

/** The last report of a monitor. */
export function lastOf(reports: readonly WindowReport[], monitor: string): WindowReport {
  const found = reports.findLast((report) => report.monitor === monitor);
  assert.ok(found, `a report of ${monitor}`);
  return found;
}

/** Why a report says no more than it does. */
export function reasonOf({ body }: WindowReport): string {
  assert.ok(typeof body.reason === 'string', 'a reason');
  return body.reason;
}

/** A report that can be stored, drawn and told. */
export function assertWellFormed(report: WindowReport): void {
  canonicalJson(report);
  const {
    figures = [],
    criteria = [],
    reason,
  } = report.body as {
    readonly figures?: readonly unknown[];
    readonly criteria?: readonly unknown[];
    readonly reason?: unknown;
  };
  for (const figure of figures) figureSchema.parse(figure);
  for (const criterion of criteria) judgedCriterionSchema.parse(criterion);
  assert.ok(report.from < report.to && report.title.length > 0);
  assert.equal(
    reason === undefined,
    report.verdict !== 'open' || report.monitor === 'outcomes',
    report.title,
  );
}
