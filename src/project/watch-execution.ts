import { z } from 'zod';
import { isFinished } from '../engine/execution.ts';
import type { StoredError } from '../engine/stored-error.ts';
import { STAGES, type Stage, VERDICTS } from '../kernel/verdict.ts';
import type { ProjectContext } from './project-context.ts';
import { stageResults } from './stage-result.ts';

/** What a follower of an execution is told. The last item is `waiting` or `end`. */
export const executionItem = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('progress'), text: z.string(), share: z.number().exactOptional() }),
    z.object({
      kind: z.literal('stage'),
      stage: z.enum(STAGES),
      verdict: z.enum(VERDICTS),
      reason: z.string(),
    }),
    z.object({ kind: z.literal('waiting'), reason: z.string() }),
    z.object({
      kind: z.literal('end'),
      state: z.enum(['done', 'failed', 'cancelled', 'queued']),
      error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
    }),
  ])
  .meta({ id: 'ExecutionItem' });
export type ExecutionItem = z.output<typeof executionItem>;

/**
 * Follows an execution until it ends or comes to rest; what it said before is not repeated. @throws
 * NOT_FOUND.
 */
export async function* watchExecution(
  ctx: Pick<ProjectContext, 'engine' | 'db' | 'clock'>,
  id: string,
): AsyncGenerator<ExecutionItem> {
  const events = ctx.engine.subscribe(id);
  try {
    const seen = new Map<Stage, string>();
    const start = await ctx.engine.get(id);
    // One that waits and was woken is about to be taken up: it has not come to rest.
    const woken = start.state === 'waiting' && start.wakeAt !== null && start.wakeAt <= ctx.clock.now();
    const rested = woken ? undefined : settled(start);
    if (rested !== undefined) {
      yield rested;
      return;
    }
    // What an execution that goes on had settled before was told before.
    for (const [stage, result] of await resultsOf(ctx, start.project ?? '', id))
      seen.set(stage, result.verdict);
    for await (const event of events) {
      if (event.kind === 'progress') yield { kind: 'progress', ...event.progress };
      if (event.kind === 'step' && event.project !== null) yield* stageChanges(ctx, event.project, id, seen);
      if (event.kind === 'end' && !isFinished(event.state)) {
        // How it ended could not be recorded, as on a full disk: the next run goes on with it.
        yield { kind: 'end', state: 'queued', error: said(event.error) };
        return;
      }
      if (event.kind !== 'waiting' && event.kind !== 'end') continue;
      if (event.project !== null) yield* stageChanges(ctx, event.project, id, seen);
      const item = settled(await ctx.engine.get(id));
      if (item !== undefined) {
        yield item;
        return;
      }
    }
  } finally {
    await events.return?.(undefined);
  }
}

type Settled = Extract<ExecutionItem, { kind: 'waiting' | 'end' }>;

function settled(execution: Awaited<ReturnType<ProjectContext['engine']['get']>>): Settled | undefined {
  const { state, reason, error } = execution;
  if (state === 'waiting') return { kind: 'waiting', reason: reason ?? '' };
  if (!isFinished(state)) return undefined;
  return { kind: 'end', state: state as 'done' | 'failed' | 'cancelled', error: said(error) };
}

function said(error: StoredError | null): Extract<ExecutionItem, { kind: 'end' }>['error'] {
  return error === null ? null : { code: error.code, message: error.message, hint: error.hint ?? '' };
}

async function* stageChanges(
  ctx: Pick<ProjectContext, 'db'>,
  project: string,
  executionId: string,
  seen: Map<Stage, string>,
): AsyncGenerator<ExecutionItem> {
  for (const [stage, result] of await resultsOf(ctx, project, executionId)) {
    if (seen.get(stage) === result.verdict) continue;
    seen.set(stage, result.verdict);
    yield { kind: 'stage', stage, verdict: result.verdict, reason: result.reason };
  }
}

/** Present results that this execution settled. */
async function resultsOf(ctx: Pick<ProjectContext, 'db'>, project: string, executionId: string) {
  const results = await stageResults(ctx.db, project);
  return [...results].filter(([, result]) => result.executionId === executionId);
}
