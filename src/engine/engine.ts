import { asTendError, type ErrorCode, TendError } from '../kernel/error.ts';
import { newId } from '../kernel/id.ts';
import type { Json } from '../kernel/json.ts';
import type { ReportProgress } from '../kernel/progress.ts';
import { build } from '../store/build.ts';
import type { Statement } from '../store/database.ts';
import { jsonText } from '../store/json-text.ts';
import { type EngineContext, executionEntry } from './engine-context.ts';
import {
  type Execution,
  type ExecutionEvent,
  executionOf,
  type ExecutionState,
  isFinished,
} from './execution.ts';
import { isConflict } from './lease.ts';
import { LiveEvents } from './live-events.ts';
import { readExecution, runExecution } from './run-execution.ts';
import { readError, storeError } from './stored-error.ts';
import type { Workflow } from './workflow.ts';

/*
 * An execution is one run of a workflow to its end, through however many processes that takes.
 *
 *            start                claim                  the workflow returns
 *   (none) --------> queued ----------------> running -------------------------> done
 *                      ^  ^                   |  |  |     it throws
 *                      |  |  interrupted      |  |  +--------------------------> failed
 *                      |  +-------------------+  |        cancel, from any unfinished state
 *                      |                         |  wait  +--------------------> cancelled
 *                      |  (claimed again when    v
 *                      +-- woken or due) --- waiting
 *
 * - queued: to be taken up by any worker.
 * - running: held by `worker` until `lease_until`, which its heartbeat moves on. When the worker dies the
 *   lease runs out and another claims it. Every claim raises `attempt`, and every unit a run commits holds
 *   only for the attempt it claimed: a worker that was thought dead and comes back can write nothing.
 * - waiting: nobody holds it; `reason` says what for, `wake_at` when to look again at the latest. Woken
 *   while it runs, it does not come to wait but runs through once more, so that no wake is lost.
 * - done, failed, cancelled: never left. Starting the same workflow with the same key makes a new
 *   execution, while an unfinished one is what `start` returns: the key keeps work from being done twice at
 *   once.
 *
 * A step of it:
 *
 *   (none) ---> running ---> done      its outcome and this mark are one commit; never runs again
 *                 ^  |
 *                 |  +-----> failed    its error is not retryable, or it was tried STEP_ATTEMPTS_MAX times
 *                 +--+                 retryable error, or the process died: the next attempt
 *                 |
 *               queued                 interrupted; the attempt does not count
 */

/** Carries out workflows durably. */
export interface Engine {
  /**
   * A new execution, or the unfinished one of the same workflow and key. Does not run it. @throws NOT_FOUND.
   */
  readonly start: (input: {
    readonly workflow: string;
    readonly key: string;
    readonly project?: string;
    readonly input: Json;
    readonly actor: string;
  }) => Promise<string>;
  /**
   * Runs it until done, failed, cancelled, waiting, or interrupted (`queued`). Calls at the same time share
   * one run.
   */
  readonly run: (
    executionId: string,
    options?: { readonly signal?: AbortSignal; readonly report?: ReportProgress },
  ) => Promise<ExecutionState>;
  /** @throws NOT_FOUND. */
  readonly get: (executionId: string) => Promise<Execution>;
  /** Makes a waiting execution due; `run` or `resumeAll` then takes it up. */
  readonly wake: (executionId: string) => Promise<void>;
  /** Ends an unfinished execution for good; its run, here or elsewhere, can write nothing more. */
  readonly cancel: (executionId: string, actor: string) => Promise<void>;
  /**
   * Takes up what is queued, due or left by a dead worker, and resolves when all of it has come to rest.
   * Called at start and on a timer; calls may overlap. @throws the first error of a run that could not be
   * recorded.
   */
  readonly resumeAll: () => Promise<void>;
  /** Events of one execution until it ends, or of all of them; live only, in this process. */
  readonly subscribe: (executionId?: string) => AsyncIterableIterator<ExecutionEvent>;
  /** Tells those who follow all executions that records of a project changed by other means. */
  readonly announce: (project: string) => void;
  /** Interrupts what runs here and waits until it is put back. */
  readonly close: () => Promise<void>;
}

