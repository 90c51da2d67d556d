import { hashJson } from '../kernel/hash.ts';
import { durationMs } from '../kernel/schema.ts';
import type { DataOutputs } from '../lifecycle/data/index.ts';
import { listRoutes } from '../lifecycle/deployment/index.ts';
import type { LiveInputs } from '../lifecycle/monitoring/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../store/database.ts';
import { projectClock } from './project-clock.ts';
import { stageResults } from './stage-result.ts';
import { storedDocument } from './stored-document.ts';

/** An outcome is awaited for so long unless tend.yaml says otherwise. */
const OUTCOME_WITHIN = '30d';

/** What watching a project takes; undefined while nothing of it answers. */
export async function liveInputs(
  ctx: { readonly db: Database; readonly clock: Clock },
  project: string,
): Promise<LiveInputs | undefined> {
  const document = await storedDocument(ctx.db, project);
  if (document === undefined) return undefined;
  const { endpoint } = document.deployment;
  if ((await listRoutes(ctx.db, endpoint)).length === 0) return undefined;
  const data = (await stageResults(ctx.db, project)).get('data')?.outputs as DataOutputs | undefined;
  if (data?.features === undefined) return undefined;
  const { monitoring, problem, evaluation, kind, owner } = document;
  const said = {
    project,
    owner: problem.stakeholders.owner ?? owner,
    kind,
    endpoint,
    dataSpec: document.data,
    criteria: problem.criteria.filter((criterion) => criterion.live === true),
    slices: evaluation?.slices ?? [],
    key: monitoring?.outcomes?.key ?? null,
    withinMs: durationMs(monitoring?.outcomes?.within ?? OUTCOME_WITHIN),
    drift: monitoring?.drift ?? null,
    replay: document.clock !== undefined,
  };
  const declared = Object.values(data.versions).map((version) =>
    version.partitions.filter((partition) => !partition.received).map((partition) => partition.contentHash),
  );
  const at = (await projectClock(ctx.db, document)) ?? (await wallClock(ctx, project));
  return { ...said, data, at, hash: hashJson({ ...said, features: data.features.hash, declared }) };
}

/** Where the monitors of a project on wall time stand: where they stopped, else now. */
async function wallClock(
  ctx: { readonly db: Database; readonly clock: Clock },
  project: string,
): Promise<number> {
  const row = await ctx.db.query
    .selectFrom('project_clock')
    .select('at')
    .where('project', '=', project)
    .executeTakeFirst();
  return row?.at ?? ctx.clock.now();
}
