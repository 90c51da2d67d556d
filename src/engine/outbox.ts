import type { Clock } from '../kernel/clock.ts';
import { asTendError, type TendError } from '../kernel/error.ts';
import type { DomainEvent } from '../kernel/event.ts';
import type { JsonObject } from '../kernel/json.ts';
import { build } from '../store/build.ts';
import type { Database } from '../store/database.ts';
import { parseJsonText } from '../store/json-text.ts';
import type { OutboxTable } from '../store/tables/server-tables.ts';
import { isConflict } from './lease.ts';
import { backoffMs } from './retry-policy.ts';

/** An event on its way to a subscriber. */
export interface DeliveredEvent extends DomainEvent {
  /** The same at every delivery: what an idempotent handler remembers. */
  readonly id: string;
  /** When it happened, milliseconds UTC. */
  readonly at: number;
}

/**
 * Who is told of events of a type. Called at least once for each event, so the handler must be idempotent.
 */
export interface EventSubscriber {
  readonly type: string;
  readonly handle: (event: DeliveredEvent) => Promise<void>;
}

/** Delivers events to the subscribers of this process. */
export interface Outbox {
  /**
   * Delivers what is due, oldest first, and answers how many events were delivered. Called after a commit
   * with events and on a timer; calls at the same time share one pass, and other processes may do the same.
   */
  readonly deliver: () => Promise<number>;
}

/** Events claimed at once; they are then delivered one after another. */
const BATCH = 100;

/** How long a claimed event is left to whoever claimed it: longer than a batch of handlers should take. */
const CLAIM_MS = 120_000;

/** Then an event is given up: its row stays, with neither a next attempt nor an end. */
export const DELIVERY_ATTEMPTS_MAX = 10;

/**
 * Takes events out of the outbox to subscribers in this process. `onError` hears of each failed delivery,
 * which is tried again with growing pauses.
 */
export function createOutbox(ctx: {
  readonly db: Database;
  readonly clock: Clock;
  readonly subscribers: readonly EventSubscriber[];
  readonly onError?: (error: TendError, event: DeliveredEvent) => void;
}): Outbox {
  let pass: Promise<number> | undefined;
  let again = false;
  const run = async (): Promise<number> => {
    let delivered = 0;
    do {
      again = false;
      for (const row of await claimDue(ctx)) if (await deliverOne(ctx, row)) delivered++;
    } while (again);
    return delivered;
  };
  return {
    deliver: () => {
      // What was committed before this call may be younger than the pass that is under way.
      again = pass !== undefined;
      pass ??= run().finally(() => {
        pass = undefined;
      });
      return pass;
    },
  };
}

type Context = Parameters<typeof createOutbox>[0];

async function claimDue(ctx: Context): Promise<OutboxTable[]> {
  const now = ctx.clock.now();
  const due = await ctx.db.query
    .selectFrom('outbox')
    .selectAll()
    .where('done_at', 'is', null)
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .orderBy('id')
    .limit(BATCH)
    .execute();
  const claimed = await Promise.all(due.map((row) => claimOne(ctx, row, now)));
  return claimed.filter((row) => row !== undefined);
}

/** Undefined when another process was quicker. */
async function claimOne(ctx: Context, row: OutboxTable, now: number): Promise<OutboxTable | undefined> {
  const attempts = row.attempts + 1;
  const query = build
    .updateTable('outbox')
    .set({ attempts, next_at: now + CLAIM_MS })
    .where('id', '=', row.id)
    .where('attempts', '=', row.attempts)
    .where('done_at', 'is', null);
  try {
    await ctx.db.commit({ statements: [{ query, expect: 1 }] });
    return { ...row, attempts };
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
}

async function deliverOne(ctx: Context, row: OutboxTable): Promise<boolean> {
  const event: DeliveredEvent = {
    id: row.id,
    type: row.type,
    at: row.created_at,
    body: parseJsonText(row.body) as JsonObject,
    ...(row.project === null ? {} : { project: row.project }),
  };
  try {
    for (const subscriber of ctx.subscribers) {
      if (subscriber.type === row.type) await subscriber.handle(event);
    }
  } catch (error) {
    const givenUp = row.attempts >= DELIVERY_ATTEMPTS_MAX;
    await settle(ctx, row, { next_at: givenUp ? null : ctx.clock.now() + backoffMs(row.attempts) });
    ctx.onError?.(asTendError(error), event);
    return false;
  }
  await settle(ctx, row, { next_at: null, done_at: ctx.clock.now() });
  return true;
}

async function settle(ctx: Context, row: OutboxTable, change: Partial<OutboxTable>): Promise<void> {
  const query = build
    .updateTable('outbox')
    .set(change)
    .where('id', '=', row.id)
    // Of this delivery alone: one that took longer than its claim has been given to another.
    .where('attempts', '=', row.attempts);
  await ctx.db.commit({ statements: [{ query }] });
}
