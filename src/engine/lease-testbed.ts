import assert from 'node:assert/strict';
import type { Claims } from '../../test/claims.ts';
import { ManualTime } from '../../test/manual-time.ts';
import type { EngineTestContext } from '../../test/engine-context.ts';
import { build } from '../store/build.ts';
import type { Statement } from '../store/database.ts';
import { LEASE_MS } from './lease.ts';
import { STEP_ATTEMPTS_MAX } from './retry-policy.ts';
import type { Workflow } from './workflow.ts';

const START = { workflow: 'test', key: 'k', project: 'p', input: { from: 1 }, actor: 'acc_1' } as const;

function row(project: string): Statement {
  return { query: build.insertInto('project_clock').values({ project, at: 1 }), expect: 1 };
}

/** A promise and the function that keeps it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** What leases do on every database. */
export const leaseClaims: Claims<EngineTestContext> = {
  'of two workers that race for an execution one runs it': async ({ db, engineFor }) => {
    let ran = 0;
    const run: Workflow['run'] = (ctx) =>
      ctx.step('one', async () => ({ result: ++ran, statements: [row('a')] }));
    const [a, b] = [engineFor(run), engineFor(run)];
    for (let i = 0; i < 10; i++) {
      const id = await a.start({ ...START, key: `k${i}` });
      await db.commit({ statements: [{ query: build.deleteFrom('project_clock') }] });
      const states = await Promise.all([a.run(id), b.run(id)]);
      assert(states.includes('done'), String(states));
      assert.equal(ran, i + 1);
    }
  },

  'a worker that was thought dead and comes back can write nothing': async ({ db, time, engineFor }) => {
    const [started, finish] = [gate(), gate()];
    const frozen = new ManualTime();
    const slow = engineFor(
      (ctx) =>
        ctx.step('one', async () => {
          started.open();
          await finish.opened;
          return { result: 'slow', statements: [row('slow')] };
        }),
      { timers: frozen },
    );
    const other = engineFor((ctx) =>
      ctx.step('one', async () => ({ result: 'other', statements: [row('other')] })),
    );
    const id = await slow.start(START);
    const slowEnd = slow.run(id);
    await started.opened;
    time.advance(LEASE_MS);
    await other.resumeAll();
    assert.equal((await other.get(id)).state, 'running');
    time.advance(1);
    await other.resumeAll();
    finish.open();
    assert.equal(await slowEnd, 'done');
    assert.equal((await slow.get(id)).result, 'other');
    assert.deepEqual(await db.query.selectFrom('project_clock').select('project').execute(), [
      { project: 'other' },
    ]);
  },

  'a heartbeat keeps the lease of a step that takes long': async ({ time, engineFor }) => {
    const [started, finish] = [gate(), gate()];
    let ran = 0;
    const run: Workflow['run'] = (ctx) =>
      ctx.step('one', async () => {
        ran++;
        started.open();
        await finish.opened;
        return { result: null };
      });
    const [a, b] = [engineFor(run), engineFor(run, { timers: new ManualTime() })];
    const id = await a.start(START);
    const end = a.run(id);
    await started.opened;
    for (let i = 0; i < 9; i++) {
      const renewed = time.asked(LEASE_MS / 3);
      time.advance(LEASE_MS / 3);
      await renewed;
      await b.resumeAll();
    }
    finish.open();
    assert.deepEqual([await end, ran], ['done', 1]);
  },

  'the only worker takes up at once what a dead one left': async ({ db, time, engineFor }) => {
    const engine = engineFor((ctx) => ctx.step('one', async () => ({ result: 1 })), { sole: true });
    const id = await engine.start(START);
    const left = {
      state: 'running',
      worker: 'dead',
      attempt: 3,
      lease_until: time.clock.now() + LEASE_MS,
    } as const;
    await db.commit({
      statements: [{ query: build.updateTable('execution').set(left).where('id', '=', id) }],
    });
    await engine.resumeAll();
    assert.equal((await engine.get(id)).state, 'done');
  },

  'a step that ended its process every time is given up': async ({ db, engineFor }) => {
    const engine = engineFor((ctx) => ctx.step('one', async () => ({ result: 1 })));
    const id = await engine.start(START);
    const step = {
      execution_id: id,
      name: 'one',
      seq: 1,
      state: 'running',
      attempt: STEP_ATTEMPTS_MAX,
    } as const;
    await db.commit({ statements: [{ query: build.insertInto('step').values(step) }] });
    assert.equal(await engine.run(id), 'failed');
    assert.match((await engine.get(id)).error?.message ?? '', /ended its process 5 times/);
  },
};
