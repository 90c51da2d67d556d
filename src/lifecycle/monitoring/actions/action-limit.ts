import type { Database } from '../../../store/database.ts';
import { actionBody } from './action.ts';
import { actionsSince } from './action-store.ts';
import type { DeclaredAction } from './actions-for.ts';

const DAY_MS = 86_400_000;

/** A month is 30 days: a limit is a brake, not a calendar. */
const SPAN_MS: Readonly<Record<string, number>> = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS };

/**
 * Why an action is one too many at a moment of the project clock; undefined when it is not. Counted are the
 * actions of its kind in the project that were done or will be; a dry run counts dry runs.
 */
export async function overLimit(
  db: Database,
  project: string,
  action: DeclaredAction,
  at: number,
): Promise<string | undefined> {
  const { limit, kind, dryRun } = action;
  if (limit === null) return undefined;
  const [count = '', span = ''] = limit.split('/');
  const earlier = await actionsSince(db, { project, kind, after: at - (SPAN_MS[span] ?? 0) });
  const counted = earlier.filter((row) =>
    dryRun
      ? row.state === 'dry-run'
      : row.state === 'done' || (row.state === 'waiting' && !actionBody(row).dryRun),
  );
  return counted.length >= Number(count)
    ? `the limit of ${limit} is reached: ${counted.length} within a ${span}`
    : undefined;
}
