import { asTendError, TendError } from '../kernel/error.ts';
import type { Json } from '../kernel/json.ts';
import type { ReportProgress } from '../kernel/progress.ts';
import { build } from '../store/build.ts';
import type { LedgerDraft, Statement } from '../store/database.ts';
import { jsonText, parseJsonText } from '../store/json-text.ts';
import type { ExecutionTable } from '../store/tables/server-tables.ts';
import { commitOnce, type EngineContext, executionEntry } from './engine-context.ts';
import { type ExecutionState, isFinished } from './execution.ts';
import { claim, guard, heartbeat, holds, isConflict, type Lease, LeaseLost } from './lease.ts';
import { type RunState, runStep } from './run-step.ts';
import { readError, storeError } from './stored-error.ts';
import type { Workflow, WorkflowContext } from './workflow.ts';

/** How one pass through a workflow ended. */
type PassEnd =
  | { readonly kind: 'done'; readonly result: Json }
  | { readonly kind: 'failed'; readonly error: TendError }
  | { readonly kind: 'waiting'; readonly reason: string; readonly wakeAfterMs: number | undefined }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'lost' };

/**
 * Thrown by `wait` to leave the workflow; what ends the pass is the record of it, so catching it changes
 * nothing.
 */
class WaitSignal extends Error {
  override readonly name = 'WaitSignal';
}

/**
 * Takes an execution up and carries it on until it is done, fails, waits, or `signal` interrupts it
 * (`queued`: it goes on from its last finished step when it is taken up again). Answers the state it is in
 * then; `running` when another worker holds it.
 *
 * @throws NOT_FOUND; what `commit` throws when the end cannot be recorded: it stays resumable.
 */
export async function runExecution(
  ctx: EngineContext,
  id: string,
  options: { readonly signal: AbortSignal; readonly report: ReportProgress },
): Promise<ExecutionState> {
  const row = await readExecution(ctx, id);
  if (isFinished(row.state)) return row.state;
  const workflow = ctx.workflows.get(row.workflow);
  if (workflow === undefined) throw new TendError('NOT_FOUND', `there is no workflow ${row.workflow}`);
  const lease = await claim(ctx, row);
  if (lease === undefined) return (await readExecution(ctx, id)).state;
  const lost = new AbortController();
  const beat = heartbeat(ctx, lease, () => lost.abort(new LeaseLost('the execution is not ours any more')));
  const signal = AbortSignal.any([options.signal, lost.signal]);
  try {
    for (;;) {
      const end = await pass(ctx, { row, lease, workflow, signal, report: options.report });
      const state = await recordEnd(ctx, row, lease, end);
      if (state !== 'woken') return state;
    }
  } finally {
    beat[Symbol.dispose]();
  }
}

/** The row of an execution. @throws NOT_FOUND. */
export async function readExecution(ctx: EngineContext, id: string): Promise<ExecutionTable> {
  const row = await ctx.db.query.selectFrom('execution').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new TendError('NOT_FOUND', `there is no execution ${id}`);
  return row;
}

interface Pass {
  readonly row: ExecutionTable;
  readonly lease: Lease;
  readonly workflow: Workflow;
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
}

/** Runs the workflow once from its top. Nothing it started is still running when this resolves. */
async function pass(ctx: EngineContext, { row, lease, workflow, signal, report }: Pass): Promise<PassEnd> {
  const ended = new AbortController();
  const state: RunState = {
    lease,
    project: row.project,
    signal: AbortSignal.any([signal, ended.signal]),
    report: (progress) => {
      ctx.live.emit({ kind: 'progress', executionId: row.id, project: row.project, progress });
      report(progress);
    },
    steps: await readSteps(ctx, row.id),
    asked: new Map(),
  };
  let wait: Extract<PassEnd, { readonly kind: 'waiting' }> | undefined;
  const workflowContext: WorkflowContext = {
    executionId: row.id,
    signal: state.signal,
    report: state.report,
    step: (name, handler) => runStep(ctx, state, name, handler),
    wait: async (reason, options) => {
      wait ??= { kind: 'waiting', reason, wakeAfterMs: options?.wakeAfterMs };
      throw new WaitSignal(reason);
    },
  };
  let end: PassEnd;
  try {
    const result = await workflow.run(workflowContext, parseJsonText(row.input));
    end = { kind: 'done', result };
  } catch (error) {
    if (error instanceof LeaseLost) end = { kind: 'lost' };
    else if (signal.aborted) end = { kind: signal.reason instanceof LeaseLost ? 'lost' : 'interrupted' };
    else end = { kind: 'failed', error: asTendError(error) };
  }
  ended.abort(new TendError('INTERRUPTED', 'the workflow ended while this step was running'));
  await Promise.allSettled(state.asked.values());
  return wait !== undefined && end.kind !== 'lost' ? wait : end;
}

