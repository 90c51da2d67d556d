import {
  declaredRetraining,
  startRetraining,
  type StartContext,
  type StartedRetraining,
} from './start-retraining.ts';
import { isDue, SCHEDULES } from './schedule.ts';

/**
 * Begins the retraining that the calendar asks for, where one of the declared schedules has a moment in
 * (`from`, `to`] of the project clock. Null where none has. Called at each move of the clock.
 * @throws as `startRetraining` does.
 */
export async function dueRetraining(
  ctx: StartContext,
  project: string,
  from: number,
  to: number,
): Promise<StartedRetraining | null> {
  const due = SCHEDULES.filter((schedule) => isDue(schedule, from, to));
  if (due.length === 0) return null;
  const spec = await declaredRetraining(ctx.db, project);
  // The rarest names it: on the first of a month that is a Monday, it is the monthly one.
  const trigger = due.findLast((schedule) => spec?.when.includes(schedule));
  if (trigger === undefined) return null;
  return startRetraining(ctx, { project, trigger, actor: 'system', at: to });
}
