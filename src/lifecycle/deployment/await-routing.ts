import { setTimeout as delay } from 'node:timers/promises';
import { planeStatus } from '../../serve/plane-client.ts';
import type { StageScope } from '../stage-scope.ts';

const POLL_MS = 10;
/** Workers look at the file five times a second; one that cannot load a release says so by then. */
const WITHIN_MS = 2_000;

/**
 * Waits until every worker has a routing snapshot in force, so that what a replay sends next is answered by
 * it whatever the machine's pace. Gives up in silence: routes are right on disk, and serving follows.
 */
export async function awaitRouting(
  scope: Pick<StageScope, 'planes' | 'clock' | 'workflow'>,
  generation: number,
): Promise<void> {
  const plane = await scope.planes.living();
  if (plane === null) return;
  const since = scope.clock.monotonic();
  while (scope.clock.monotonic() - since < WITHIN_MS) {
    const status = await planeStatus(plane.url).catch(() => undefined);
    if (status === undefined || (status.generation ?? -1) >= generation) return;
    await delay(POLL_MS, undefined, { signal: scope.workflow.signal });
  }
}
