import type { Clock, Random } from '../kernel/clock.ts';
import type { DomainEvent } from '../kernel/event.ts';
import { newId } from '../kernel/id.ts';
import { build } from '../store/build.ts';
import type { Statement } from '../store/database.ts';
import { jsonText } from '../store/json-text.ts';

/** The statement that writes an event into the outbox, for the unit that makes it true. */
export function outboxEntry(
  event: DomainEvent,
  ports: { readonly clock: Clock; readonly random: Random },
): Statement {
  const now = ports.clock.now();
  return {
    query: build.insertInto('outbox').values({
      id: newId('evt', ports.clock, ports.random),
      type: event.type,
      project: event.project ?? null,
      body: jsonText(event.body),
      created_at: now,
      attempts: 0,
      next_at: now,
      done_at: null,
    }),
  };
}
