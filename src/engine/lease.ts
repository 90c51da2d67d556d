import { TendError } from '../kernel/error.ts';
import { build } from '../store/build.ts';
import type { Statement } from '../store/database.ts';
import type { ExecutionTable } from '../store/tables/server-tables.ts';
import { type EngineContext, commitOnce } from './engine-context.ts';

/** How long a worker may be silent before another takes its execution over. */
export const LEASE_MS = 30_000;

/** Three beats for each lease: one that is late or lost does no harm. */
const HEARTBEAT_MS = LEASE_MS / 3;

/** A hold on an execution. `attempt` is the fencing number: a later claim has a greater one. */
export interface Lease {
  readonly executionId: string;
  readonly attempt: number;
}

/** Raised inside a run whose execution was cancelled or taken over; nothing of it may be written any more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Takes an execution up, or undefined when it is finished or held by a worker that lives. */
export async function claim(ctx: EngineContext, row: ExecutionTable): Promise<Lease | undefined> {
  const now = ctx.clock.now();
  const attempt = row.attempt + 1;
  const query = build
    .updateTable('execution')
    .set({
      state: 'running',
      worker: ctx.worker,
      attempt,
      lease_until: now + LEASE_MS,
      wake_at: null,
      reason: null,
      updated_at: now,
    })
    .where('id', '=', row.id)
    .where('attempt', '=', row.attempt)
    .where((free) =>
      free.or([
        free('state', 'in', ['queued', 'waiting']),
        ctx.soleWorker
          ? free('state', '=', 'running')
          : free.and([free('state', '=', 'running'), free('lease_until', '<', now)]),
      ]),
    );
  const idempotencyKey = `claim:${row.id}:${attempt}:${ctx.worker}`;
  try {
    await commitOnce(ctx, { statements: [{ query, expect: 1 }], idempotencyKey });
    return { executionId: row.id, attempt };
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
}

/** Holds as long as the lease does. First in every unit that a run commits. */
export function guard(ctx: EngineContext, lease: Lease): Statement {
  const query = build
    .updateTable('execution')
    .set({ updated_at: ctx.clock.now() })
    .where('id', '=', lease.executionId)
    .where('attempt', '=', lease.attempt)
    .where('state', '=', 'running');
  return { query, expect: 1 };
}

/** Is the lease still ours? Asked when a guarded unit was refused, to know why. */
export async function holds(ctx: EngineContext, lease: Lease): Promise<boolean> {
  const row = await ctx.db.query
    .selectFrom('execution')
    .select(['attempt', 'state'])
    .where('id', '=', lease.executionId)
    .executeTakeFirst();
  return row?.attempt === lease.attempt && row.state === 'running';
}

/** Renews the lease until disposed of; calls `onLost` once when it turns out to be lost. */
export function heartbeat(ctx: EngineContext, lease: Lease, onLost: () => void): Disposable {
  let stopped = false;
  let timer: Disposable | undefined;
  const beat = async (): Promise<void> => {
    try {
      await ctx.db.commit({ statements: [renewal(ctx, lease)] });
    } catch (error) {
      if (isConflict(error) && !stopped) {
        onLost();
        return;
      }
      // Any other error is the database's trouble, and the guard of the next unit finds out who holds the
      // lease.
    }
    next();
  };
  const next = (): void => {
    if (!stopped) timer = ctx.scheduler.after(HEARTBEAT_MS, () => void beat());
  };
  next();
  return {
    [Symbol.dispose]: () => {
      stopped = true;
      timer?.[Symbol.dispose]();
    },
  };
}

function renewal(ctx: EngineContext, lease: Lease): Statement {
  const query = build
    .updateTable('execution')
    .set({ lease_until: ctx.clock.now() + LEASE_MS })
    .where('id', '=', lease.executionId)
    .where('attempt', '=', lease.attempt)
    .where('state', '=', 'running');
  return { query, expect: 1 };
}

/** True for the CONFLICT with which `commit` refuses a unit. */
export function isConflict(error: unknown): boolean {
  return error instanceof TendError && error.code === 'CONFLICT';
}
