import type { Clock } from '../kernel/clock.ts';
import type { Json } from '../kernel/json.ts';
import { build } from '../store/build.ts';
import type { Database } from '../store/database.ts';
import { jsonText, parseJsonText } from '../store/json-text.ts';
import type { ScheduleTable } from '../store/tables/server-tables.ts';
import type { Engine } from './engine.ts';
import { isConflict } from './lease.ts';

/** A workflow that is started again and again. */
export interface Schedule {
  /** Unique; also the first part of the key of each execution. */
  readonly name: string;
  readonly project?: string;
  readonly workflow: string;
  readonly input: Json;
  readonly actor: string;
  readonly everyMs: number;
}

/** What is started again and again. */
export interface Schedules {
  /** Sets or replaces a schedule; the first start is `everyMs` from now, or as before if it is as it was. */
  readonly set: (schedule: Schedule) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  /**
   * Starts what is due and answers the ids of its executions. A tick that was missed is started once, late.
   */
  readonly tick: () => Promise<string[]>;
}

/** Due schedules taken in one tick. */
const DUE_MAX = 100;

/** Schedules on a database, started through `engine`. */
export function createSchedules(ctx: {
  readonly db: Database;
  readonly clock: Clock;
  readonly engine: Engine;
}): Schedules {
  return {
    set: (schedule) => set(ctx, schedule),
    remove: async (name) => {
      await ctx.db.commit({ statements: [{ query: build.deleteFrom('schedule').where('name', '=', name) }] });
    },
    tick: () => tick(ctx),
  };
}

type Context = Parameters<typeof createSchedules>[0];

async function set(ctx: Context, schedule: Schedule): Promise<void> {
  const { name, project = null, workflow, actor, everyMs: every_ms } = schedule;
  const declared = { project, workflow, actor, every_ms, input: jsonText(schedule.input) };
  const present = await ctx.db.query
    .selectFrom('schedule')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst();
  if (
    present !== undefined &&
    Object.entries(declared).every(([key, value]) => value === Reflect.get(present, key))
  ) {
    return;
  }
  const values = { ...declared, next_at: ctx.clock.now() + every_ms };
  const query = build
    .insertInto('schedule')
    .values({ name, ...values })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values));
  await ctx.db.commit({ statements: [{ query }] });
}

async function tick(ctx: Context): Promise<string[]> {
  const due = await ctx.db.query
    .selectFrom('schedule')
    .selectAll()
    .where('next_at', '<=', ctx.clock.now())
    .orderBy('next_at')
    .limit(DUE_MAX)
    .execute();
  const started: string[] = [];
  for (const row of due) {
    const id = await startDue(ctx, row);
    if (id !== undefined) started.push(id);
  }
  return started;
}

/**
 * Starts first and moves the schedule on after: a crash between the two starts the same key again, which is
 * the same execution as long as it is unfinished. Two processes cannot both move it on.
 */
async function startDue(ctx: Context, row: ScheduleTable): Promise<string | undefined> {
  const now = ctx.clock.now();
  const { name, workflow, actor, project, every_ms: everyMs, next_at: dueAt } = row;
  if (dueAt === null) return undefined;
  const id = await ctx.engine.start({
    workflow,
    key: `${name}@${dueAt}`,
    input: parseJsonText(row.input),
    actor,
    ...(project === null ? {} : { project }),
  });
  const missed = Math.floor((now - dueAt) / everyMs);
  const query = build
    .updateTable('schedule')
    .set({ next_at: dueAt + (missed + 1) * everyMs, last_at: now })
    .where('name', '=', name)
    .where('next_at', '=', dueAt);
  try {
    await ctx.db.commit({ statements: [{ query, expect: 1 }] });
    return id;
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
}
