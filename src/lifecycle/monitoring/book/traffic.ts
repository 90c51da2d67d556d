import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import { addBucket, countRecord, emptyBucket, type HourBucket } from './hour-bucket.ts';
import { type CountPlaces, placesOf } from './input-counts.ts';
import { OutcomeRows } from './outcome-rows.ts';
import type { ReferenceProfile } from './reference-profile.ts';
import { SliceCodes } from './slice-codes.ts';
import type { TimeWindow } from './window-report.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A release answers in an hour where it has so much of the hour's predictions: a canary does not yet. */
const ANSWERS_SHARE = 0.4;

/** A prediction in the book. */
export interface BookRef {
  readonly rows: OutcomeRows;
  readonly row: number;
}

/** What a release answered, by hour since 1970. */
interface ReleaseTraffic {
  readonly hash: string;
  readonly version: string;
  reference: ReferenceProfile | undefined;
  places: CountPlaces;
  hours: Map<number, HourBucket>;
}

/** A release in a window. */
export interface ReleaseShare {
  /** Its place in the traffic. */
  readonly place: number;
  readonly hash: string;
  readonly version: string;
  readonly reference: ReferenceProfile | undefined;
  readonly rows: number;
  /** Hours in which it had at least 40 % of the predictions, among `activeHours` that had any. */
  readonly hours: number;
  readonly activeHours: number;
}

/** Where predictions of one release and hour are counted. */
interface Page {
  readonly hour: number;
  readonly hash: string;
  readonly release: number;
  readonly bucket: HourBucket;
  readonly rows: OutcomeRows;
}

/** What traffic is kept of. */
export interface TrafficOptions {
  readonly reference: (release: string) => ReferenceProfile | undefined;
  readonly slices: readonly string[];
  readonly sliceOf: (record: PredictionRecord) => readonly string[];
  readonly keepMs: number;
}

/**
 * Counts of live traffic by release and hour of event time, and scores with outcomes by day. Memory depends
 * on the span that is kept and on the scores in it. Predictions further from the last close than that span
 * are counted as out of time and else left alone.
 */
