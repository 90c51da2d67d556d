import { durationMs } from '../../../kernel/schema.ts';
import { type Criterion, judge } from '../../problem/index.ts';
import { openCandidateClient } from '../candidate-client.ts';
import { instanceOf, spreadRows, type TestBench } from '../test-bench.ts';
import type { TestCase, TestOutcome } from '../test-outcome.ts';

/** Requests measured one after another: the 99th percentile then rests on five of them. */
const REQUESTS = 500;

/** Requests before the first that counts: code paths are compiled by then. */
const WARM_UP = 50;

/**
 * Neither part goes on for longer once it has its least number of requests. At 20 ms a request the limit is
 * never met; a candidate of a second a request is told in half a minute, not after nine.
 */
const PART_MS_MAX = 10_000;
const REQUESTS_MIN = 20;

/** Latency of one request at a time, as one caller sees it, against the declared bounds. */
export async function performanceTest(bench: TestBench): Promise<TestOutcome> {
  using client = openCandidateClient(1, bench.scope.clock.monotonic);
  const rows = spreadRows(bench.split.test, REQUESTS);
  const bodies = rows.map((row) => JSON.stringify(instanceOf(bench.manifest, bench.split.test, row)));
  const { monotonic } = bench.scope.clock;
  const measure = async (requests: number, least: number): Promise<{ elapsed: number[]; failed: number }> => {
    const elapsed: number[] = [];
    let failed = 0;
    const started = monotonic();
    while (elapsed.length < requests) {
      if (elapsed.length >= least && monotonic() - started > PART_MS_MAX) break;
      bench.scope.workflow.signal.throwIfAborted();
      const answer = await client.post(bench.endpointUrl, bodies[elapsed.length % bodies.length] ?? '{}');
      if (answer.status !== 200) failed += 1;
      elapsed.push(answer.elapsedMs);
    }
    return { elapsed, failed };
  };
  await measure(WARM_UP, 1);
  const { elapsed, failed } = await measure(REQUESTS, REQUESTS_MIN);
  elapsed.sort((a, b) => a - b);
  const at = (share: number): number =>
    elapsed[Math.min(elapsed.length - 1, Math.floor(share * elapsed.length))] ?? Number.NaN;
  const figures: Readonly<Record<string, number>> = { latency_p50: at(0.5), latency_p99: at(0.99) };
  const criteria = bench.inputs.criteria
    .filter((criterion) => criterion.live !== true && criterion.metric in figures)
    .map((criterion: Criterion) => judge(criterion, { value: figures[criterion.metric] ?? Number.NaN }));
  const bound = bench.inputs.testing.performance?.p99_at_most;
  const cases: TestCase[] = [
    {
      name: 'every single request is answered',
      passed: failed === 0,
      detail: `${failed} of ${elapsed.length} failed`,
    },
  ];
  if (bound !== undefined) {
    cases.push({
      name: 'the 99th percentile of latency holds',
      passed: at(0.99) <= durationMs(bound),
      detail: `${at(0.99).toFixed(2)} ms, at most ${bound}`,
    });
  }
  return {
    kind: 'performance',
    cases,
    criteria,
    measured: {
      requests: elapsed.length,
      latency_ms_p50: at(0.5),
      latency_ms_p99: at(0.99),
      latency_ms_max: at(1),
    },
  };
}
