import { parseTime } from '../decide/expression/parse-time.ts';
import { TendError } from '../kernel/error.ts';
import {
  findPrediction,
  type LiveProject,
  type SentOutcome,
  type TakenOutcomes,
} from '../lifecycle/monitoring/index.ts';
import type { ProjectContext } from './project-context.ts';

/** Outcomes as a request says them. */
export interface OutcomesInput {
  readonly outcomes: readonly {
    readonly prediction?: string;
    readonly key?: string | number;
    readonly value: unknown;
    readonly at?: number | string;
  }[];
  readonly endpoint?: string;
}

/**
 * Takes outcomes in for the project whose predictions they are of. What a request gets wrong is said item by
 * item and takes nothing from the others.
 * @throws NOT_FOUND for an unknown endpoint; INVALID_INPUT for keys that could be of several.
 */
export async function recordOutcomes(ctx: ProjectContext, input: OutcomesInput): Promise<TakenOutcomes> {
  const live = await liveOf(ctx, input);
  const outcomes: SentOutcome[] = [];
  const places: number[] = [];
  const problems: { index: number; code: 'INVALID_INPUT'; message: string }[] = [];
  for (const [index, { at, ...rest }] of input.outcomes.entries()) {
    const ms = at === undefined ? undefined : typeof at === 'number' ? at : parseTime(at);
    if (ms !== undefined && !Number.isFinite(ms)) {
      problems.push({
        index,
        code: 'INVALID_INPUT',
        message: `at: expected an RFC 3339 time, got ${String(at)}`,
      });
      continue;
    }
    places.push(index);
    outcomes.push({ ...rest, ...(ms === undefined ? {} : { at: ms }) });
  }
  const taken = await live.record(outcomes);
  const own = taken.problems.map((problem) => ({
    ...problem,
    index: places[problem.index] ?? problem.index,
  }));
  return {
    ...taken,
    refused: taken.refused + problems.length,
    problems: [...problems, ...own].sort((a, b) => a.index - b.index),
  };
}

async function liveOf(ctx: ProjectContext, { endpoint, outcomes }: OutcomesInput): Promise<LiveProject> {
  const rows = await ctx.db.query
    .selectFrom('endpoint')
    .select(['name', 'project'])
    .orderBy('name')
    .execute();
  const [only] = rows;
  if (endpoint !== undefined) {
    const named = rows.find((row) => row.name === endpoint);
    if (named === undefined) throw new TendError('NOT_FOUND', `there is no endpoint ${endpoint}`);
    return opened(ctx, named.project);
  }
  if (only === undefined)
    throw new TendError('NOT_FOUND', 'no endpoint is deployed yet, so no prediction was logged');
  if (rows.length === 1) return opened(ctx, only.project);
  const id = outcomes.find(({ prediction }) => prediction !== undefined)?.prediction;
  if (id === undefined) {
    throw new TendError('INVALID_INPUT', `with several endpoints, endpoint says whose keys these are`, {
      hint: `The endpoints are ${rows
        .map((row) => row.name)
        .slice(0, 20)
        .join(', ')}.`,
    });
  }
  for (const { project } of rows) {
    const live = await ctx.live.open(project);
    if (live !== undefined && (await live.knows(id))) return live;
  }
  const logged = await findPrediction(ctx, id);
  return opened(ctx, logged?.project ?? only.project);
}

async function opened(ctx: ProjectContext, project: string): Promise<LiveProject> {
  const live = await ctx.live.open(project);
  if (live === undefined) throw new TendError('NOT_FOUND', `nothing of ${project} answers`);
  return live;
}
