import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import type { CountPlaces } from './input-counts.ts';

/** Latency is counted from 10 µs to 100 s in steps of 6 %. */
const LATENCY_FIRST_US = 10;
const LATENCY_PER_DECADE = 40;
const LATENCY_BINS = 7 * LATENCY_PER_DECADE + 1;

/** Two-sided 95 % of the normal distribution. */
const Z_95 = 1.959963984540054;

/** What one release answered in one hour of event time, as counts. */
export interface HourBucket {
  rows: number;
  errors: number;
  readonly latency: Uint32Array;
  /** By the places of the release's reference. */
  readonly counts: Uint32Array;
}

/** A bucket with nothing in it. */
export function emptyBucket(size: number): HourBucket {
  return { rows: 0, errors: 0, latency: new Uint32Array(LATENCY_BINS), counts: new Uint32Array(size) };
}

/** Counts a record into a bucket of its release. */
export function countRecord(bucket: HourBucket, { inputs }: CountPlaces, record: PredictionRecord): void {
  bucket.rows++;
  if (record.error) bucket.errors++;
  const bin = latencyBin(record.latencyUs);
  bucket.latency[bin] = bucket.latency[bin]! + 1;
  const { features } = record;
  const last = inputs.length - 1;
  for (let i = 0; i < last; i++) {
    const input = inputs[i]!;
    input.count(bucket.counts, features[input.profile.name]);
  }
  if (last >= 0) inputs[last]!.count(bucket.counts, record.prediction);
}

/** Adds what `from` counted, of the same release. */
export function addBucket(into: HourBucket, from: HourBucket): void {
  into.rows += from.rows;
  into.errors += from.errors;
  for (let i = 0; i < into.latency.length; i++) into.latency[i] = into.latency[i]! + from.latency[i]!;
  for (let i = 0; i < into.counts.length; i++) into.counts[i] = into.counts[i]! + from.counts[i]!;
}

/**
 * The latency below which a share of the requests lies, milliseconds, with a 95 % interval from the ranks
 * that a quantile may have (Hahn and Meeker 1991, chapter 5). Each is the upper end of its step. NaN
 * without requests.
 */
export function latencyQuantile(
  latency: Uint32Array,
  share: number,
): { readonly value: number; readonly low: number; readonly high: number } {
  let all = 0;
  for (const count of latency) all += count;
  const half = Z_95 * Math.sqrt(all * share * (1 - share));
  return {
    value: latencyOfRank(latency, share * all),
    low: latencyOfRank(latency, Math.max(share * all - half, 1)),
    high: latencyOfRank(latency, Math.min(share * all + half, all)),
  };
}

function latencyBin(us: number): number {
  if (!(us > LATENCY_FIRST_US)) return 0;
  const bin = Math.ceil(Math.log10(us / LATENCY_FIRST_US) * LATENCY_PER_DECADE);
  return bin < LATENCY_BINS ? bin : LATENCY_BINS - 1;
}

function latencyOfRank(latency: Uint32Array, rank: number): number {
  let seen = 0;
  for (let bin = 0; bin < latency.length; bin++) {
    seen += latency[bin]!;
    if (seen > 0 && seen >= rank) return (LATENCY_FIRST_US * 10 ** (bin / LATENCY_PER_DECADE)) / 1000;
  }
  return Number.NaN;
}
