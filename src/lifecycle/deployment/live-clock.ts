import type { StageScope } from '../stage-scope.ts';

type ClockScope = Pick<StageScope, 'db' | 'clock' | 'project' | 'projectClock'>;

/**
 * The project clock as it stands now, milliseconds UTC: what a rollout that waits is measured by. The scope's
 * own is that of its beginning. Wall time without a replay.
 */
export async function liveClock(scope: ClockScope): Promise<number> {
  if (scope.projectClock === undefined) return scope.clock.now();
  return (await replayedTo(scope)) ?? scope.projectClock;
}

/** How far a replay has come; undefined while nothing was replayed, and in a project on wall time. */
export async function replayedTo(scope: ClockScope): Promise<number | undefined> {
  if (scope.projectClock === undefined) return undefined;
  const row = await scope.db.query
    .selectFrom('project_clock')
    .select('at')
    .where('project', '=', scope.project)
    .executeTakeFirst();
  return row?.at;
}