export class Traffic {
  readonly codes: SliceCodes;
  /** Predictions since the last hour was closed whose event time is out of reach. */
  outOfTime = 0;
  /** What slicing a prediction threw since the last hour was closed. */
  sliceError: unknown;
  readonly #options: TrafficOptions;
  readonly #releases: ReleaseTraffic[] = [];
  readonly #places = new Map<string, number>();
  readonly #days = new Map<number, OutcomeRows>();
  readonly #spanHours: number;
  /** Stands for predictions that are out of time. */
  readonly #nowhere: OutcomeRows;
  #sinceHour = Number.POSITIVE_INFINITY;
  #closedHour: number | undefined;
  /** Where the prediction before was counted: the next one is mostly counted there too. */
  #last: Page | undefined;

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.codes = new SliceCodes(options.slices.length);
    this.#nowhere = new OutcomeRows(0);
    this.#nowhere.clear();
    this.#spanHours = Math.ceil(options.keepMs / HOUR_MS);
  }

  /** Counts a prediction. */
  add(record: PredictionRecord): BookRef {
    const hour = Math.floor(record.t / HOUR_MS);
    let last = this.#last;
    if (last === undefined || last.hour !== hour || last.hash !== record.release) {
      last = this.#pageOf(record, hour);
      if (last === undefined) return { rows: this.#nowhere, row: -1 };
      this.#last = last;
    }
    const { rows } = last;
    countRecord(last.bucket, this.#releases[last.release]!.places, record);
    const { prediction } = record;
    const score = prediction === null || !Number.isFinite(prediction) ? Number.NaN : prediction;
    const row = rows.add(record.t, score, last.release);
    if (rows.slices.length > 0) this.#slice(record, rows, row);
    return { rows, row };
  }

  /** Releases with predictions in a window, the one with most of them first, equal ones as they came. */
  shares({ from, to }: TimeWindow): ReleaseShare[] {
    const [first, end] = hoursOf(from, to);
    const rows = new Float64Array(this.#releases.length);
    const hours = new Float64Array(this.#releases.length);
    let activeHours = 0;
    for (let hour = first; hour < end; hour++) {
      const counts = this.#releases.map((release) => release.hours.get(hour)?.rows ?? 0);
      const all = counts.reduce((sum, count) => sum + count, 0);
      if (all === 0) continue;
      activeHours++;
      for (const [place, count] of counts.entries()) {
        rows[place] = rows[place]! + count;
        if (count >= ANSWERS_SHARE * all) hours[place] = hours[place]! + 1;
      }
    }
    return this.#releases
      .map(({ hash, version, reference }, place): ReleaseShare => {
        return { place, hash, version, reference, rows: rows[place]!, hours: hours[place]!, activeHours };
      })
      .filter((share) => share.rows > 0)
      .sort((a, b) => b.rows - a.rows || a.place - b.place);
  }

  /**
   * The release with most of the predictions in the last hour of a window that has any, as it stands in all
   * of it.
   */
  answering(window: TimeWindow): ReleaseShare | undefined {
    const [first, end] = hoursOf(window.from, window.to);
    for (let hour = end - 1; hour >= first; hour--) {
      const [most] = this.shares({ from: hour * HOUR_MS, to: (hour + 1) * HOUR_MS });
      if (most !== undefined) return this.shares(window).find(({ place }) => place === most.place);
    }
    return undefined;
  }

  /** What a release answered in a window. */
  sum(place: number, { from, to }: TimeWindow): HourBucket {
    const release = this.#releases[place];
    const sum = emptyBucket(release?.places.size ?? 0);
    const [first, end] = hoursOf(from, to);
    for (let hour = first; hour < end; hour++) {
      const bucket = release?.hours.get(hour);
      if (bucket !== undefined) addBucket(sum, bucket);
    }
    return sum;
  }

  /** Where the inputs of a release are counted. */
  places(place: number): CountPlaces {
    return this.#releases[place]?.places ?? placesOf(undefined);
  }

  /** Days that a window touches, in order. */
  days({ from, to }: TimeWindow): OutcomeRows[] {
    const days = [...this.#days].filter(([day]) => (day + 1) * DAY_MS > from && day * DAY_MS < to);
    return days.sort(([a], [b]) => a - b).map(([, rows]) => rows);
  }

  /** When the first prediction came that this traffic knows of, to the hour; Infinity before any. */
  get since(): number {
    return this.#sinceHour * HOUR_MS;
  }

  /** Ends an hour: what is out of reach from here is forgotten. */
  close(at: number): void {
    const first = this.#closedHour === undefined;
    this.#closedHour = Math.floor(at / HOUR_MS);
    this.outOfTime = 0;
    this.sliceError = undefined;
    this.forget(at - this.#options.keepMs);
    const end = this.#closedHour + this.#spanHours;
    for (const { hours } of this.#releases)
      for (const hour of hours.keys()) if (hour >= end) hours.delete(hour);
    for (const day of this.#days.keys()) if (day * DAY_MS >= end * HOUR_MS) this.#forgetDay(day);
    // Until now a clock that was wrong by years may have set it.
    if (first) this.#sinceHour = Math.min(...this.#releases.flatMap(({ hours }) => [...hours.keys()]));
  }

  /** Gives up predictions from before an event time, by whole hours and days. */
  forget(before: number): void {
    for (const { hours } of this.#releases) {
      for (const hour of hours.keys()) if ((hour + 1) * HOUR_MS <= before) hours.delete(hour);
    }
    for (const day of this.#days.keys()) if ((day + 1) * DAY_MS <= before) this.#forgetDay(day);
    this.#last = undefined;
  }

  #forgetDay(day: number): void {
    this.#days.get(day)?.clear();
    this.#days.delete(day);
  }

  /** The page of a prediction; undefined for an hour that is out of time. */
  #pageOf({ release: hash, version, t }: PredictionRecord, hour: number): Page | undefined {
    const release = this.#releaseOf(hash, version);
    const { hours, places } = this.#releases[release]!;
    let bucket = hours.get(hour);
    if (bucket === undefined) {
      if (!this.#inTime(hour, hours)) {
        this.outOfTime++;
        return undefined;
      }
      bucket = emptyBucket(places.size);
      hours.set(hour, bucket);
      this.#sinceHour = Math.min(this.#sinceHour, hour);
    }
    return { hour, hash, release, bucket, rows: this.#dayOf(t) };
  }

  #inTime(hour: number, hours: ReadonlyMap<number, HourBucket>): boolean {
    if (!Number.isSafeInteger(hour)) return false;
    // Before the first close nobody knows what time it is; memory is bounded all the same.
    if (this.#closedHour === undefined) return hours.size < 2 * this.#spanHours;
    return Math.abs(hour - this.#closedHour) <= this.#spanHours;
  }

  #releaseOf(hash: string, version: string): number {
    const known = this.#places.get(hash);
    const place = known ?? this.#releases.length;
    const present = this.#releases[place];
    if (present?.reference !== undefined) return place;
    const reference = this.#options.reference(hash);
    if (present === undefined) {
      const release = { hash, version, reference, places: placesOf(reference), hours: new Map() };
      this.#releases.push(release);
      this.#places.set(hash, place);
    } else if (reference !== undefined) {
      // Armed after its first predictions: these go on counting, without their inputs.
      present.reference = reference;
      present.places = placesOf(reference);
      present.hours = new Map([...present.hours].map(([hour, one]) => [hour, widened(one, present.places)]));
    }
    return place;
  }

  #dayOf(t: number): OutcomeRows {
    const day = Math.floor(t / DAY_MS);
    let rows = this.#days.get(day);
    if (rows === undefined) {
      rows = new OutcomeRows(this.#options.slices.length);
      this.#days.set(day, rows);
    }
    return rows;
  }

  #slice(record: PredictionRecord, rows: OutcomeRows, row: number): void {
    let values: readonly string[] = [];
    try {
      values = this.#options.sliceOf(record);
    } catch (error) {
      this.sliceError ??= error;
    }
    for (let i = 0; i < rows.slices.length; i++) rows.slices[i]![row] = this.codes.of(i, values[i]);
  }
}

/** A bucket that was made before its reference was known. */
function widened({ rows, errors, latency }: HourBucket, places: CountPlaces): HourBucket {
  return { ...emptyBucket(places.size), rows, errors, latency };
}

/** Hours of a window, by number since 1970; one that is not whole is taken in. */
function hoursOf(from: number, to: number): readonly [number, number] {
  return [Math.floor(from / HOUR_MS), Math.ceil(to / HOUR_MS)];
}
