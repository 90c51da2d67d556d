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

describe('a canary that is killed before and after every commit, one kill for each process', () => {
  let calm: SmallFlights;
  let killed: SmallFlights;

  before(async () => {
    calm = await smallFlights();
    await undisturbed(calm.dir);
    killed = await smallFlights(calm.dir);
    for (const project of [calm, killed]) project.change(['training', 'seed'], 8);
  });
  after(() => {
    calm[Symbol.dispose]();
    killed[Symbol.dispose]();
  });

  it('is promoted after its declared shares and keeps the version before warm', async () => {
    const expected = await undisturbed(calm.dir);
    const { facts, points } = await killChain(
      killed.dir,
      'canary',
      '^(deployment|update "rollout"|execution)',
    );
    const shares = [0, 1].map((index) => `deployment.rollout.${index}`);
    const commits = shares.flatMap((share) => [
      `${share}.weight done`,
      `${share}.bake running`,
      `${share}.bake done`,
    ]);
    assertKilledAt(points, [
      ...commits,
      'update "rollout"',
      'deployment.rollout.promote done',
      'execution done',
    ]);
    assert.deepEqual(facts.outcome, expected.outcome);
    const roles = facts.outcome.routes.map((route) => route.split(' ').slice(2).join(' '));
    assert.deepEqual(roles.sort(), ['0 warm', '1 stable']);
    await assertLedgerHolds(join(killed.dir, '.tend'));
    await assertNoProcessOf(killed.dir);
  });
});
