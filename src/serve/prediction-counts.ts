import { addHistogram, emptyHistogram, type LatencyHistogram, observe } from './latency-histogram.ts';

/**
 * How a prediction ended. `invalid`: refused for what the client sent. `error`: the release had no answer,
 * which is what a rollout guard looks at. `unavailable`: the queue or the disk was full.
 */
export type PredictionOutcome = 'ok' | 'invalid' | 'error' | 'unavailable';

/** What one release did at one endpoint; plain data, so that it travels between processes. */
export interface ReleaseCounts {
  readonly endpoint: string;
  /** SHA-256 of the manifest; empty for requests that were refused before a release was chosen. */
  readonly release: string;
  readonly version: string;
  /** Predictions (rows) by outcome. */
  readonly outcomes: Record<PredictionOutcome, number>;
  /** Of answered requests. */
  readonly latency: LatencyHistogram;
}

/** Counts by endpoint and release. */
export class PredictionCounts {
  readonly #counts = new Map<string, ReleaseCounts>();

  of(endpoint: string, release: string, version: string): ReleaseCounts {
    const key = `${endpoint} ${release}`;
    let counts = this.#counts.get(key);
    if (counts === undefined) {
      const outcomes = { ok: 0, invalid: 0, error: 0, unavailable: 0 };
      counts = { endpoint, release, version, outcomes, latency: emptyHistogram() };
      this.#counts.set(key, counts);
    }
    return counts;
  }

  /** Adds what another worker, or an earlier one, counted. */
  add(all: readonly ReleaseCounts[]): void {
    for (const other of all) {
      const counts = this.of(other.endpoint, other.release, other.version);
      for (const outcome of ['ok', 'invalid', 'error', 'unavailable'] as const) {
        counts.outcomes[outcome] += other.outcomes[outcome];
      }
      addHistogram(counts.latency, other.latency);
    }
  }

  /** Predictions of every outcome; changes whenever anything does. */
  total(): number {
    let total = 0;
    for (const { outcomes } of this.#counts.values()) {
      total += outcomes.ok + outcomes.invalid + outcomes.error + outcomes.unavailable;
    }
    return total;
  }

  list(): ReleaseCounts[] {
    return [...this.#counts.values()];
  }
}

/** Counts `rows` predictions of one request. */
export function countRequest(
  counts: ReleaseCounts,
  outcome: PredictionOutcome,
  rows: number,
  seconds: number,
): void {
  counts.outcomes[outcome] += rows;
  if (outcome === 'ok' || outcome === 'error') observe(counts.latency, seconds);
}
