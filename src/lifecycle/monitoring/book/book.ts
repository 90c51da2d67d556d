import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import type { DriftTestName } from '../../../learn/drift/drift-test.ts';
import { durationMs } from '../../../kernel/schema.ts';
import type { Criterion } from '../../problem/index.ts';
import { driftReports } from './drift-window.ts';
import { bucketCounter, emptyBucket, type HourBucket, sumBuckets } from './hour-bucket.ts';
import { outcomeReports } from './outcome-window.ts';
import { OutcomeRows } from './outcome-rows.ts';
import type { ReferenceProfile } from './reference-profile.ts';
import { requestsReport } from './requests-window.ts';
import { serviceReports } from './service-window.ts';
import { SliceCodes } from './slice-codes.ts';
import type { WindowReport } from './window-report.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What a book watches. */
export interface BookOptions {
  /** What a release was made on; undefined where it was not armed. */
  readonly reference: (release: string) => ReferenceProfile | undefined;
  /** Live criteria. */
  readonly criteria: readonly Criterion[];
  readonly drift: { readonly test: DriftTestName; readonly alertAt: number; readonly overMs: number } | null;
  /** Names of the slicings, and the slices of a prediction in their order. */
  readonly slices: readonly string[];
  readonly sliceOf: (record: PredictionRecord) => readonly string[];
  readonly kind: 'classification' | 'regression';
  /** How far back windows reach, milliseconds. */
  readonly keepMs: number;
}

/** A prediction in the book. */
export interface BookRef {
  readonly rows: OutcomeRows;
  readonly at: number;
}

/**
 * Counts of live traffic by release and hour, and scores with outcomes by day: enough for every window, and no more
 * however much comes. Everything follows from the records in their order.
 */
export interface Book {
  readonly keepMs: number;
  readonly add: (record: PredictionRecord) => BookRef;
  /** The outcome of a prediction, as the target column says it. */
  readonly outcome: (ref: BookRef, target: number) => void;
  /** Windows that end at an hour: errors, latency, defects of requests. */
  readonly closeHour: (at: number) => readonly WindowReport[];
  /** Windows that end at midnight: drift, criteria on outcomes, label coverage. Forgets what no window reaches. */
  readonly closeDay: (at: number) => readonly WindowReport[];
}

/** The first hour in which a release answered, of those that are held. */
function firstHour({ hours }: Release): number {
  let first = Number.POSITIVE_INFINITY;
  for (const hour of hours.keys()) first = Math.min(first, hour);
  return first;
}

interface Release {
  readonly hash: string;
  readonly reference: ReferenceProfile | undefined;
  readonly count: (bucket: HourBucket, record: PredictionRecord) => void;
  /** By hour since 1970. */
  readonly hours: Map<number, HourBucket>;
}

/** A book with nothing in it. */
export function createBook(options: BookOptions): Book {
  const releases: Release[] = [];
  const places = new Map<string, number>();
  const days = new Map<number, OutcomeRows>();
  const codes = new SliceCodes(options.slices.length);

  const placeOf = (hash: string): number => {
    const known = places.get(hash);
    if (known !== undefined && (releases[known] as Release).reference !== undefined) return known;
    const reference = options.reference(hash);
    const release = {
      hash,
      reference,
      count: bucketCounter(reference),
      hours: new Map<number, HourBucket>(),
    };
    // A release that is armed after its first predictions is counted anew from then on.
    if (known !== undefined && reference === undefined) return known;
    const place = known ?? releases.length;
    releases[place] = release;
    places.set(hash, place);
    return place;
  };

  const add = (record: PredictionRecord): BookRef => {
    const place = placeOf(record.release);
    const release = releases[place] as Release;
    const hour = Math.floor(record.t / HOUR_MS);
    let bucket = release.hours.get(hour);
    if (bucket === undefined) {
      bucket = emptyBucket(release.reference);
      release.hours.set(hour, bucket);
    }
    release.count(bucket, record);
    const day = Math.floor(record.t / DAY_MS);
    let rows = days.get(day);
    if (rows === undefined) {
      rows = new OutcomeRows(options.slices.length);
      days.set(day, rows);
    }
    const slices = options.slices.length === 0 ? [] : codes.of(options.sliceOf(record));
    const score = record.prediction ?? Number.NaN;
    return { rows, at: rows.add({ t: record.t, score, release: place, codes: slices }) };
  };

  const windowOf = (release: Release, from: number, to: number): HourBucket => {
    const buckets: HourBucket[] = [];
    for (let hour = Math.floor(from / HOUR_MS); hour < Math.floor(to / HOUR_MS); hour++) {
      const bucket = release.hours.get(hour);
      if (bucket !== undefined) buckets.push(bucket);
    }
    return sumBuckets(buckets, release.reference);
  };

  /** The release that answered most in a stretch: what its windows are about. */
  const leading = (from: number, to: number): Release | undefined => {
    let found: Release | undefined;
    let most = 0;
    for (const release of releases) {
      const { rows } = windowOf({ ...release, reference: undefined }, from, to);
      if (rows > most) [found, most] = [release, rows];
    }
    return found;
  };

  const forget = (before: number): void => {
    for (const release of releases) {
      for (const hour of release.hours.keys()) if (hour * HOUR_MS < before) release.hours.delete(hour);
    }
    for (const day of days.keys()) if ((day + 1) * DAY_MS <= before) days.delete(day);
  };

  return {
    keepMs: options.keepMs,
    add,
    outcome: (ref, target) => ref.rows.settle(ref.at, target),
    closeHour: (at) => {
      const reports: WindowReport[] = [];
      for (const criterion of options.criteria) {
        const from = at - durationMs(criterion.over ?? '1h');
        const all = releases.map((release) => ({
          release: release.hash,
          bucket: windowOf(release, from, at),
        }));
        reports.push(...serviceReports(criterion, { from, to: at }, all));
      }
      const release = leading(at - HOUR_MS, at);
      if (release?.reference !== undefined) {
        const window = { from: at - HOUR_MS, to: at };
        reports.push(requestsReport(release.reference, window, windowOf(release, window.from, at)));
      }
      return reports;
    },
    closeDay: (at) => {
      const reports: WindowReport[] = [];
      const release = leading(at - DAY_MS, at);
      if (options.drift !== null && release?.reference !== undefined) {
        const window = { from: at - options.drift.overMs, to: at };
        const bucket = windowOf(release, window.from, at);
        const whole = firstHour(release) * HOUR_MS <= window.from + DAY_MS;
        reports.push(...driftReports(options.drift, release.reference, window, bucket, whole));
      }
      const place = release === undefined ? -1 : releases.indexOf(release);
      reports.push(
        ...outcomeReports({
          criteria: options.criteria,
          at,
          days: [...days].sort(([a], [b]) => a - b).map(([, rows]) => rows),
          release: place,
          hash: release?.hash ?? null,
          since: release === undefined ? at : firstHour(release) * HOUR_MS,
          test: release?.reference?.test ?? {},
          kind: options.kind,
          slices: options.slices,
          codes,
        }),
      );
      forget(at - options.keepMs);
      return reports;
    },
  };
}
