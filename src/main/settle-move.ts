import type { Engine } from '../engine/engine.ts';
import type { Outbox } from '../engine/outbox.ts';
import type { Database } from '../store/database.ts';

/**
 * What follows a move of a project clock, before whoever moved it goes on: events are delivered, so that the
 * work they set off is known; executions that wait for traffic look at what came; work that was started
 * begins.
 */
export async function settleMove(
  { db, engine, outbox }: { readonly db: Database; readonly engine: Engine; readonly outbox: Outbox },
  project: string,
): Promise<void> {
  await outbox.deliver();
  const waiting = await db.query
    .selectFrom('execution')
    .select('id')
    .where('project', '=', project)
    .where('state', '=', 'waiting')
    .where('reason', 'like', 'canary at %')
    .execute();
  for (const { id } of waiting) {
    await engine.wake(id);
    await engine.run(id);
  }
  await outbox.deliver();
  void engine.resumeAll().catch(() => undefined);
}
