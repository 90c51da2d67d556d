import assert from 'node:assert/strict';
import type { Claims } from '../../test/claims.ts';
import type { EngineTestContext } from '../../test/engine-context.ts';
import { TendError } from '../kernel/error.ts';
import { build } from '../store/build.ts';
import type { Statement } from '../store/database.ts';
import { exportLedger } from '../store/ledger.ts';
import { verifyLedger } from '../store/ledger-verify.ts';
import { wakeStatement } from './engine.ts';
import type { ExecutionEvent } from './execution.ts';
import { STEP_ATTEMPTS_MAX } from './retry-policy.ts';

const START = { workflow: 'test', key: 'k', project: 'p', input: { from: 1 }, actor: 'acc_1' } as const;

function row(project: string): Statement {
  return { query: build.insertInto('project_clock').values({ project, at: 1 }), expect: 1 };
}

/** A promise and the function that keeps it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** What the engine does on every database. */
export const engineClaims: Claims<EngineTestContext> = {
  'a workflow runs to its end, and each step is on record': async ({ db, engineFor }) => {
    const engine = engineFor(async (ctx, input) => {
      const one = await ctx.step('one', async () => ({ result: { n: 1 }, statements: [row('a')] }));
      return { input, one };
    });
    const id = await engine.start(START);
    assert.equal(await engine.run(id), 'done');
    const execution = await engine.get(id);
    assert.deepEqual(execution.result, { input: { from: 1 }, one: { n: 1 } });
    assert.deepEqual(
      execution.steps.map((step) => [step.name, step.state, step.attempt]),
      [['one', 'done', 1]],
    );
    const actions = await db.query
      .selectFrom('ledger')
      .select(['chain', 'action', 'actor'])
      .orderBy('seq')
      .execute();
    assert.deepEqual(actions, [
      { chain: 'project/p', action: 'execution.started', actor: 'acc_1' },
      { chain: 'project/p', action: 'execution.done', actor: 'acc_1' },
    ]);
  },

  'rows, ledger entries, events and mark of a step commit together or not at all': async ({
    db,
    engineFor,
  }) => {
    const ledger = [{ chain: 'project/p', action: 'x.done', actor: 'a', subject: 's', body: {} }];
    const events = [{ type: 'test.thing.happened', body: { n: 1 } }];
    const engine = engineFor(async (ctx) => {
      await ctx.step('good', async () => ({ result: 1, statements: [row('a')], ledger, events }));
      return ctx.step('bad', async () => ({ result: 2, statements: [row('b'), row('a')], ledger, events }));
    });
    const id = await engine.start(START);
    assert.equal(await engine.run(id), 'failed');
    assert.equal((await engine.get(id)).error?.code, 'CONFLICT');
    assert.deepEqual(await db.query.selectFrom('project_clock').select('project').execute(), [
      { project: 'a' },
    ]);
    assert.equal((await db.query.selectFrom('outbox').selectAll().execute()).length, 1);
    const entries = await db.query.selectFrom('ledger').select('action').orderBy('seq').execute();
    assert.deepEqual(
      entries.map((entry) => entry.action),
      ['execution.started', 'x.done', 'execution.failed'],
    );
    assert.equal((await verifyLedger(exportLedger(db))).ok, true);
  },

  'the pass that runs a step sees its result as every later pass will, to the order of its keys': async ({
    engineFor,
  }) => {
    const seen: string[] = [];
    let wait = true;
    const engine = engineFor(async (ctx) => {
      seen.push(JSON.stringify(await ctx.step('one', async () => ({ result: { b: 1, a: { d: 2, c: 3 } } }))));
      if (wait) await ctx.wait('a second pass');
      return null;
    });
    const id = await engine.start(START);
    assert.equal(await engine.run(id), 'waiting');
    wait = false;
    assert.equal(await engine.run(id), 'done');
    assert.equal(seen.length, 2);
    assert.equal(seen[0], seen[1]);
  },

  'a retryable error is tried again after growing pauses, then given up': async ({ time, engineFor }) => {
    const attempts: number[] = [];
    const engine = engineFor(async (ctx) =>
      ctx.step('one', async ({ attempt }) => {
        attempts.push(attempt);
        throw new TendError('UNAVAILABLE', 'not ready');
      }),
    );
    const id = await engine.start(START);
    let pause = time.asked(500);
    const ended = engine.run(id);
    for (const ms of [500, 1_000, 2_000, 4_000]) {
      await pause;
      pause = time.asked(ms * 2);
      time.advance(ms);
    }
    assert.equal(await ended, 'failed');
    assert.deepEqual(attempts, [1, 2, 3, 4, STEP_ATTEMPTS_MAX]);
    assert.equal((await engine.get(id)).error?.message, 'not ready');
  },

  'an error that is not retryable fails at once and is kept; the key then starts anew': async ({
    engineFor,
  }) => {
    let fail = true;
    const engine = engineFor(async (ctx) =>
      ctx.step('one', async () => {
        const fields = [{ path: 'a.b', message: 'wrong' }];
        if (fail) throw new TendError('DATA_REFUSED', 'three checks failed', { hint: 'Look.', fields });
        return { result: null };
      }),
    );
    const first = await engine.start(START);
    assert.equal(await engine.run(first), 'failed');
    const { error } = await engine.get(first);
    const fields = [{ path: 'a.b', message: 'wrong' }];
    assert.deepEqual(error, {
      code: 'DATA_REFUSED',
      message: 'three checks failed',
      hint: 'Look.',
      fields,
    });
    assert.equal(await engine.run(first), 'failed');
    fail = false;
    const second = await engine.start(START);
    assert.notEqual(second, first);
    assert.equal(await engine.run(second), 'done');
    assert.notEqual(await engine.start(START), second);
  },

  'a failed step throws the same error again when the workflow starts over': async ({ engineFor }) => {
    let ran = 0;
    const engine = engineFor(async (ctx) => {
      const failed = ctx.step('one', async () => {
        ran++;
        throw new TendError('TRAINING_FAILED', 'diverged');
      });
      const code = await failed.catch((error: unknown) =>
        error instanceof TendError ? error.code : 'other',
      );
      await ctx.step('once', async () => ({ result: null }));
      if ((await engine.get(ctx.executionId)).attempt === 1) await ctx.wait('a look');
      return code;
    });
    const id = await engine.start(START);
    assert.equal(await engine.run(id), 'waiting');
    assert.equal(await engine.run(id), 'done');
    assert.deepEqual([(await engine.get(id)).result, ran], ['TRAINING_FAILED', 1]);
  },

  'starts at the same time with one key make one execution': async ({ engineFor }) => {
    const engine = engineFor(async () => null);
    const ids = await Promise.all(Array.from({ length: 8 }, () => engine.start(START)));
    assert.equal(new Set(ids).size, 1);
  },

  'a waiting execution says what for, and goes on from its steps when woken': async ({
    db,
    time,
    engineFor,
  }) => {
    let approved = false;
    let ran = 0;
    const engine = engineFor(async (ctx) => {
      await ctx.step('ask', async () => ({ result: ++ran }));
      if (!approved) await ctx.wait('approval by risk');
      return ctx.step('act', async () => ({ result: 'acted' }));
    });
    const id = await engine.start(START);
    assert.equal(await engine.run(id), 'waiting');
    assert.equal((await engine.get(id)).reason, 'approval by risk');
    await engine.resumeAll();
    assert.equal((await engine.get(id)).state, 'waiting');
    assert.equal(await engine.start(START), id);
    approved = true;
    await db.commit({ statements: [wakeStatement(id, time.clock.now())] });
    await engine.resumeAll();
    assert.deepEqual([(await engine.get(id)).state, ran], ['done', 1]);
  },

  'a wake that comes while the workflow decides to wait is not lost': async ({ engineFor }) => {
    let approved = false;
    const engine = engineFor(async (ctx) => {
      if (approved) return 'seen';
      approved = true;
      await engine.wake(ctx.executionId);
      return ctx.wait('approval');
    });
    const id = await engine.start(START);
    assert.equal(await engine.run(id), 'done');
  },

  'a wait with a delay is due when the delay has passed': async ({ time, engineFor }) => {
    let passes = 0;
    const engine = engineFor(async (ctx) =>
      ++passes === 1 ? ctx.wait('traffic', { wakeAfterMs: 60_000 }) : passes,
    );
    const id = await engine.start(START);
    assert.equal(await engine.run(id), 'waiting');
    time.advance(59_999);
    await engine.resumeAll();
    assert.equal(passes, 1);
    time.advance(1);
    await engine.resumeAll();
    assert.deepEqual([(await engine.get(id)).state, passes], ['done', 2]);
  },

  'an interrupted execution is queued, resumable, and has lost no attempt': async ({ engineFor }) => {
    const started = gate();
    let interrupted = true;
    const engine = engineFor((ctx) =>
      ctx.step('one', async ({ signal, attempt }) => {
        if (!interrupted) return { result: attempt };
        started.open();
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        return { result: null };
      }),
    );
    const id = await engine.start(START);
    const controller = new AbortController();
    const end = engine.run(id, { signal: controller.signal });
    await started.opened;
    controller.abort();
    assert.equal(await end, 'queued');
    interrupted = false;
    assert.equal(await engine.run(id), 'done');
    assert.equal((await engine.get(id)).result, 1);
  },

  'a cancelled execution ends, and its run can write nothing more': async ({ db, engineFor }) => {
    const [started, finish] = [gate(), gate()];
    const engine = engineFor((ctx) =>
      ctx.step('one', async () => {
        started.open();
        await finish.opened;
        return { result: null, statements: [row('a')] };
      }),
    );
    const id = await engine.start(START);
    const end = engine.run(id);
    await started.opened;
    const cancelled = engine.cancel(id, 'acc_2');
    // The step takes no notice of its signal and goes on after the cancellation is on disk.
    while ((await engine.get(id)).state !== 'cancelled')
      await new Promise((resolve) => setImmediate(resolve));
    finish.open();
    await cancelled;
    assert.equal(await end, 'cancelled');
    assert.deepEqual(await db.query.selectFrom('project_clock').selectAll().execute(), []);
    const actions = await db.query.selectFrom('ledger').select(['action', 'actor']).orderBy('seq').execute();
    assert.deepEqual(actions.at(-1), { action: 'execution.cancelled', actor: 'acc_2' });
    assert.equal(await engine.run(id), 'cancelled');
  },

  'steps may run side by side; one that fails ends the others before the execution ends': async ({
    engineFor,
  }) => {
    let othersEnded = false;
    const engine = engineFor(async (ctx) => {
      const slow = ctx.step('slow', async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        othersEnded = true;
        return { result: null, statements: [row('late')] };
      });
      const bad = ctx.step('bad', async () => {
        throw new TendError('DATA_REFUSED', 'no');
      });
      await Promise.all([slow, bad]);
      return null;
    });
    const id = await engine.start(START);
    assert.equal(await engine.run(id), 'failed');
    assert.equal(othersEnded, true);
  },

  'progress, steps and the end reach subscribers and whoever asked for the run': async ({ engineFor }) => {
    const engine = engineFor(async (ctx) => {
      ctx.report({ text: 'begin' });
      return ctx.step('one', async ({ report }) => {
        report({ text: 'half', share: 0.5 });
        return { result: null };
      });
    });
    const id = await engine.start(START);
    const live = engine.subscribe(id);
    const reported: string[] = [];
    await engine.run(id, { report: (progress) => reported.push(progress.text) });
    const events: ExecutionEvent[] = [];
    for await (const event of live) events.push(event);
    assert.deepEqual(reported, ['begin', 'half']);
    const common = { executionId: id, project: 'p' };
    assert.deepEqual(events, [
      { ...common, kind: 'progress', progress: { text: 'begin' } },
      { ...common, kind: 'step', name: 'one', state: 'running', attempt: 1 },
      { ...common, kind: 'progress', progress: { text: 'half', share: 0.5 } },
      { ...common, kind: 'step', name: 'one', state: 'done', attempt: 1 },
      { ...common, kind: 'end', state: 'done', error: null },
    ]);
  },

  'a closing engine puts what it runs back into the queue': async ({ engineFor }) => {
    const started = gate();
    const engine = engineFor((ctx) =>
      ctx.step('one', async ({ signal }) => {
        started.open();
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        return { result: null };
      }),
    );
    const id = await engine.start(START);
    const end = engine.run(id);
    await started.opened;
    await engine.close();
    assert.equal(await end, 'queued');
    await assert.rejects(engine.run(id), { code: 'UNAVAILABLE' });
  },
};
