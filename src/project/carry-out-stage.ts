import { TendError } from '../kernel/error.ts';
import { asJson } from '../kernel/json.ts';
import type { Stage } from '../kernel/verdict.ts';
import type { StageResult, StageScope } from '../lifecycle/stage-scope.ts';
import { cachedResult, resultUnit, type ResultDraft, stageResults } from './stage-result.ts';

/** A stage to be carried out: its cache key and its work. */
export interface StageWork<Outputs extends object> {
  readonly stage: Stage;
  readonly key: string;
  /** Under which its result is kept as well: the key that it will have after what it leads to. */
  readonly alsoKey?: string;
  readonly actor: string;
  /** A failure that another run might not repeat (load, latency, traffic) is not kept for the same inputs. */
  readonly keepFailure: boolean;
  /** False when what a kept result says was undone since, so that it cannot stand for the work. */
  readonly holds?: (kept: Outputs) => Promise<boolean>;
  readonly run: () => Promise<StageResult<Outputs>>;
}

/**
 * Carries out a stage once for its inputs. A result of this execution is taken as it is; the same inputs as
 * ever before give the result and evidence of then; otherwise the work runs, and its verdict is one durable
 * step.
 */
export async function carryOutStage<Outputs extends object>(
  scope: StageScope,
  work: StageWork<Outputs>,
): Promise<StageResult<Outputs>> {
  const { stage, key, actor, keepFailure } = work;
  const present = (await stageResults(scope.db, scope.project)).get(stage);
  const settled = present?.key === key && isFinal(present.verdict);
  // A failure without outputs is an error that broke the stage off: the execution goes on, and so does the
  // stage.
  const broken = present?.verdict === 'fail' && Object.keys(present.outputs).length === 0;
  if (settled && !broken && present.executionId === scope.workflow.executionId) {
    return present as unknown as StageResult<Outputs>;
  }
  const cached = await cachedResult(scope.db, scope.project, stage, key);
  const holds = work.holds ?? (async () => true);
  if (cached !== undefined && (await holds(cached.outputs as Outputs))) {
    if (!settled) await recordStep(scope, `${stage}.cached`, { stage, key, actor, ...cached });
    return cached as unknown as StageResult<Outputs>;
  }
  const nothing = { stage, key, actor, evidence: [], outputs: {} };
  await recordStep(scope, `${stage}.start`, { ...nothing, verdict: 'running', reason: 'running' });
  try {
    const result = await work.run();
    const { verdict, reason, evidence } = result;
    const draft = { stage, key, actor, verdict, reason, evidence, outputs: asJson(result.outputs) };
    const kept = verdict === 'pass' || (verdict === 'fail' && keepFailure);
    const keys = work.alsoKey === undefined ? [key] : [key, work.alsoKey];
    await recordStep(scope, `${stage}.verdict`, draft, kept ? keys : []);
    return result;
  } catch (error) {
    await recordFailure(scope, { stage, key, actor }, error);
    throw error;
  }
}

/** Makes an operating error the verdict of its stage; an interruption and a defect are none. */
export async function recordFailure(
  scope: StageScope,
  of: { readonly stage: Stage; readonly key: string | null; readonly actor: string },
  error: unknown,
): Promise<void> {
  if (!(error instanceof TendError) || error.code === 'INTERRUPTED') return;
  const reason = error.message.split('\n')[0] ?? '';
  await recordStep(scope, `${of.stage}.failed`, {
    ...of,
    verdict: 'fail',
    reason,
    evidence: [],
    outputs: {},
  });
}

function isFinal(verdict: string): boolean {
  return verdict === 'pass' || verdict === 'fail' || verdict === 'skipped';
}

/** Makes a result the present one, and keeps it under some keys, as a durable step of its own. */
export async function recordStep(
  scope: StageScope,
  name: string,
  draft: Omit<ResultDraft, 'project' | 'executionId'>,
  cacheKeys: readonly string[] = [],
): Promise<void> {
  await scope.workflow.step(name, async () => {
    const { executionId } = scope.workflow;
    const whole = { ...draft, project: scope.project, executionId };
    return { result: null, ...resultUnit(whole, scope.clock.now(), { cacheKeys }) };
  });
}
