import assert from 'node:assert/strict';
import type { Claims } from '../../test/claims.ts';
import { systemPorts } from '../../test/ports.ts';
import type { EngineTestContext } from '../../test/engine-context.ts';
import { createOutbox, type DeliveredEvent, DELIVERY_ATTEMPTS_MAX } from './outbox.ts';
import { outboxEntry } from './outbox-entry.ts';

async function write({ db, time }: EngineTestContext, type: string, n: number): Promise<void> {
  const ports = { clock: time.clock, random: systemPorts.random };
  await db.commit({ statements: [outboxEntry({ type, project: 'p', body: { n } }, ports)] });
}

/** What the outbox does on every database. */
export const outboxClaims: Claims<EngineTestContext> = {
  'an event reaches every subscriber of its type once, the oldest first': async (context) => {
    const { db, time } = context;
    const seen: DeliveredEvent[] = [];
    const subscriber = { type: 'a.b.c', handle: async (event: DeliveredEvent) => void seen.push(event) };
    const outbox = createOutbox({ db, clock: time.clock, subscribers: [subscriber, subscriber] });
    await write(context, 'a.b.c', 1);
    time.advance(1);
    await write(context, 'other.b.c', 2);
    time.advance(1);
    await write(context, 'a.b.c', 3);
    assert.equal(await outbox.deliver(), 3);
    assert.deepEqual(
      seen.map((event) => [event.type, event.project, event.body['n']]),
      [1, 1, 3, 3].map((n) => ['a.b.c', 'p', n]),
    );
    assert.equal(await outbox.deliver(), 0);
  },

  'a failed delivery comes again later, and is given up after the last attempt': async (context) => {
    const { db, time } = context;
    let handled = 0;
    const errors: string[] = [];
    const handle = async (): Promise<void> => {
      handled++;
      throw new Error('not yet');
    };
    const subscribers = [{ type: 'a.b.c', handle }];
    const outbox = createOutbox({
      db,
      clock: time.clock,
      subscribers,
      onError: (error) => errors.push(error.message),
    });
    await write(context, 'a.b.c', 1);
    assert.equal(await outbox.deliver(), 0);
    assert.equal(await outbox.deliver(), 0);
    assert.equal(handled, 1);
    for (let i = 0; i < DELIVERY_ATTEMPTS_MAX + 5; i++) {
      time.advance(30_000);
      await outbox.deliver();
    }
    assert.deepEqual([handled, errors.length], [DELIVERY_ATTEMPTS_MAX, DELIVERY_ATTEMPTS_MAX]);
  },

  'two processes that deliver at the same time share the events': async (context) => {
    const { db, time } = context;
    const seen: unknown[] = [];
    const handle = async (event: DeliveredEvent): Promise<void> => void seen.push(event.body['n']);
    const make = () => createOutbox({ db, clock: time.clock, subscribers: [{ type: 'a.b.c', handle }] });
    await Promise.all(Array.from({ length: 20 }, (_, n) => write(context, 'a.b.c', n)));
    const [one, two] = await Promise.all([make().deliver(), make().deliver()]);
    assert.equal(one + two, 20);
    assert.equal(new Set(seen).size, 20);
    assert.equal(seen.length, 20);
  },

  'an event claimed by a process that died is delivered when the claim runs out': async (context) => {
    const { db, time } = context;
    const died = createOutbox({
      db,
      clock: time.clock,
      subscribers: [{ type: 'a.b.c', handle: () => new Promise(() => undefined) }],
    });
    await write(context, 'a.b.c', 1);
    void died.deliver();
    const claimed = async () =>
      (await db.query.selectFrom('outbox').select('attempts').executeTakeFirst())?.attempts;
    while ((await claimed()) === 0) await new Promise((resolve) => setImmediate(resolve));
    const seen: unknown[] = [];
    const handle = async (event: DeliveredEvent): Promise<void> => void seen.push(event.body['n']);
    const outbox = createOutbox({ db, clock: time.clock, subscribers: [{ type: 'a.b.c', handle }] });
    assert.equal(await outbox.deliver(), 0);
    time.advance(120_000);
    assert.equal(await outbox.deliver(), 1);
    assert.deepEqual(seen, [1]);
  },
};
