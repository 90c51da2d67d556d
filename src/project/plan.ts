import { z } from 'zod';
import { hashJson } from '../kernel/hash.ts';
import type { KeyScope } from '../lifecycle/stage-scope.ts';
import { readDocument } from './document/read-document.ts';
import { plannedChange, plannedChanges } from './planned-changes.ts';
import { plannedStage, plannedStages } from './planned-stages.ts';
import { projectClock } from './project-clock.ts';
import type { ProjectContext } from './project-context.ts';
import type { ProjectSource } from './project-files.ts';
import { stageResults } from './stage-result.ts';
import { storedDocument } from './stored-document.ts';

/** What `plan` says: changes, which stages run, and the hash by which exactly this plan can be applied. */
export const planView = z
  .object({
    project: z.string(),
    specHash: z.string(),
    changes: z.array(plannedChange),
    stages: z.array(plannedStage),
    hash: z.string().describe('`apply --plan` carries out exactly this plan or is refused.'),
  })
  .meta({ id: 'Plan' });
export type Plan = z.output<typeof planView>;

/** Compares a project's source with what is there, and says what applying it would do. Changes nothing. */
export async function plan(ctx: ProjectContext, source: ProjectSource): Promise<Plan> {
  const { document, hash: specHash } = readDocument(source.yaml);
  const project = document.name;
  const before = await storedDocument(ctx.db, project);
  const clock = await projectClock(ctx.db, document);
  const scope: KeyScope = { ...ctx, project, files: source.files, projectClock: clock };
  const results = await stageResults(ctx.db, project);
  const stages = await plannedStages(scope, document, before, results);
  const changes = await plannedChanges(scope, document, before, stages);
  const base = [...results.values()].map(({ stage, key, verdict }) => ({ stage, key, verdict }));
  const said = { project, specHash, changes: [...changes], stages: [...stages] };
  return { ...said, hash: hashJson({ ...said, base, files: source.files }) };
}
