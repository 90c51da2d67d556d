import { z } from 'zod';
import { STAGES, type Stage, VERDICTS } from '../kernel/verdict.ts';
import type { ProjectContext } from './project-context.ts';
import { stageResults } from './stage-result.ts';

/** What the board is told while it is open. */
export const changeItem = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('stage'),
      project: z.string(),
      stage: z.enum(STAGES),
      verdict: z.enum(VERDICTS),
      reason: z.string(),
    }),
    z.object({
      kind: z.literal('progress'),
      project: z.string(),
      text: z.string(),
      share: z.number().exactOptional(),
    }),
    z.object({ kind: z.literal('inbox') }),
  ])
  .meta({ id: 'Change' });
export type ChangeItem = z.output<typeof changeItem>;

/**
 * Follows all projects of this server: verdicts as they change, progress of what runs. Ends with its reader.
 */
export async function* watchChanges(ctx: Pick<ProjectContext, 'engine' | 'db'>): AsyncGenerator<ChangeItem> {
  const known = new Map<string, string>();
  // A first item at once: the reader then knows that it listens, and asks for whatever came before.
  yield { kind: 'inbox' };
  for await (const event of ctx.engine.subscribe()) {
    if (event.project === null) continue;
    if (event.kind === 'progress') {
      yield { kind: 'progress', project: event.project, ...event.progress };
      continue;
    }
    for (const [stage, { verdict, reason }] of await stageResults(ctx.db, event.project)) {
      if (!changed(known, event.project, stage, verdict)) continue;
      yield { kind: 'stage', project: event.project, stage, verdict, reason };
    }
    if (event.kind !== 'step') yield { kind: 'inbox' };
  }
}

function changed(known: Map<string, string>, project: string, stage: Stage, verdict: string): boolean {
  const key = `${project}/${stage}`;
  if (known.get(key) === verdict) return false;
  known.set(key, verdict);
  return true;
}
