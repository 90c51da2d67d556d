import { durationMs } from '../../../kernel/schema.ts';
import { type Criterion, judge } from '../../problem/index.ts';
import { openCandidateClient } from '../candidate-client.ts';
import { instanceOf, spreadRows, type TestBench } from '../test-bench.ts';
import type { TestCase, TestOutcome } from '../test-outcome.ts';

/** Requests measured one after another: the 99th percentile then rests on five of them. */
const REQUESTS = 500;

/** Requests before the first that counts: code paths are compiled by then. */
const WARM_UP = 50;

/** Latency of one request at a time, as one caller sees it, against the declared bounds. */
export async function performanceTest(bench: TestBench): Promise<TestOutcome> {
  using client = openCandidateClient(1, bench.scope.clock.monotonic);
  const rows = spreadRows(bench.split.test, REQUESTS);
  const bodies = rows.map((row) => JSON.stringify(instanceOf(bench.manifest, bench.split.test, row)));
  for (let i = 0; i < WARM_UP; i++) await client.post(bench.endpointUrl, bodies[i % bodies.length] ?? '{}');
  const elapsed: number[] = [];
  let failed = 0;
  for (let i = 0; i < REQUESTS; i++) {
    const answer = await client.post(bench.endpointUrl, bodies[i % bodies.length] ?? '{}');
    if (answer.status !== 200) failed += 1;
    elapsed.push(answer.elapsedMs);
  }
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
      detail: `${failed} of ${REQUESTS} failed`,
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
      requests: REQUESTS,
      latency_ms_p50: at(0.5),
      latency_ms_p99: at(0.99),
      latency_ms_max: at(1),
    },
  };
}
