import { setTimeout as delay } from 'node:timers/promises';
import { durationMs, percentShare } from '../../../kernel/schema.ts';
import { openCandidateClient } from '../candidate-client.ts';
import { instanceOf, spreadRows, type TestBench } from '../test-bench.ts';
import type { TestOutcome } from '../test-outcome.ts';

const DEFAULT = { rate: '100/s', for: '2s', errors_at_most: '0.1%' } as const;

/**
 * Sockets at most; an answer slower than this many requests apart makes the next ones wait here, as in life.
 */
const CONNECTIONS = 256;

/** How often requests are sent out; those due since the last tick go together. */
const TICK_MS = 10;

/** An answer later than this counts as an error: nobody waits for it. */
const LATE_MS = 5_000;

/** Sends requests at the declared rate whether or not answers come (open loop) and counts what fails. */
export async function loadTest(bench: TestBench): Promise<TestOutcome> {
  const spec = { ...DEFAULT, ...bench.inputs.testing.load };
  const perSecond = Number(spec.rate.split('/')[0]);
  const lengthMs = durationMs(spec.for);
  const allowed = percentShare(spec.errors_at_most);
  const { monotonic } = bench.scope.clock;
  using client = openCandidateClient(CONNECTIONS, monotonic);
  const rows = spreadRows(bench.split.test, 1_000);
  const bodies = rows.map((row) => JSON.stringify(instanceOf(bench.manifest, bench.split.test, row)));
  const total = Math.round((perSecond * lengthMs) / 1000);
  const elapsed: number[] = [];
  let answered = 0;
  const one = async (body: string): Promise<void> => {
    const answer = await client.post(bench.endpointUrl, body);
    elapsed.push(answer.elapsedMs);
    if (answer.status === 200 && answer.elapsedMs <= LATE_MS) answered += 1;
  };
  const pending: Promise<void>[] = [];
  const started = monotonic();
  for (let sent = 0; sent < total; ) {
    bench.scope.workflow.signal.throwIfAborted();
    const due = Math.min(total, Math.floor(((monotonic() - started) * perSecond) / 1000) + 1);
    for (; sent < due; sent++) {
      pending.push(one(bodies[sent % bodies.length] ?? '{}'));
    }
    await delay(TICK_MS);
  }
  // What is not here by then is late whenever it comes: a backlog of minutes need not be sat out.
  const late = new AbortController();
  await Promise.race([Promise.all(pending), delay(LATE_MS, undefined, { signal: late.signal })]);
  late.abort();
  const errors = total - answered;
  elapsed.sort((a, b) => a - b);
  const share = errors / total;
  return {
    kind: 'load',
    cases: [
      {
        name: `errors at ${spec.rate} for ${spec.for}`,
        passed: share <= allowed,
        detail: `${errors} of ${total}, at most ${spec.errors_at_most}`,
      },
    ],
    criteria: [],
    measured: {
      requests: total,
      errors,
      latency_ms_p50: elapsed[Math.floor(total * 0.5)] ?? null,
      latency_ms_p99: elapsed[Math.floor(total * 0.99)] ?? null,
    },
  };
}
