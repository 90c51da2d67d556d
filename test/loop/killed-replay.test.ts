import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileFlights } from './flights-file.ts';
import { type KilledReplay, killedReplay } from './killed-replay.ts';
import { loggedPredictions, takenOutcomes } from './logged-predictions.ts';
import { at, databaseRows, type LoopBed, loopBed, replayed } from './loop-bed.ts';
import { QUICK_LOOP, swappedHalves } from './swapped-halves.ts';
import { runTend, startTend } from '../tend-process.ts';
import { type SmallFlights, smallFlights } from '../small-flights.ts';

const UNTIL = '2001-02-11';
const ENDPOINT = 'flight-delay';
const SEED = 11;

describe('a replay during which server, worker, data plane and client are killed again and again', () => {
  let base: LoopBed;
  let calm: SmallFlights;
  let killed: SmallFlights;
  let story: KilledReplay;

  before(async () => {
    base = await loopBed(swappedHalves('2001-02-20'), QUICK_LOOP);
    await base.deploy();
    await base.flights.server().stop();
    calm = await smallFlights(base.flights.project.dir);
    killed = await smallFlights(base.flights.project.dir);
    {
      await using _ = await startTend(['up'], { cwd: calm.dir });
      replayed(await runTend(['replay', 'flights', '--until', UNTIL, '--json'], { cwd: calm.dir }));
    }
    story = await killedReplay(killed.dir, {
      until: UNTIL,
      starts: at(2, 1),
      end: at(2, 11),
      seed: SEED,
    });
  });
  after(async () => {
    calm[Symbol.dispose]();
    killed[Symbol.dispose]();
    await base[Symbol.asyncDispose]();
  });

  const both = (sql: string) => [calm, killed].map(({ dir }) => databaseRows(`${dir}/.tend`, sql));

  it('kills each of them at least twice, while models are trained and a canary runs too', (t) => {
    t.diagnostic(
      story.kills
        .map(
          ({ what, at: when, during }) => `${what} at ${new Date(when).toISOString().slice(5, 13)} ${during}`,
        )
        .join('; '),
    );
    for (const what of ['server', 'worker', 'plane', 'client'] as const) {
      assert.ok(story.kills.filter((kill) => kill.what === what).length >= 2, what);
    }
    assert.ok(story.kills.some(({ during }) => during === 'training'));
    assert.ok(story.kills.some(({ during }) => during === 'canary'));
  });

  it('asks about each flight exactly once', async () => {
    const flights = await fileFlights(killed.dir, at(2, 1));
    const due = flights.filter(({ date }) => date < at(2, 11)).map(({ row }) => row);
    const keys = (await loggedPredictions(`${killed.dir}/.tend`)).map(({ key }) => Number(key));
    assert.deepEqual(
      keys.sort((a, b) => a - b),
      due.sort((a, b) => a - b),
    );
  });

  it('takes each outcome in exactly once', async () => {
    const flights = await fileFlights(killed.dir, at(2, 1));
    const landed = flights.filter((flight) => flight.date < at(2, 11) && flight.landed <= at(2, 11));
    const keyOf = new Map(
      (await loggedPredictions(`${killed.dir}/.tend`)).map(({ id, key }) => [id, Number(key)]),
    );
    const taken = (await takenOutcomes(`${killed.dir}/.tend`, ENDPOINT)).map(
      (id) => keyOf.get(id) ?? Number.NaN,
    );
    assert.deepEqual(
      taken.sort((a, b) => a - b),
      landed.map(({ row }) => row).sort((a, b) => a - b),
    );
  });

  it('sees in every window what an undisturbed replay sees', () => {
    // What the processes say of themselves, latency and sealing, is left out.
    const sql = `select monitor, to_at, verdict, value, low, high, bound from monitor_window
                 where to_at <= ${at(2, 5)} and monitor in ('criterion:still-good', 'outcomes', 'requests')
                 order by monitor, to_at`;
    const [expected, found] = both(sql);
    assert.ok((expected?.length ?? 0) >= 12);
    assert.deepEqual(found, expected);
    // From the canary on, which flights each version answers depends on what its workers lived through; which
    // outcomes are known does not.
    const coverage = "select to_at, value from monitor_window where monitor = 'outcomes' order by to_at";
    const [known, knownAfter] = both(coverage);
    assert.deepEqual(knownAfter, known);
    const failed = both(
      "select monitor from monitor_window where monitor like 'monitor:%' and verdict = 'fail'",
    );
    assert.deepEqual(failed, [[], []]);
  });

  it('opens one incident for each cause, and carries each action out once', () => {
    const [expected, found] = both('select cause, state, opened_at from incident order by cause, opened_at');
    assert.deepEqual(found, expected);
    assert.deepEqual(
      found?.map(({ cause }) => cause),
      ['criterion:still-good'],
    );
    const [, actions] = both('select kind, state from action order by kind');
    assert.deepEqual(
      actions?.map(({ kind, state }) => `${kind} ${state}`),
      ['alert done', 'retrain done'],
    );
  });

  it('comes to the same candidates by the same figures, and to the same end', () => {
    const [expected, found] = both(`select "window", version, state, body from candidate order by "window"`);
    assert.deepEqual(found, expected);
    const [ends, endsAfter] = both('select at, "trigger", state, champion, promoted from retraining');
    assert.deepEqual(endsAfter, ends);
    assert.deepEqual(
      ends?.map(({ state }) => state),
      ['kept'],
    );
    const [left, leftAfter] = both('select kind, name, successor from tombstone');
    assert.deepEqual(leftAfter, left);
    assert.deepEqual(
      left?.map(({ name }) => name),
      [`${ENDPOINT}@1`],
    );
    const [unfinished] = both(
      "select workflow, state, reason from execution where state not in ('done')",
    ).slice(1);
    assert.deepEqual(unfinished, []);
  });

  it('leaves a ledger that holds', async () => {
    const run = await runTend(['ledger', 'verify', '--json'], { cwd: killed.dir });
    assert.equal(run.code, 0, run.out + run.err);
  });
});
