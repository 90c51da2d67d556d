import type { Engine } from '../engine/engine.ts';
import type { Workflow, WorkflowContext } from '../engine/workflow.ts';
import { TendError } from '../kernel/error.ts';
import { asJson, type Json } from '../kernel/json.ts';
import { dueEffects, findRetraining, measureEffect } from '../lifecycle/retraining/index.ts';
import { createExampleCache, type LifecycleContext, type StageScope } from '../lifecycle/stage-scope.ts';
import type { Database } from '../store/database.ts';
import { recordStep } from './carry-out-stage.ts';
import { readDocument } from './document/read-document.ts';
import { effectAfter } from './retrain-project.ts';
import { restoreResults } from './retrain-results.ts';
import { appliedSource } from './retrain-source.ts';
import type { RetrainPorts } from './retrain-ports.ts';
import { stageResults } from './stage-result.ts';

/** Name under which the engine knows a look at the effect of a promotion. */
export const RETRAIN_EFFECT = 'retrain-effect';

/**
 * Starts a look at each promotion of a project that is due at the project clock `at`; resolves with the ids
 * of the executions. Called at each move of the clock; a look that is under way is not started twice.
 */
export async function startDueEffects(
  ctx: { readonly db: Database; readonly engine: Engine },
  project: string,
  at: number,
): Promise<readonly string[]> {
  const started: string[] = [];
  for (const { id, looks } of await dueEffects(ctx.db, project, at)) {
    const key = `${project}:${id}:${looks.length + 1}`;
    const input = { retraining: id };
    started.push(await ctx.engine.start({ workflow: RETRAIN_EFFECT, key, project, input, actor: 'system' }));
  }
  return started;
}

/** The workflow of one look; its input is `{ retraining }`. */
export function retrainEffectWorkflow(ctx: LifecycleContext, ports: RetrainPorts): Workflow {
  return {
    name: RETRAIN_EFFECT,
    run: (workflow, input) => look(ctx, ports, workflow, input as { readonly retraining: string }),
  };
}

async function look(
  ctx: LifecycleContext,
  ports: RetrainPorts,
  workflow: WorkflowContext,
  { retraining: id }: { readonly retraining: string },
): Promise<Json> {
  const found = await findRetraining(ctx.db, id);
  if (found === undefined) throw new TendError('NOT_FOUND', `there is no retraining ${id}`);
  const { project } = found;
  const { yaml, files, projectDir } = await appliedSource(ctx.db, project);
  const { document } = readDocument(yaml);
  const scope: StageScope = {
    ...ctx,
    examples: createExampleCache(),
    project,
    projectDir,
    files,
    projectClock: document.clock === undefined ? undefined : found.at,
    workflow,
  };
  const measured = await measureEffect(scope, {
    retraining: id,
    kind: document.kind,
    effectAfterMs: effectAfter(document),
    loggedWindow: ports.loggedWindow,
  });
  const { outcome, reason } = measured;
  if (outcome === 'roll-back' || outcome === 'gone') await restoreResults(scope, id, 'system');
  await note(scope, reason, measured.evidence);
  return asJson({ outcome, reason });
}

/** Lets the stage say what became of the promotion, unless a later retraining speaks there by now. */
async function note(scope: StageScope, reason: string, evidence: readonly string[]): Promise<void> {
  const present = (await stageResults(scope.db, scope.project)).get('retraining');
  if (present === undefined || present.verdict === 'running' || present.verdict === 'waiting') return;
  await recordStep(scope, 'retraining.effect.noted', {
    ...present,
    actor: 'system',
    reason,
    evidence: [...present.evidence, ...evidence],
  });
}
