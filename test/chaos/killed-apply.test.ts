import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { type SmallFlights, smallFlights } from '../small-flights.ts';
import {
  assertKilledAt,
  assertLedgerHolds,
  assertNoProcessOf,
  killChain,
  undisturbed,
} from './kill-chain.ts';
import type { ProjectFacts } from './project-facts.ts';

describe('an apply that is killed before and after every commit, one kill for each process', () => {
  let calm: SmallFlights;
  let killed: SmallFlights;
  let expected: ProjectFacts;

  before(async () => {
    calm = await smallFlights();
    killed = await smallFlights(calm.dir);
    expected = await undisturbed(calm.dir);
  });
  after(() => {
    calm[Symbol.dispose]();
    killed[Symbol.dispose]();
  });

  it('brings a first version to its end and repeats no finished step', async () => {
    const { facts, points } = await killChain(killed.dir, 'first');
    const steps = [...expected.finished.keys()].map((step) => step.split(' ')[1] ?? '');
    const commits = steps.flatMap((step) => [`${step} running`, `${step} done`]);
    assertKilledAt(points, [...commits, 'execution claim', 'execution waiting', 'execution done']);
    assert.deepEqual(facts.outcome, expected.outcome);
    await assertLedgerHolds(join(killed.dir, '.tend'));
    await assertNoProcessOf(killed.dir);
  });
});
