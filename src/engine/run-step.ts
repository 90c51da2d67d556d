import assert from 'node:assert/strict';
import { asTendError, TendError } from '../kernel/error.ts';
import type { Json } from '../kernel/json.ts';
import type { ReportProgress } from '../kernel/progress.ts';
import { build } from '../store/build.ts';
import type { Statement } from '../store/database.ts';
import { type JsonText, jsonText, parseJsonText } from '../store/json-text.ts';
import type { StepTable } from '../store/tables/server-tables.ts';
import { commitOnce, type EngineContext } from './engine-context.ts';
import type { StepState } from './execution.ts';
import { guard, holds, isConflict, type Lease, LeaseLost } from './lease.ts';
import { outboxEntry } from './outbox-entry.ts';
import { retryPause, STEP_ATTEMPTS_MAX } from './retry-policy.ts';
import { delay } from './scheduler.ts';
import { restoreError, storeError } from './stored-error.ts';
import type { StepHandler, StepOutcome } from './workflow.ts';

/** Steps of one execution: its history is read as a whole whenever it is taken up. */
const STEPS_MAX = 10_000;

/** Size of a step's result: larger things belong into a blob, and its hash into the result. */
const RESULT_CHARS_MAX = 4 * 1024 * 1024;

/** One pass through a workflow while a lease is held. */
export interface RunState {
  readonly lease: Lease;
  readonly project: string | null;
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
  /** What is on disk of each step, by name. */
  readonly steps: Map<string, Pick<StepTable, 'seq' | 'state' | 'attempt' | 'result' | 'error'>>;
  /** Steps asked for in this pass. */
  readonly asked: Map<string, Promise<Json>>;
}

/** The result of a step: the stored one, or that of running it now. See `WorkflowContext.step`. */
export function runStep(
  ctx: EngineContext,
  run: RunState,
  name: string,
  handler: StepHandler,
): Promise<Json> {
  const asked = run.asked.get(name);
  if (asked !== undefined) return asked;
  const result = stepResult(ctx, run, name, handler);
  run.asked.set(name, result);
  return result;
}

async function stepResult(
  ctx: EngineContext,
  run: RunState,
  name: string,
  handler: StepHandler,
): Promise<Json> {
  run.signal.throwIfAborted();
  const stored = run.steps.get(name);
  if (stored?.state === 'done') return parseJsonText(stored.result ?? 'null');
  if (stored?.state === 'failed') throw restoreError(stored.error ?? 'null');
  const seq = stored?.seq ?? run.steps.size + 1;
  assert(seq <= STEPS_MAX, `an execution may have ${STEPS_MAX} steps`);
  run.steps.set(name, { seq, state: 'running', attempt: stored?.attempt ?? 0, result: null, error: null });
  for (let attempt = (stored?.attempt ?? 0) + 1; ; attempt++) {
    try {
      return await attemptStep(ctx, run, { name, seq, attempt }, handler);
    } catch (error) {
      if (error instanceof LeaseLost || run.signal.aborted) throw error;
      const failure = asTendError(error);
      const pauseMs = retryPause(failure, attempt);
      if (pauseMs === undefined) {
        await failStep(ctx, run, { name, seq, attempt }, failure);
        throw failure;
      }
      run.report({ text: `${name}: ${failure.message}; trying again` });
      await delay(ctx.scheduler, pauseMs, run.signal);
    }
  }
}

interface Attempt {
  readonly name: string;
  readonly seq: number;
  readonly attempt: number;
}

async function attemptStep(
  ctx: EngineContext,
  run: RunState,
  at: Attempt,
  handler: StepHandler,
): Promise<Json> {
  if (at.attempt > STEP_ATTEMPTS_MAX) {
    // Only a step that never came to report an error gets here: each attempt ended with its process.
    throw new TendError('INTERNAL', `step ${at.name} ended its process ${STEP_ATTEMPTS_MAX} times`);
  }
  await commitGuarded(ctx, run, at, 'running', [mark(ctx, run, at, { state: 'running' })]);
  const outcome = await handler({ attempt: at.attempt, signal: run.signal, report: run.report });
  const result = jsonText(outcome.result);
  if (result.length > RESULT_CHARS_MAX) {
    throw new TendError(
      'TOO_LARGE',
      `the result of step ${at.name} has more than ${RESULT_CHARS_MAX} characters`,
    );
  }
  const events = (outcome.events ?? []).map((event) => outboxEntry(event, ctx));
  const done = mark(ctx, run, at, { state: 'done', result });
  await commitGuarded(ctx, run, at, 'done', [...(outcome.statements ?? []), ...events, done], outcome.ledger);
  if (events.length > 0) ctx.onEvents();
  // As every later pass will read it: with the keys in another order, what is made of it would hash
  // otherwise.
  return parseJsonText(result);
}

async function failStep(ctx: EngineContext, run: RunState, at: Attempt, failure: TendError): Promise<void> {
  const failed = mark(ctx, run, at, { state: 'failed', error: storeError(failure) });
  await commitGuarded(ctx, run, at, 'failed', [failed]);
}

/**
 * @throws LeaseLost when the unit was refused because the execution is no longer ours; else what commit
 * throws.
 */
async function commitGuarded(
  ctx: EngineContext,
  run: RunState,
  at: Attempt,
  state: StepState,
  statements: readonly Statement[],
  ledger: StepOutcome['ledger'] = [],
): Promise<void> {
  const { executionId, attempt } = run.lease;
  const idempotencyKey = `step:${executionId}:${attempt}:${at.name}:${at.attempt}:${state}`;
  try {
    await commitOnce(ctx, { statements: [guard(ctx, run.lease), ...statements], ledger, idempotencyKey });
  } catch (error) {
    if (isConflict(error) && !(await holds(ctx, run.lease)))
      throw new LeaseLost('the execution is not ours any more');
    throw error;
  }
  ctx.live.emit({
    kind: 'step',
    executionId,
    project: run.project,
    name: at.name,
    state,
    attempt: at.attempt,
  });
}

function mark(
  ctx: EngineContext,
  run: RunState,
  { name, seq, attempt }: Attempt,
  change: { readonly state: StepState; readonly result?: JsonText; readonly error?: JsonText },
): Statement {
  const now = ctx.clock.now();
  const { state, result = null, error = null } = change;
  const set = state === 'running' ? { started_at: now, ended_at: null } : { ended_at: now };
  const query = build
    .insertInto('step')
    .values({ execution_id: run.lease.executionId, name, seq, state, attempt, result, error, ...set })
    .onConflict((conflict) =>
      conflict.columns(['execution_id', 'name']).doUpdateSet({ state, attempt, result, error, ...set }),
    );
  return { query, expect: 1 };
}
