import { setTimeout as delay } from 'node:timers/promises';
import { asJson } from '../../kernel/json.ts';
import type { Principal } from '../../kernel/policy.ts';
import { planeStatus } from '../../serve/plane-client.ts';
import { dropWarm, publishRouting, retireEndpoint } from '../deployment/index.ts';
import { type Evidenced, evidencedStep, type StageScope } from '../stage-scope.ts';
import type { ExitRequest } from './exit-request.ts';
import type { ExitSubject } from './exit-subject.ts';

/** Longer than any prediction waits in a queue, and than a worker takes for a new snapshot. */
const DRAIN_WITHIN_MS = 10_000;
const LOOK_MS = 50;

/**
 * Takes the subject away from traffic and waits until serving has done what was accepted: a version is no
 * longer kept warm, an endpoint answers 410.
 */
export async function drain(
  scope: StageScope,
  subject: ExitSubject,
  request: ExitRequest,
): Promise<Evidenced<{ readonly drained: boolean }>> {
  return evidencedStep(scope, 'decommissioning', 'drain', async () => {
    const taken = await takeAway(scope, subject, request);
    const { generation } = await publishRouting(scope);
    const seen = await awaitDrained(scope, generation);
    return {
      result: { drained: true },
      evidence: [
        {
          kind: 'drain',
          subject: subject.hash,
          verdict: 'pass' as const,
          title: taken.length === 0 ? 'Nothing was served of it any more' : taken.join('; '),
          body: {
            taken,
            generation,
            plane: seen,
            endpoints: subject.endpoints,
            releases: subject.releases.map(asJson),
          },
        },
      ],
    };
  });
}

async function takeAway(
  scope: StageScope,
  subject: ExitSubject,
  { actor, reason, successor }: ExitRequest,
): Promise<string[]> {
  const principal: Principal = { kind: 'system', id: actor, name: actor, roles: ['admin'] };
  if (subject.kind === 'version') {
    const own = new Map(subject.releases.map((release) => [release.hash, release.version]));
    const warm = subject.routed.filter((route) => own.has(route.hash));
    for (const { endpoint, hash } of warm) {
      await dropWarm(scope, { endpoint, releaseHash: hash, principal });
    }
    return warm.map(
      ({ endpoint, hash }) => `Version ${own.get(hash) ?? ''} is no longer kept warm at ${endpoint}`,
    );
  }
  for (const endpoint of subject.endpoints) {
    const next = subject.kind === 'endpoint' ? successor : null;
    await retireEndpoint(scope, { endpoint, reason, successor: next, principal });
  }
  return subject.endpoints.map((endpoint) => `Endpoint ${endpoint} answers 410`);
}

/** Null where no data plane lives; false when it did not come to rest in time. */
async function awaitDrained(scope: StageScope, generation: number): Promise<boolean | null> {
  const plane = await scope.planes.living();
  if (plane === null) return null;
  const since = scope.clock.monotonic();
  while (scope.clock.monotonic() - since < DRAIN_WITHIN_MS) {
    const status = await planeStatus(plane.url).catch(() => undefined);
    if (status === undefined) return null;
    const queue = status.workers.reduce((sum, worker) => sum + worker.queue, 0);
    if ((status.generation ?? -1) >= generation && queue === 0) return true;
    await delay(LOOK_MS, undefined, { signal: scope.workflow.signal });
  }
  return false;
}
