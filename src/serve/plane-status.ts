import type { FeatureTablesStatus } from './feature-tables.ts';
import type { ReleaseCounts } from './prediction-counts.ts';

/** A route as a worker has it in force. */
export interface RouteWeight {
  readonly endpoint: string;
  readonly release: string;
  readonly version: string;
  readonly weight: number;
  readonly role: 'stable' | 'candidate' | 'warm';
}

/** What one worker says of itself. */
export interface WorkerReport {
  readonly worker: number;
  readonly pid: number;
  /** Generation of the snapshot in force, or null before the first. */
  readonly generation: number | null;
  /** Why the newest snapshot is not in force, or null. */
  readonly routingError: string | null;
  readonly routes: readonly RouteWeight[];
  /** By `project/table`. */
  readonly tables: Readonly<Record<string, FeatureTablesStatus>>;
  /** Predictions waiting to be computed. */
  readonly queue: number;
  /** Since the worker started. */
  readonly counts: readonly ReleaseCounts[];
}

/** What one release did at an endpoint since `since`. */
export interface ReleaseStatus {
  readonly version: string;
  /** Share of requests, 0 to 1; 0 for a release that is no longer routed. */
  readonly weight: number;
  readonly role: RouteWeight['role'] | 'gone';
  /** Answered and recorded. */
  readonly predictions: number;
  /** No finite answer, or a failure inside. */
  readonly errors: number;
  /** Refused for what the client sent. */
  readonly invalid: number;
  /** Refused because the queue or the disk was full. */
  readonly unavailable: number;
  /** Requests by latency: `counts[i]` up to `boundsS[i]` seconds, the last one beyond. Not cumulative. */
  readonly latency: {
    readonly boundsS: readonly number[];
    readonly counts: readonly number[];
    readonly sumS: number;
  };
}

/** `GET /status`: the whole plane, over all workers, also those that have ended. */
export interface PlaneStatus {
  readonly pid: number;
  readonly version: string;
  /** Milliseconds since 1970-01-01 UTC; all counts are since then. */
  readonly since: number;
  /** The oldest generation in force in any worker; null until each has one. */
  readonly generation: number | null;
  readonly routingError: string | null;
  readonly draining: boolean;
  readonly workers: readonly Omit<WorkerReport, 'counts' | 'routes' | 'tables'>[];
  readonly tables: Readonly<Record<string, FeatureTablesStatus>>;
  /** By endpoint, then by release hash; under '' what was refused before a release was chosen. */
  readonly endpoints: Readonly<Record<string, Readonly<Record<string, ReleaseStatus>>>>;
}
