import type { FeatureTablesStatus } from './feature-tables.ts';
import { LATENCY_BOUNDS_S } from './latency-histogram.ts';
import type { PlaneStatus, ReleaseStatus, RouteWeight, WorkerReport } from './plane-status.ts';
import { PredictionCounts, type ReleaseCounts } from './prediction-counts.ts';

/** What the supervisor knows of the plane. */
export interface PlaneFacts {
  readonly pid: number;
  readonly version: string;
  readonly since: number;
  readonly draining: boolean;
  /** Workers that there shall be; one that is starting has not reported. */
  readonly size: number;
  /** Of the workers that live. */
  readonly reports: readonly WorkerReport[];
  /** Of the workers that have ended. */
  readonly ended: readonly ReleaseCounts[];
}

/** One status over all workers. */
export function aggregateStatus(facts: PlaneFacts): PlaneStatus {
  const counts = new PredictionCounts();
  counts.add(facts.ended);
  for (const report of facts.reports) counts.add(report.counts);
  const newest = facts.reports.reduce<WorkerReport | undefined>(
    (best, one) => ((one.generation ?? -1) > (best?.generation ?? -1) ? one : best),
    undefined,
  );
  return {
    pid: facts.pid,
    version: facts.version,
    since: facts.since,
    // One that starts may have read the snapshot before and answer by it for a moment.
    generation: facts.reports.length < facts.size ? null : oldestGeneration(facts.reports),
    routingError: facts.reports.find((report) => report.routingError !== null)?.routingError ?? null,
    draining: facts.draining,
    workers: facts.reports.map(({ worker, pid, generation, routingError, queue }) => ({
      worker,
      pid,
      generation,
      routingError,
      queue,
    })),
    tables: oldestTables(facts.reports),
    endpoints: releasesByEndpoint(newest?.routes ?? [], counts.list()),
  };
}

function oldestGeneration(reports: readonly WorkerReport[]): number | null {
  let oldest: number | null = null;
  for (const { generation } of reports) {
    if (generation === null) return null;
    oldest = oldest === null ? generation : Math.min(oldest, generation);
  }
  return oldest;
}

/** Of each table the state that every worker has at least: the one with the oldest newest boundary. */
function oldestTables(reports: readonly WorkerReport[]): Record<string, FeatureTablesStatus> {
  const tables: Record<string, FeatureTablesStatus> = {};
  for (const report of reports) {
    for (const [name, status] of Object.entries(report.tables)) {
      const known = tables[name];
      if (known === undefined || (status.newest ?? -Infinity) < (known.newest ?? -Infinity))
        tables[name] = status;
    }
  }
  return tables;
}

function releasesByEndpoint(
  routes: readonly RouteWeight[],
  all: readonly ReleaseCounts[],
): Record<string, Record<string, ReleaseStatus>> {
  const endpoints: Record<string, Record<string, ReleaseStatus>> = {};
  const put = (endpoint: string, release: string, status: ReleaseStatus): void => {
    const releases = endpoints[endpoint] ?? {};
    releases[release] = status;
    endpoints[endpoint] = releases;
  };
  const zero = new PredictionCounts();
  for (const route of routes) {
    const counted = all.find((one) => one.endpoint === route.endpoint && one.release === route.release);
    const counts = counted ?? zero.of(route.endpoint, route.release, route.version);
    put(route.endpoint, route.release, releaseStatus({ ...counts, version: route.version }, route));
  }
  for (const counts of all) {
    if (endpoints[counts.endpoint]?.[counts.release] === undefined) {
      put(counts.endpoint, counts.release, releaseStatus(counts, undefined));
    }
  }
  return endpoints;
}

function releaseStatus(counts: ReleaseCounts, route: RouteWeight | undefined): ReleaseStatus {
  return {
    version: counts.version,
    weight: route?.weight ?? 0,
    role: route?.role ?? 'gone',
    predictions: counts.outcomes.ok,
    errors: counts.outcomes.error,
    invalid: counts.outcomes.invalid,
    unavailable: counts.outcomes.unavailable,
    latency: { boundsS: LATENCY_BOUNDS_S, counts: counts.latency.counts, sumS: counts.latency.sumS },
  };
}
