import type { WorkflowContext } from '../engine/workflow.ts';
import { TendError } from '../kernel/error.ts';
import { asJson, type Json } from '../kernel/json.ts';
import { durationMs } from '../kernel/schema.ts';
import type { DataOutputs } from '../lifecycle/data/index.ts';
import {
  failRetraining,
  findRetraining,
  type Retraining,
  type RetrainingInputs,
  runRetraining,
} from '../lifecycle/retraining/index.ts';
import { createExampleCache, type LifecycleContext, type StageScope } from '../lifecycle/stage-scope.ts';
import type { ApplyInput } from './apply-input.ts';
import { recordStep } from './carry-out-stage.ts';
import type { ProjectDocument } from './document/project-document.ts';
import { readDocument } from './document/read-document.ts';
import { govern } from './govern.ts';
import { recordSuccessor } from './retrain-results.ts';
import { appliedSource } from './retrain-source.ts';
import type { RetrainPorts } from './retrain-ports.ts';
import { candidateStages } from './retrain-stages.ts';
import { dataInputs } from './stage-inputs.ts';
import { stageResults } from './stage-result.ts';

/** Live criteria look over a week unless they say otherwise, and so does the effect of a promotion. */
const EFFECT_AFTER_MS = 7 * 86_400_000;

/** A project being retrained. */
interface Retrained {
  readonly scope: StageScope;
  readonly document: ProjectDocument;
  readonly specHash: string;
  readonly retraining: Retraining;
  readonly actor: string;
}

/** A retraining as one durable execution, with its stage's result on the board. */
export async function carryOutRetraining(
  ctx: LifecycleContext,
  ports: RetrainPorts,
  workflow: WorkflowContext,
  { retraining: id }: { readonly retraining: string },
): Promise<Json> {
  const project = await openProject(ctx, workflow, id);
  const { scope, document, specHash, actor } = project;
  const nothing = { stage: 'retraining', key: null, actor, evidence: [], outputs: {} } as const;
  try {
    await recordStep(scope, 'retraining.start', {
      ...nothing,
      verdict: 'running',
      reason: `set off by ${project.retraining.trigger}`,
    });
    const end = await runRetraining(scope, await retrainingInputs(project, ports));
    const { verdict, reason, evidence, outputs, successor } = end;
    if (successor !== null) {
      await recordSuccessor(scope, { document, specHash, actor }, id, successor);
      const { data, training } = successor;
      await govern(scope, { document, data: data.outputs, training: training.outputs, actor });
    }
    await recordStep(scope, 'retraining.verdict', { ...nothing, verdict, reason, evidence, outputs });
    return asJson({ verdict, reason, ...outputs });
  } catch (error) {
    if (error instanceof TendError && error.code !== 'INTERRUPTED') {
      const reason = error.message.split('\n')[0] ?? '';
      await failRetraining(scope, id, reason, actor);
      await recordStep(scope, 'retraining.failed', { ...nothing, verdict: 'fail', reason });
    }
    throw error;
  }
}

/** Opens a project at the project clock of its retraining; the source is fixed with the first pass. */
async function openProject(ctx: LifecycleContext, workflow: WorkflowContext, id: string): Promise<Retrained> {
  const retraining = await findRetraining(ctx.db, id);
  if (retraining === undefined) throw new TendError('NOT_FOUND', `there is no retraining ${id}`);
  const { project } = retraining;
  const stored = await workflow.step('retraining.source', async () => ({
    result: asJson(await appliedSource(ctx.db, project)),
  }));
  const { yaml, files, projectDir } = stored as unknown as ApplyInput;
  const { document, hash: specHash } = readDocument(yaml);
  const scope: StageScope = {
    ...ctx,
    // A retraining and an apply of another project may run side by side: neither takes the other's examples.
    examples: createExampleCache(),
    project,
    projectDir,
    files,
    projectClock: document.clock === undefined ? undefined : retraining.at,
    workflow,
  };
  return { scope, document, specHash, retraining, actor: 'system' };
}

async function retrainingInputs(
  { scope, document, specHash, retraining, actor }: Retrained,
  ports: RetrainPorts,
): Promise<RetrainingInputs> {
  const base = await baseData(scope);
  const { retraining: spec, deployment, kind, split, training } = document;
  return {
    id: retraining.id,
    trigger: retraining.trigger,
    windows: spec?.windows ?? ['all'],
    search: spec?.search ?? 'reuse',
    promote: spec?.promote ?? 'if_better',
    kind,
    split,
    seed: training.seed,
    specHash,
    endpoint: deployment.endpoint,
    effectAfterMs: effectAfter(document),
    stages: candidateStages(document, specHash),
    liveData: (inner, at) => ports.liveData(inner, dataInputs(document), base, at),
    armMonitors: (inner, inputs) => ports.armMonitors(inner, { document, ...inputs }),
    author: actor,
    onWaiting: (occasion, reason, evidence) =>
      recordStep(scope, `retraining.waiting:${occasion}`, {
        stage: 'retraining',
        key: null,
        actor,
        verdict: 'waiting',
        reason: `waits for ${reason}`,
        evidence,
        outputs: {},
      }),
  };
}

/** The data that the champion's life began with: fixed with the first pass, as a promotion changes it. */
async function baseData(scope: StageScope): Promise<DataOutputs> {
  const stored = await scope.workflow.step('retraining.base', async () => {
    const data = (await stageResults(scope.db, scope.project)).get('data');
    if (data === undefined) throw new TendError('CONFLICT', `${scope.project} has no data yet`);
    return { result: data.outputs };
  });
  return stored as unknown as DataOutputs;
}

/** The longest window of a live criterion on outcomes. */
export function effectAfter({ problem }: ProjectDocument): number {
  const windows = problem.criteria.flatMap(({ live, over }) =>
    live === true && over !== undefined ? [durationMs(over)] : [],
  );
  return windows.length === 0 ? EFFECT_AFTER_MS : Math.max(...windows);
}
