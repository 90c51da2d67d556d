import { type Counter, counterOf, placesOf } from './input-counts.ts';
import type { ReferenceProfile } from './reference-profile.ts';
import type { PredictionRecord } from '../../../serve/prediction-record.ts';

/** Bounds of latency bins, microseconds: 20 for each power of ten from 10 us on, 12 % apart. */
const LATENCY_BINS = 120;
const LATENCY_FIRST_US = 10;
const LATENCY_PER_DECADE = 20;

/** What one release answered in one hour of event time, as counts. */
export interface HourBucket {
  rows: number;
  errors: number;
  readonly latency: Float64Array;
  /** By input of the reference, then the score; empty without a reference. */
  readonly counts: readonly Float64Array[];
}

/** A bucket with nothing in it. */
export function emptyBucket(reference: ReferenceProfile | undefined): HourBucket {
  const profiles = reference === undefined ? [] : [...reference.inputs, reference.score];
  return {
    rows: 0,
    errors: 0,
    latency: new Float64Array(LATENCY_BINS),
    counts: profiles.map((profile) => new Float64Array(placesOf(profile))),
  };
}

/** Counts records of one release into buckets. */
export function bucketCounter(
  reference: ReferenceProfile | undefined,
): (bucket: HourBucket, record: PredictionRecord) => void {
  const inputs = reference?.inputs ?? [];
  const counters: readonly Counter[] = inputs.map(counterOf);
  const names = inputs.map((input) => input.name);
  const score = reference === undefined ? undefined : counterOf(reference.score);
  return (bucket, record) => {
    bucket.rows++;
    if (record.error) bucket.errors++;
    const bin = latencyBin(record.latencyUs);
    bucket.latency[bin] = (bucket.latency[bin] as number) + 1;
    const { features } = record;
    for (let i = 0; i < counters.length; i++) {
      (counters[i] as Counter)(bucket.counts[i] as Float64Array, features[names[i] as string]);
    }
    score?.(bucket.counts[counters.length] as Float64Array, record.prediction);
  };
}

function latencyBin(us: number): number {
  const bin = Math.ceil(Math.log10(Math.max(us, LATENCY_FIRST_US) / LATENCY_FIRST_US) * LATENCY_PER_DECADE);
  return Math.min(LATENCY_BINS - 1, bin);
}

/** The latency below which a share of the requests lies, milliseconds: the upper bound of its bin. */
export function latencyQuantileMs(latency: Float64Array, share: number): number {
  let all = 0;
  for (const count of latency) all += count;
  if (all === 0) return Number.NaN;
  let seen = 0;
  for (let bin = 0; bin < latency.length; bin++) {
    seen += latency[bin] as number;
    if (seen >= share * all) return (LATENCY_FIRST_US * 10 ** (bin / LATENCY_PER_DECADE)) / 1000;
  }
  return Number.NaN;
}

/** Sum of buckets of one release. */
export function sumBuckets(
  buckets: readonly HourBucket[],
  reference: ReferenceProfile | undefined,
): HourBucket {
  const sum = emptyBucket(reference);
  for (const bucket of buckets) {
    sum.rows += bucket.rows;
    sum.errors += bucket.errors;
    addInto(sum.latency, bucket.latency);
    sum.counts.forEach((into, i) => addInto(into, bucket.counts[i]));
  }
  return sum;
}

function addInto(into: Float64Array, from: Float64Array | undefined): void {
  if (from === undefined) return;
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) + (from[i] ?? 0);
}