async function readSteps(ctx: EngineContext, executionId: string): Promise<RunState['steps']> {
  const rows = await ctx.db.query
    .selectFrom('step')
    .select(['name', 'seq', 'state', 'attempt', 'result', 'error'])
    .where('execution_id', '=', executionId)
    .execute();
  return new Map(rows.map(({ name, ...step }) => [name, step]));
}

/**
 * Writes how the pass ended. `woken`: it was to wait, but was woken while it ran, so it must decide again.
 */
async function recordEnd(
  ctx: EngineContext,
  row: ExecutionTable,
  lease: Lease,
  end: PassEnd,
): Promise<ExecutionState | 'woken'> {
  if (end.kind === 'lost') return announce(ctx, row, (await readExecution(ctx, row.id)).state);
  if (end.kind === 'waiting') return suspend(ctx, row, lease, end);
  const now = ctx.clock.now();
  const free = { lease_until: null, worker: null, updated_at: now } as const;
  const change =
    end.kind === 'done'
      ? ({ ...free, state: 'done', result: jsonText(end.result) } as const)
      : end.kind === 'failed'
        ? ({ ...free, state: 'failed', error: storeError(end.error) } as const)
        : ({ ...free, state: 'queued' } as const);
  const query = build.updateTable('execution').set(change).where('id', '=', row.id);
  const statements = [
    guard(ctx, lease),
    ...(end.kind === 'interrupted' ? [returnAttempts(row.id)] : []),
    { query },
  ];
  const ledger = end.kind === 'interrupted' ? [] : [endEntry(row, end)];
  return (await commitEnd(ctx, lease, change.state, statements, ledger))
    ? announce(ctx, row, change.state)
    : announce(ctx, row, (await readExecution(ctx, row.id)).state);
}

async function suspend(
  ctx: EngineContext,
  row: ExecutionTable,
  lease: Lease,
  end: Extract<PassEnd, { readonly kind: 'waiting' }>,
): Promise<ExecutionState | 'woken'> {
  const now = ctx.clock.now();
  const wakeAt = end.wakeAfterMs === undefined ? null : now + end.wakeAfterMs;
  const query = build
    .updateTable('execution')
    .set({
      state: 'waiting',
      reason: end.reason,
      wake_at: wakeAt,
      lease_until: null,
      worker: null,
      updated_at: now,
    })
    .where('id', '=', row.id)
    // Set by `wake` while it ran: what it saw when it decided to wait may be out of date.
    .where('wake_at', 'is', null);
  if (await commitEnd(ctx, lease, 'waiting', [guard(ctx, lease), { query, expect: 1 }], [])) {
    ctx.live.emit({ kind: 'waiting', executionId: row.id, project: row.project, reason: end.reason });
    return 'waiting';
  }
  if (!(await holds(ctx, lease))) return announce(ctx, row, (await readExecution(ctx, row.id)).state);
  const clear = build.updateTable('execution').set({ wake_at: null }).where('id', '=', row.id);
  await ctx.db.commit({ statements: [guard(ctx, lease), { query: clear }] });
  return 'woken';
}

/** False when the unit was refused. */
async function commitEnd(
  ctx: EngineContext,
  lease: Lease,
  how: string,
  statements: readonly Statement[],
  ledger: readonly LedgerDraft[],
): Promise<boolean> {
  try {
    const idempotencyKey = `end:${lease.executionId}:${lease.attempt}:${how}`;
    await commitOnce(ctx, { statements, ledger, idempotencyKey });
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

/** An interruption is no failure of the step that it hit: its attempt does not count. */
function returnAttempts(executionId: string): Statement {
  const query = build
    .updateTable('step')
    .set((step) => ({ state: 'queued', attempt: step('attempt', '-', 1) }))
    .where('execution_id', '=', executionId)
    .where('state', '=', 'running');
  return { query };
}

function endEntry(
  row: ExecutionTable,
  end: Extract<PassEnd, { readonly kind: 'done' | 'failed' }>,
): LedgerDraft {
  const { workflow, key } = row;
  return end.kind === 'done'
    ? executionEntry(row, 'execution.done', row.actor, { workflow, key })
    : executionEntry(row, 'execution.failed', row.actor, { workflow, key, code: end.error.code });
}

async function announce(
  ctx: EngineContext,
  row: ExecutionTable,
  state: ExecutionState,
): Promise<ExecutionState> {
  if (!isFinished(state)) return state;
  const { error } = await readExecution(ctx, row.id);
  const stored = error === null ? null : readError(error);
  ctx.live.emit({ kind: 'end', executionId: row.id, project: row.project, state, error: stored });
  return state;
}
