import { TendError } from '../kernel/error.ts';
import { showClock } from './clock-view.ts';
import type { ProjectContext } from './project-context.ts';
import { storedDocument } from './stored-document.ts';
import { watchBoundary } from './watch-boundary.ts';

/** A clock that jumped a year would compute 8,784 hourly boundaries in one request. */
const BOUNDARIES_MAX = 24 * 31;

/**
 * Moves the clock of a replay. Work that this sets off is started and not waited for: the answer names it,
 * and a replay that waits until nothing is busy gives the same verdicts on any machine.
 * @throws NOT_FOUND for an unknown project; CONFLICT for one on wall time, one of which nothing answers, and
 *   a moment
 *   before its clock; TOO_LARGE for too many boundaries at once.
 */
export async function advanceClock(ctx: ProjectContext, project: string, to: number) {
  const document = await storedDocument(ctx.db, project);
  if (document === undefined) throw new TendError('NOT_FOUND', `there is no project ${project}`);
  if (document.clock === undefined) {
    throw new TendError('CONFLICT', `${project} lives on wall time, which nobody moves`, {
      hint: 'A replay needs `clock: { starts: … }` in tend.yaml.',
    });
  }
  const live = await ctx.live.open(project);
  if (live === undefined)
    throw new TendError('CONFLICT', `nothing of ${project} answers yet: apply it first`);
  if ((to - live.clock()) / 3_600_000 > BOUNDARIES_MAX) {
    throw new TendError('TOO_LARGE', `expected a moment within ${BOUNDARIES_MAX} hours of the project clock`);
  }
  let before = live.clock();
  await live.advance(to, ctx.principal.id, async (report) => {
    const after = await watchBoundary(ctx, live, document, before, report);
    before = report.at;
    return after;
  });
  await ctx.settleMove(project);
  return showClock(ctx, project);
}
