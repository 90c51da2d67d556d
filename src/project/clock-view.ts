import { z } from 'zod';
import { TendError } from '../kernel/error.ts';
import { projectClock } from './project-clock.ts';
import type { ProjectContext } from './project-context.ts';
import { clockStart } from './stage-inputs.ts';
import { storedDocument } from './stored-document.ts';

/** The project clock, and the executions of the project. Times are milliseconds UTC. */
export const clockView = z
  .object({
    project: z.string(),
    at: z.int(),
    starts: z.int().nullable().describe('Where the replay starts; null: the project lives on wall time.'),
    busy: z
      .array(z.object({ execution: z.string(), workflow: z.string() }))
      .describe('Work that a replay waits for: training takes no time of the project clock.'),
    waiting: z.array(z.object({ execution: z.string(), workflow: z.string(), reason: z.string() })),
  })
  .meta({ id: 'ProjectClock' });

/** @throws NOT_FOUND */
export async function showClock(
  ctx: Pick<ProjectContext, 'db' | 'clock'>,
  project: string,
): Promise<z.output<typeof clockView>> {
  const document = await storedDocument(ctx.db, project);
  if (document === undefined) throw new TendError('NOT_FOUND', `there is no project ${project}`);
  const rows = await ctx.db.query
    .selectFrom('execution')
    .select(['id', 'workflow', 'state', 'reason', 'wake_at'])
    .where('project', '=', project)
    .where('state', 'in', ['queued', 'running', 'waiting'])
    .orderBy('created_at')
    .execute();
  const now = ctx.clock.now();
  // One that was woken and is not taken up yet is about to work.
  const woken = (wakeAt: number | null): boolean => wakeAt !== null && wakeAt <= now;
  const resting = rows.filter((row) => row.state === 'waiting' && !woken(row.wake_at));
  return {
    project,
    at: (await projectClock(ctx.db, document)) ?? now,
    starts: clockStart(document.clock),
    busy: rows
      .filter((row) => !resting.includes(row))
      .map(({ id, workflow }) => ({ execution: id, workflow })),
    waiting: resting.map(({ id, workflow, reason }) => ({ execution: id, workflow, reason: reason ?? '' })),
  };
}
