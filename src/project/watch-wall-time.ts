import { clockStart } from './stage-inputs.ts';
import type { LiveProjects } from './live-projects.ts';
import { storedDocument } from './stored-document.ts';
import { watchBoundary, type WatchContext } from './watch-boundary.ts';

/**
 * Boundaries are computed a moment after they have passed: requests of the hour before may still be under
 * way.
 */
const SETTLE_MS = 2_000;

/**
 * Lets the clocks of projects that live on wall time go on to now. A replay's clock is moved by whoever
 * replays.
 */
export async function watchWallTime(ctx: WatchContext & { readonly live: LiveProjects }): Promise<void> {
  const rows = await ctx.db.query.selectFrom('endpoint').select('project').distinct().execute();
  for (const { project } of rows) {
    const document = await storedDocument(ctx.db, project);
    if (document === undefined || clockStart(document.clock) !== null) continue;
    const live = await ctx.live.open(project);
    const to = ctx.clock.now() - SETTLE_MS;
    if (live === undefined || Math.floor(to / live.stepMs) === Math.floor(live.clock() / live.stepMs))
      continue;
    let before = live.clock();
    await live.advance(Math.floor(to / live.stepMs) * live.stepMs, 'system', async (report) => {
      const after = await watchBoundary(ctx, live, document, before, report);
      before = report.at;
      return after;
    });
  }
}
