import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualTime } from '../../test/manual-time.ts';
import { systemPorts } from '../../test/ports.ts';
import { openSqlite } from '../store/open-sqlite.ts';
import { createEngine } from './engine.ts';
import { createSchedules } from './schedules.ts';

describe('schedules', () => {
  test('what is due starts once for all missed ticks, and by one of two processes', async () => {
    const time = new ManualTime();
    const db = await openSqlite({ path: ':memory:', clock: time.clock });
    const engine = createEngine({
      db,
      clock: time.clock,
      random: systemPorts.random,
      scheduler: time.scheduler,
      soleWorker: true,
      workflows: [{ name: 'w', run: async (_, input) => input }],
    });
    const [one, two] = [
      createSchedules({ db, clock: time.clock, engine }),
      createSchedules({ db, clock: time.clock, engine }),
    ];
    const schedule = {
      name: 's',
      workflow: 'w',
      input: { a: 1 },
      actor: 'system',
      everyMs: 1_000,
      project: 'p',
    };
    await one.set(schedule);
    assert.deepEqual(await one.tick(), []);
    time.advance(1_000);
    const started = await Promise.all([one.tick(), two.tick()]);
    assert.equal(started.flat().length, 1);
    assert.equal(await engine.run(started.flat()[0] ?? ''), 'done');
    time.advance(500);
    // Declared again as it was, it keeps its time.
    await one.set(schedule);
    time.advance(3_000);
    assert.equal((await one.tick()).length, 1);
    assert.deepEqual(await one.tick(), []);
    time.advance(500);
    assert.equal((await one.tick()).length, 1);
    await one.remove('s');
    time.advance(10_000);
    assert.deepEqual(await one.tick(), []);
    await engine.close();
    await db.close();
  });
});
