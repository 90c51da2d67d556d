import type { PlaneStatus, ReleaseStatus } from './plane-status.ts';

/** Media type of the Prometheus text format, version 0.0.4. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The metrics of the data plane in the Prometheus text format, version 0.0.4. */
export function metricsText(status: PlaneStatus): string {
  const releases = Object.entries(status.endpoints).flatMap(([endpoint, byRelease]) =>
    Object.values(byRelease).map((release) => ({ endpoint, release })),
  );
  const merged = mergeVersions(releases);
  const lines: string[] = [];
  family(lines, 'tend_predictions_total', 'counter', 'Predictions by outcome.');
  for (const { endpoint, version, release } of merged) {
    const outcomes = {
      ok: release.predictions,
      error: release.errors,
      invalid: release.invalid,
      unavailable: release.unavailable,
    };
    for (const [outcome, count] of Object.entries(outcomes)) {
      lines.push(`tend_predictions_total${labels({ endpoint, version, outcome })} ${count}`);
    }
  }
  family(
    lines,
    'tend_prediction_duration_seconds',
    'histogram',
    'From the headers of a request to its record.',
  );
  for (const { endpoint, version, release } of merged)
    histogram(lines, { endpoint, version }, release.latency);
  family(lines, 'tend_prediction_queue', 'gauge', 'Predictions waiting to be computed.');
  lines.push(`tend_prediction_queue ${status.workers.reduce((sum, worker) => sum + worker.queue, 0)}`);
  family(lines, 'tend_workers', 'gauge', 'Worker processes that answer for the endpoint.');
  for (const endpoint of new Set(
    releases.filter((one) => one.release.role !== 'gone').map((one) => one.endpoint),
  )) {
    lines.push(`tend_workers${labels({ endpoint })} ${status.workers.length}`);
  }
  family(lines, 'tend_rollout_weight', 'gauge', 'Share of requests that the version takes.');
  for (const { endpoint, version, release } of merged) {
    if (release.role === 'gone') continue;
    lines.push(`tend_rollout_weight${labels({ endpoint, version })} ${release.weight}`);
  }
  family(lines, 'tend_build_info', 'gauge', 'Always 1; the label names the version of Tend.');
  lines.push(`tend_build_info${labels({ version: status.version })} 1`);
  return `${lines.join('\n')}\n`;
}

interface VersionStatus {
  readonly endpoint: string;
  readonly version: string;
  readonly release: Pick<
    ReleaseStatus,
    'weight' | 'role' | 'predictions' | 'errors' | 'invalid' | 'unavailable' | 'latency'
  >;
}

/**
 * Two releases may carry one version (the same model with another feature definition); a series may not
 * repeat.
 */
function mergeVersions(
  all: readonly { readonly endpoint: string; readonly release: ReleaseStatus }[],
): readonly VersionStatus[] {
  const merged = new Map<string, VersionStatus>();
  for (const { endpoint, release } of all) {
    const key = `${endpoint} ${release.version}`;
    const known = merged.get(key);
    merged.set(key, {
      endpoint,
      version: release.version,
      release: known === undefined ? release : added(known.release, release),
    });
  }
  return [...merged.values()];
}

function added(a: VersionStatus['release'], b: VersionStatus['release']): VersionStatus['release'] {
  return {
    weight: a.weight + b.weight,
    role: a.role === 'gone' ? b.role : a.role,
    predictions: a.predictions + b.predictions,
    errors: a.errors + b.errors,
    invalid: a.invalid + b.invalid,
    unavailable: a.unavailable + b.unavailable,
    latency: {
      boundsS: a.latency.boundsS,
      counts: a.latency.counts.map((count, bucket) => count + (b.latency.counts[bucket] ?? 0)),
      sumS: a.latency.sumS + b.latency.sumS,
    },
  };
}

function histogram(
  lines: string[],
  names: Readonly<Record<string, string>>,
  latency: ReleaseStatus['latency'],
): void {
  let total = 0;
  for (const [bucket, count] of latency.counts.entries()) {
    total += count;
    const le = String(latency.boundsS[bucket] ?? '+Inf');
    lines.push(`tend_prediction_duration_seconds_bucket${labels({ ...names, le })} ${total}`);
  }
  lines.push(`tend_prediction_duration_seconds_sum${labels(names)} ${latency.sumS}`);
  lines.push(`tend_prediction_duration_seconds_count${labels(names)} ${total}`);
}

function family(lines: string[], name: string, type: string, help: string): void {
  lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
}

function labels(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([name, value]) => {
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    return `${name}="${escaped}"`;
  });
  return `{${pairs.join(',')}}`;
}
