import { TendError } from '../kernel/error.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { Stage } from '../kernel/verdict.ts';
import type { StageResult, StageScope } from '../lifecycle/stage-scope.ts';
import { cachedResult, resultUnit, type ResultDraft, stageResults } from './stage-result.ts';

/** A stage to be carried out: its cache key and its work. */
export interface StageWork<Outputs extends object> {
  readonly stage: Stage;
  readonly key: string;
  readonly actor: string;
  /** A failure that another run might not repeat (load, latency, traffic) is not kept for the same inputs. */
  readonly keepFailure: boolean;
  readonly run: () => Promise<StageResult<Outputs>>;
}

/**
 * Carries out a stage once for its inputs. A result of this execution is taken as it is; the same inputs as ever
 * before give the result and evidence of then; otherwise the work runs, and its verdict is one durable step.
 */
export async function carryOutStage<Outputs extends object>(
  scope: StageScope,
  work: StageWork<Outputs>,
): Promise<StageResult<Outputs>> {
  const { stage, key } = work;
  const present = (await stageResults(scope.db, scope.project)).get(stage);
  const executionId = scope.workflow.executionId;
  if (present?.executionId === executionId && present.key === key && isFinal(present.verdict)) {
    return present as unknown as StageResult<Outputs>;
  }
  const cached = await cachedResult(scope.db, scope.project, stage, key);
  if (cached !== undefined) {
    if (present?.key !== key || !isFinal(present.verdict)) await reuse(scope, work, cached);
    return cached as unknown as StageResult<Outputs>;
  }
  await recordStep(scope, `${stage}.start`, {
    ...draftOf(scope, work),
    verdict: 'running',
    reason: 'running',
    evidence: [],
    outputs: {},
  });
  try {
    const result = await work.run();
    await recordStep(scope, `${stage}.verdict`, { ...draftOf(scope, work), ...plain(result) }, keeps(work, result));
    return result;
  } catch (error) {
    if (!(error instanceof TendError) || error.code === 'INTERRUPTED') throw error;
    const failed = { verdict: 'fail' as const, reason: error.message.split('\n')[0] ?? '', evidence: [], outputs: {} };
    await recordStep(scope, `${stage}.failed`, { ...draftOf(scope, work), ...failed });
    throw error;
  }
}

function isFinal(verdict: string): boolean {
  return verdict === 'pass' || verdict === 'fail' || verdict === 'skipped';
}

function keeps<O extends object>(work: StageWork<O>, result: StageResult<O>): boolean {
  return result.verdict === 'pass' || (result.verdict === 'fail' && work.keepFailure);
}

function draftOf<O extends object>(scope: StageScope, { stage, key, actor }: StageWork<O>) {
  return { project: scope.project, stage, key, actor, executionId: scope.workflow.executionId };
}

function plain<O extends object>(result: StageResult<O>) {
  const { verdict, reason, evidence, outputs } = result;
  return { verdict, reason, evidence, outputs: outputs as unknown as JsonObject };
}

async function reuse<O extends object>(
  scope: StageScope,
  work: StageWork<O>,
  cached: NonNullable<Awaited<ReturnType<typeof cachedResult>>>,
): Promise<void> {
  await recordStep(scope, `${work.stage}.cached`, { ...draftOf(scope, work), ...cached });
}

/** Makes a result the present one, as a durable step of its own. */
export async function recordStep(scope: StageScope, name: string, draft: ResultDraft, cache = false): Promise<void> {
  await scope.workflow.step(name, async () => {
    const unit = resultUnit(draft, scope.clock.now(), { cache });
    return { result: null as Json, ...unit };
  });
}
