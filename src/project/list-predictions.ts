import { TendError } from '../kernel/error.ts';
import type { ProjectContext } from './project-context.ts';

/** Predictions of an event time in [from, to), a page after the id `cursor`. @throws NOT_FOUND */
export async function listPredictions(
  ctx: ProjectContext,
  input: {
    readonly project: string;
    readonly from: number;
    readonly to: number;
    readonly limit: number;
    readonly cursor?: string;
  },
) {
  const live = await ctx.live.open(input.project);
  if (live === undefined) throw new TendError('NOT_FOUND', `nothing of ${input.project} answers`);
  const all = await live.recent(input.from, input.to);
  const after = all.filter(({ record }) => input.cursor === undefined || record.id > input.cursor);
  const page = after.slice(0, input.limit);
  return {
    items: page.map(({ record, hasOutcome }) => ({
      id: record.id,
      key: record.key,
      t: record.t,
      version: record.version,
      prediction: record.prediction,
      hasOutcome,
    })),
    next: after.length > page.length ? (page.at(-1)?.record.id ?? null) : null,
  };
}
