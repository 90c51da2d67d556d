import { hashJson } from '../kernel/hash.ts';
import type { KeyScope } from '../lifecycle/stage-scope.ts';
import { assertSourcesAllowed } from './assert-sources-allowed.ts';
import { readDocument } from './document/read-document.ts';
import type { Plan } from './plan-view.ts';
import { plannedChanges } from './planned-changes.ts';
import { plannedStages } from './planned-stages.ts';
import { appliedClock } from './project-clock.ts';
import type { ProjectContext } from './project-context.ts';
import type { ProjectSource } from './project-files.ts';
import { stageResults } from './stage-result.ts';
import { storedDocument } from './stored-document.ts';

/** Compares a project's source with what is there, and says what applying it would do. Changes nothing. */
export async function plan(ctx: ProjectContext, source: ProjectSource): Promise<Plan> {
  const { document, hash: specHash } = readDocument(source.yaml);
  assertSourcesAllowed(ctx.principal, ctx.projectDir, document);
  const project = document.name;
  const before = await storedDocument(ctx.db, project);
  const clock = await appliedClock(ctx.db, document, specHash);
  const scope: KeyScope = { ...ctx, project, files: source.files, projectClock: clock };
  const results = await stageResults(ctx.db, project);
  const stages = await plannedStages(scope, document, before, results);
  const changes = await plannedChanges(scope, document, before, stages);
  const base = [...results.values()].map(({ stage, key, verdict }) => ({ stage, key, verdict }));
  const said = { project, specHash, changes: [...changes], stages: [...stages] };
  return { ...said, hash: hashJson({ ...said, base, files: source.files }) };
}
