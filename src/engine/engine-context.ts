import type { Clock, Random } from '../kernel/clock.ts';
import { TendError } from '../kernel/error.ts';
import type { Database, LedgerDraft, Unit } from '../store/database.ts';
import { projectChain, SERVER_CHAIN } from '../store/ledger-entry.ts';
import type { LiveEvents } from './live-events.ts';
import { backoffMs } from './retry-policy.ts';
import type { Scheduler } from './scheduler.ts';
import type { Workflow } from './workflow.ts';

/** What the engine's functions work with. */
export interface EngineContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly workflows: ReadonlyMap<string, Workflow>;
  /** Name of this worker, different from that of every other that lives. */
  readonly worker: string;
  /** True where no other process can run executions, so a lease found on disk is of a dead one. */
  readonly soleWorker: boolean;
  readonly live: LiveEvents;
  /** Called after a commit that put events into the outbox. */
  readonly onEvents: () => void;
}

/** Repeats of a commit whose answer was lost. */
const COMMIT_ATTEMPTS_MAX = 4;

/**
 * Commits a unit whose idempotency key lets it be repeated when the connection is lost: whether the first
 * attempt got through makes no difference.
 */
export async function commitOnce(
  ctx: EngineContext,
  unit: Unit & { readonly idempotencyKey: string },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await ctx.db.commit(unit);
      return;
    } catch (error) {
      const lost = error instanceof TendError && error.code === 'UNAVAILABLE';
      if (!lost || attempt >= COMMIT_ATTEMPTS_MAX) throw error;
      await new Promise<void>((resolve) => ctx.scheduler.after(backoffMs(attempt), resolve));
    }
  }
}

/** The ledger entry of a change of an execution, in the chain of its project. */
export function executionEntry(
  execution: { readonly id: string; readonly project: string | null },
  action: string,
  actor: string,
  body: LedgerDraft['body'],
): LedgerDraft {
  const chain = execution.project === null ? SERVER_CHAIN : projectChain(execution.project);
  return { chain, action, actor, subject: execution.id, body };
}