/** What an engine is made of. */
export interface EngineOptions extends Pick<EngineContext, 'db' | 'clock' | 'random' | 'scheduler'> {
  readonly workflows: readonly Workflow[];
  /**
   * True where no other process can work on this database, as with a state folder that is locked: what the
   * process before left behind is then taken up at once instead of when its lease runs out.
   */
  readonly soleWorker: boolean;
  /** Called after a step put events into the outbox. */
  readonly onEvents?: () => void;
}

/** Executions that one call of `resumeAll` takes up; the next call takes more. */
const RESUMED_MAX = 100;

/** Runs of `resumeAll` at once: their steps spread over threads and processes of their own. */
const RESUMED_AT_ONCE = 4;

/** Size of an execution's input: larger things belong into a blob. */
const INPUT_CHARS_MAX = 4 * 1024 * 1024;

/** An engine on a database. It does nothing by itself: `resumeAll` takes up what is there. */
export function createEngine(options: EngineOptions): Engine {
  const { db, clock, random, scheduler, soleWorker, onEvents = () => undefined } = options;
  const workflows = new Map(options.workflows.map((workflow) => [workflow.name, workflow]));
  const worker = newId('exe', clock, random);
  const live = new LiveEvents();
  const ctx: EngineContext = { db, clock, random, scheduler, workflows, worker, soleWorker, live, onEvents };
  const runs = new Map<string, LocalRun>();
  const run: Engine['run'] = (id, asked = {}) => runLocally(ctx, runs, id, asked);
  let closed = false;
  return {
    start: (input) => start(ctx, input),
    run: (id, asked) => (closed ? Promise.reject(closedError()) : run(id, asked)),
    get: async (id) => executionOf(await readExecution(ctx, id), await readStepRows(ctx, id)),
    wake: async (id) => db.commit({ statements: [wakeStatement(id, clock.now())] }),
    cancel: async (id, actor) => {
      await cancel(ctx, id, actor);
      await runs.get(id)?.abort(new TendError('INTERRUPTED', 'the execution was cancelled'));
    },
    resumeAll: () => (closed ? Promise.reject(closedError()) : resumeAll(ctx, run)),
    subscribe: (id) => live.subscribe(id),
    announce: (project) => live.emit({ kind: 'announced', executionId: '', project }),
    close: async () => {
      closed = true;
      const reason = new TendError('INTERRUPTED', 'the engine is closing');
      await Promise.allSettled([...runs.values()].map((local) => local.abort(reason)));
    },
  };
}

/** For the unit that makes what an execution waits for come true: it is then woken whatever happens next. */
export function wakeStatement(executionId: string, now: number): Statement {
  const query = build
    .updateTable('execution')
    .set({ wake_at: now })
    .where('id', '=', executionId)
    .where('state', 'in', ['waiting', 'running']);
  return { query };
}

/** A run in this process, whoever asked for it. */
interface LocalRun {
  readonly state: Promise<ExecutionState>;
  readonly reports: Set<ReportProgress>;
  /** Resolves when the run has ended. */
  readonly abort: (reason: TendError) => Promise<void>;
}

async function runLocally(
  ctx: EngineContext,
  runs: Map<string, LocalRun>,
  id: string,
  { signal, report }: { readonly signal?: AbortSignal; readonly report?: ReportProgress },
): Promise<ExecutionState> {
  const local = runs.get(id) ?? startLocally(ctx, runs, id);
  if (report !== undefined) local.reports.add(report);
  const interrupt = (): void =>
    void local.abort(new TendError('INTERRUPTED', 'interrupted', { cause: signal?.reason }));
  if (signal?.aborted === true) interrupt();
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    return await local.state;
  } finally {
    signal?.removeEventListener('abort', interrupt);
    if (report !== undefined) local.reports.delete(report);
  }
}

function startLocally(ctx: EngineContext, runs: Map<string, LocalRun>, id: string): LocalRun {
  const controller = new AbortController();
  const reports = new Set<ReportProgress>();
  const state = runExecution(ctx, id, {
    signal: controller.signal,
    report: (progress) => {
      for (const report of reports) report(progress);
    },
  })
    .catch((error: unknown) => {
      // Its end is not on disk, but whoever follows it here must not wait for another one.
      const said = readError(storeError(asTendError(error)));
      ctx.live.emit({ kind: 'end', executionId: id, project: null, state: 'queued', error: said });
      throw error;
    })
    .finally(() => runs.delete(id));
  const abort = async (reason: TendError): Promise<void> => {
    controller.abort(reason);
    await state.catch(() => undefined);
  };
  const local: LocalRun = { state, reports, abort };
  runs.set(id, local);
  return local;
}

