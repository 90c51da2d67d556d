import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSTANCE } from '../../serve/fixtures/plane-state.ts';
import { testClient, until } from '../../serve/fixtures/test-plane.ts';
import { planeStatus } from '../../serve/plane-client.ts';
import { readRouting } from '../../serve/routing.ts';
import { dropWarm } from './drop-warm.ts';
import { retireEndpoint } from './retire-endpoint.ts';
import { rollBack } from './roll-back.ts';
import { ENDPOINT, liveBed, type RolloutBed } from './rollout-testbed.ts';
import { resumeEndpoint, stopEndpoint } from './stop-endpoint.ts';
import { throttle, unthrottle } from './throttle.ts';

const OWNER = { kind: 'local', id: 'local', name: 'local', roles: ['admin'] } as const;
const ASK = { endpoint: ENDPOINT, reason: 'asked for', principal: OWNER };

const published = async (bed: RolloutBed) => (await readRouting(bed.state.stateDir))?.endpoints[0];

/** Actions in the ledger that are about the endpoint, and kinds of its evidence, oldest first. */
async function recorded(bed: RolloutBed): Promise<{ actions: string[]; evidence: string[] }> {
  const ledger = await bed.db.query.selectFrom('ledger').selectAll().orderBy('seq').execute();
  const evidence = await bed.db.query.selectFrom('evidence').selectAll().orderBy('id').execute();
  return {
    actions: ledger.filter(({ subject }) => subject === ENDPOINT).map(({ action }) => action),
    evidence: evidence.map(({ kind }) => kind).filter((kind) => kind.startsWith('endpoint-')),
  };
}

test('stopping, throttling and their undoing stand in the routing, the evidence and the ledger', async () => {
  const { bed } = await liveBed();
  await using _ = bed;
  const { context } = bed;
  await stopEndpoint(context, { ...ASK, reason: 'wrong unit', incident: 'inc_1' });
  assert.deepEqual(
    [(await published(bed))?.state, (await published(bed))?.reason],
    ['stopped', 'wrong unit'],
  );
  await throttle(context, { ...ASK, perSecond: 50 });
  const both = await published(bed);
  assert.deepEqual([both?.state, both?.throttle], ['stopped', { perSecond: 50 }]);
  await resumeEndpoint(context, ASK);
  const resumed = await published(bed);
  assert.deepEqual(
    [resumed?.state, resumed?.reason, resumed?.throttle],
    ['serving', null, { perSecond: 50 }],
  );
  await unthrottle(context, ASK);
  assert.equal((await published(bed))?.throttle, null);
  const { actions, evidence } = await recorded(bed);
  const kinds = ['stopped', 'throttled', 'resumed', 'unthrottled'];
  assert.deepEqual(
    actions.slice(-4),
    kinds.map((kind) => `endpoint.${kind}`),
  );
  assert.deepEqual(
    evidence,
    kinds.map((kind) => `endpoint-${kind}`),
  );
  const [stopped] = await bed.db.query
    .selectFrom('ledger')
    .select('body')
    .where('action', '=', 'endpoint.stopped')
    .execute();
  assert.deepEqual(JSON.parse(stopped?.body ?? ''), {
    endpoint: ENDPOINT,
    incident: 'inc_1',
    reason: 'wrong unit',
  });
});

test('what is so already is recorded once, and a rate that is none is refused', async () => {
  const { bed } = await liveBed();
  await using _ = bed;
  const { context } = bed;
  await resumeEndpoint(context, ASK);
  await unthrottle(context, ASK);
  for (let twice = 0; twice < 2; twice++) {
    await stopEndpoint(context, ASK);
    await throttle(context, { ...ASK, perSecond: 2 });
  }
  assert.deepEqual((await recorded(bed)).evidence, ['endpoint-stopped', 'endpoint-throttled']);
  for (const perSecond of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    await assert.rejects(throttle(context, { ...ASK, perSecond }), { code: 'INVALID_INPUT' });
  }
  await assert.rejects(stopEndpoint(context, { ...ASK, endpoint: 'other' }), { code: 'NOT_FOUND' });
});

test('a stopped endpoint stays stopped while its release changes', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  await stopEndpoint(bed.context, ASK);
  assert.equal(await bed.run(await bed.start(2, two)), 'done');
  assert.equal((await published(bed))?.state, 'stopped');
  await rollBack(bed.context, ASK);
  assert.equal((await published(bed))?.state, 'stopped');
  assert.deepEqual(await bed.routes(), ['stable 1 1', 'warm 2 0']);
});

test('of changes that read the same state one is made, and the others are told so', async () => {
  const { bed } = await liveBed();
  await using _ = bed;
  const asked = await Promise.allSettled(
    [1, 2, 3, 4].map((perSecond) => throttle(bed.context, { ...ASK, perSecond })),
  );
  const refused = asked.filter((one) => one.status === 'rejected');
  assert.ok(refused.length > 0 && refused.length < 4);
  for (const { reason } of refused) assert.equal(reason.code, 'CONFLICT');
  assert.equal((await recorded(bed)).evidence.length, 4 - refused.length);
});

test('a warm release is dropped and unloaded, one with traffic is not', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  await bed.run(await bed.start(2, two));
  const routes = (await published(bed))?.routes ?? [];
  const warm = routes.find(({ role }) => role === 'warm')?.releaseHash ?? '';
  const drop = (releaseHash: string) =>
    dropWarm(bed.context, { endpoint: ENDPOINT, releaseHash, principal: OWNER });
  await assert.rejects(drop(two), { code: 'CONFLICT' });
  await drop(warm);
  assert.deepEqual(await bed.routes(), ['stable 2 1']);
  await drop(warm);
  assert.equal((await recorded(bed)).evidence.length, 1);
  await assert.rejects(rollBack(bed.context, ASK), { code: 'CONFLICT' });
});

test('a retired endpoint answers 410 with its successor, until something is deployed there', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  const plane = await bed.plane();
  const client = testClient(plane.url);
  const ask = () => client.post(`/predict/${ENDPOINT}`, JSON.stringify(INSTANCE));
  const inForce = async (): Promise<void> => {
    const generation = (await readRouting(bed.state.stateDir))?.generation;
    await until('it is in force', async () => (await planeStatus(plane.url)).generation === generation);
  };
  await inForce();
  assert.equal((await ask()).status, 200);
  await retireEndpoint(bed.context, { ...ASK, successor: 'delay-2' });
  await inForce();
  const gone = await ask();
  assert.deepEqual([gone.status, JSON.parse(gone.text).successor], [410, 'delay-2']);
  await retireEndpoint(bed.context, { ...ASK, successor: null });
  assert.equal((await published(bed))?.tombstone?.successor, 'delay-2');
  for (const act of [stopEndpoint, resumeEndpoint, rollBack]) {
    await assert.rejects(act(bed.context, ASK), { code: 'GONE' });
  }
  await bed.run(await bed.start(2, two));
  await inForce();
  assert.equal((await ask()).status, 200);
  client.close();
});
