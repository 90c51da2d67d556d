import {
  findPrediction as findSealed,
  type LoggedPrediction,
  unsealedOutcome,
} from '../lifecycle/monitoring/index.ts';
import type { LifecycleContext } from '../lifecycle/stage-scope.ts';
import type { LiveProjects } from './live-projects.ts';

/**
 * A prediction by id with its outcome, also one that was taken in and is not sealed yet; undefined when it
 * was not logged.
 */
export async function findPrediction(
  ctx: LifecycleContext,
  live: Pick<LiveProjects, 'open'>,
  id: string,
): Promise<LoggedPrediction | undefined> {
  const logged = await findSealed(ctx, id);
  if (logged === undefined || logged.outcome !== null) return logged;
  const settled = (await live.open(logged.project))?.settled(id);
  return settled === undefined ? logged : { ...logged, outcome: unsealedOutcome(settled) };
}
