/** Triggers of `retraining.when` that come by the calendar of the project clock. */
export const SCHEDULES = ['daily', 'weekly', 'monthly'] as const;
export type Schedule = (typeof SCHEDULES)[number];

/**
 * Does a scheduled moment lie in (`from`, `to`]? Daily: every 00:00 UTC; weekly: on Mondays; monthly: on the
 * first.
 */
export function isDue(schedule: Schedule, from: number, to: number): boolean {
  return from < to && lastMoment(schedule, to) > from;
}

/** The last scheduled moment at or before a time. */
function lastMoment(schedule: Schedule, at: number): number {
  const moment = new Date(at);
  moment.setUTCHours(0, 0, 0, 0);
  // Monday is day 1 of a week that begins with Sunday, day 0.
  if (schedule === 'weekly') moment.setUTCDate(moment.getUTCDate() - ((moment.getUTCDay() + 6) % 7));
  if (schedule === 'monthly') moment.setUTCDate(1);
  return moment.getTime();
}