async function start(ctx: EngineContext, asked: Parameters<Engine['start']>[0]): Promise<string> {
  const { workflow, key, actor, project = null } = asked;
  if (!ctx.workflows.has(workflow)) throw new TendError('NOT_FOUND', `there is no workflow ${workflow}`);
  const input = jsonText(asked.input);
  if (input.length > INPUT_CHARS_MAX) {
    throw new TendError('TOO_LARGE', `the input of ${workflow} has more than ${INPUT_CHARS_MAX} characters`);
  }
  const unfinished = await findUnfinished(ctx, workflow, key);
  if (unfinished !== undefined) return unfinished;
  const now = ctx.clock.now();
  const id = newId('exe', ctx.clock, ctx.random);
  const row = {
    id,
    workflow,
    key,
    project,
    state: 'queued',
    input,
    actor,
    attempt: 0,
    created_at: now,
    updated_at: now,
  } as const;
  const ledger = [executionEntry({ id, project }, 'execution.started', actor, { workflow, key })];
  try {
    await ctx.db.commit({ statements: [{ query: build.insertInto('execution').values(row) }], ledger });
    return id;
  } catch (error) {
    // Another call with the same key came first.
    const other = isConflict(error) ? await findUnfinished(ctx, workflow, key) : undefined;
    if (other === undefined) throw error;
    return other;
  }
}

async function findUnfinished(
  ctx: EngineContext,
  workflow: string,
  key: string,
): Promise<string | undefined> {
  const row = await ctx.db.query
    .selectFrom('execution')
    .select('id')
    .where('workflow', '=', workflow)
    .where('key', '=', key)
    .where('state', 'in', ['queued', 'running', 'waiting'])
    .executeTakeFirst();
  return row?.id;
}

function readStepRows(ctx: EngineContext, id: string) {
  return ctx.db.query.selectFrom('step').selectAll().where('execution_id', '=', id).orderBy('seq').execute();
}

async function cancel(ctx: EngineContext, id: string, actor: string): Promise<void> {
  const row = await readExecution(ctx, id);
  if (isFinished(row.state)) return;
  const query = build
    .updateTable('execution')
    .set({ state: 'cancelled', lease_until: null, worker: null, wake_at: null, updated_at: ctx.clock.now() })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running', 'waiting']);
  const { workflow, key, project } = row;
  const ledger = [executionEntry(row, 'execution.cancelled', actor, { workflow, key })];
  try {
    await ctx.db.commit({ statements: [{ query, expect: 1 }], ledger });
  } catch (error) {
    // It ended by itself before it could be cancelled.
    if (isConflict(error) && isFinished((await readExecution(ctx, id)).state)) return;
    throw error;
  }
  // A run that is under way announces the end itself.
  if (row.state !== 'running')
    ctx.live.emit({ kind: 'end', executionId: id, project, state: 'cancelled', error: null });
}

async function resumeAll(ctx: EngineContext, run: Engine['run']): Promise<void> {
  const ids = await findResumable(ctx);
  const failures: unknown[] = [];
  const workers = Array.from({ length: RESUMED_AT_ONCE }, async () => {
    for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
      await run(id).catch((error: unknown) => failures.push(error));
    }
  });
  await Promise.all(workers);
  if (failures.length > 0) throw failures[0];
}

async function findResumable(ctx: EngineContext): Promise<string[]> {
  const now = ctx.clock.now();
  const rows = await ctx.db.query
    .selectFrom('execution')
    .select('id')
    .where('workflow', 'in', [...ctx.workflows.keys()])
    .where((is) =>
      is.or([
        is('state', '=', 'queued'),
        is.and([is('state', '=', 'waiting'), is('wake_at', '<=', now)]),
        is.and([is('state', '=', 'running'), is('lease_until', '<', now)]),
        ...(ctx.soleWorker ? [is.and([is('state', '=', 'running'), is('worker', '!=', ctx.worker)])] : []),
      ]),
    )
    .orderBy('created_at')
    .orderBy('id')
    .limit(RESUMED_MAX)
    .execute();
  return rows.map((row) => row.id);
}

function closedError(): TendError {
  const code: ErrorCode = 'UNAVAILABLE';
  return new TendError(code, 'the engine is closed');
}
