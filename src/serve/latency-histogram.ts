/** Upper bounds of the buckets in seconds; a warm single prediction falls into the first two. */
export const LATENCY_BOUNDS_S: readonly number[] = [
  0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Counts of requests by latency; plain data, so that it travels between processes. */
export interface LatencyHistogram {
  /** `counts[i]`: latencies in (bounds[i-1], bounds[i]]; one more than there are bounds. Not cumulative. */
  readonly counts: number[];
  sumS: number;
}

/** Nothing counted yet. */
export function emptyHistogram(): LatencyHistogram {
  return { counts: new Array<number>(LATENCY_BOUNDS_S.length + 1).fill(0), sumS: 0 };
}

/** Counts one request. */
export function observe(histogram: LatencyHistogram, seconds: number): void {
  let bucket = 0;
  while (bucket < LATENCY_BOUNDS_S.length && seconds > (LATENCY_BOUNDS_S[bucket] ?? 0)) bucket++;
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
  histogram.sumS += seconds;
}

/** Adds what `other` counted. */
export function addHistogram(into: LatencyHistogram, other: LatencyHistogram): void {
  for (const [bucket, count] of other.counts.entries()) {
    into.counts[bucket] = (into.counts[bucket] ?? 0) + count;
  }
  into.sumS += other.sumS;
}
