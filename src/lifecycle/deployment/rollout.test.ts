import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../serve/fixtures/test-plane.ts';
import { planeStatus } from '../../serve/plane-client.ts';
import { openBlobStore } from '../../store/blob.ts';
import { listEvidence } from '../../store/evidence.ts';
import { endRollouts } from './end-rollouts.ts';
import { ENDPOINT, liveBed, rolloutBed } from './rollout-testbed.ts';
import type { CanarySpec } from './spec.ts';

const CANARY: CanarySpec = { canary: ['20%', '50%'], bake: '40 predictions', bake_within: '24h' };

test('a first version takes all traffic at once', async () => {
  await using bed = await rolloutBed();
  const execution = await bed.start(1, await bed.release(1), CANARY);
  assert.equal(await bed.run(execution), 'done');
  assert.equal((await bed.end(execution)).verdict, 'pass');
  assert.deepEqual(await bed.routes(), ['stable 1 1']);
});

test('a canary gets its shares, counts its own predictions and leaves the version before warm', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  await bed.plane();
  const traffic = bed.traffic();
  const execution = await bed.start(2, two, CANARY);
  assert.equal(await bed.run(execution), 'done');
  await traffic[Symbol.asyncDispose]();
  const end = await bed.end(execution);
  assert.equal(end.verdict, 'pass', end.reason);
  assert.deepEqual(await bed.routes(), ['stable 2 1', 'warm 1 0']);
  assert.deepEqual(traffic.failures, []);
  const bodies = (await listEvidence(bed.db, end.evidence))
    .filter((one) => one.kind === 'canary')
    .map(({ body }) => body);
  assert.deepEqual(
    bodies.map((body) => body['share']),
    ['20%', '50%'],
  );
  for (const body of bodies) assert.ok((body['counts'] as { predictions: number }).predictions >= 40);
  // Before the first answer of version 2 all were version 1's; until its 40th it is one request in five.
  const from = traffic.versions.indexOf('2');
  const share = traffic.versions.slice(from, from + 100).filter((version) => version === '2').length / 100;
  assert.ok(share >= 0.18 && share <= 0.22, `its share was ${share}`);
});

test('a candidate without answers is taken back before its bake is over', async () => {
  const { bed, two } = await liveBed({ finite: false });
  await using _ = bed;
  await using traffic = bed.traffic();
  const execution = await bed.start(2, two, CANARY);
  assert.equal(await bed.run(execution), 'done');
  const end = await bed.end(execution);
  assert.equal(end.verdict, 'fail');
  assert.match(end.reason, /a guard failed at 20%: \d+ errors beside 0 predictions/);
  assert.deepEqual(await bed.routes(), ['stable 1 1']);
  const { generation } = await planeStatus((await bed.plane()).url);
  await until('the plane has the routes before', async () => {
    return (await planeStatus((await bed.plane()).url)).generation !== generation || generation === 3;
  });
  const failed = traffic.failures.length;
  const answered = traffic.versions.length;
  await until('version 1 answers', () => traffic.versions.length > answered + 20);
  assert.ok(traffic.failures.length - failed <= 2, 'the version before answers everything again');
});

test('without traffic it waits, says for what, and goes on when traffic comes', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  const execution = await bed.start(2, two, CANARY);
  const resting = bed.run(execution);
  await bed.watched();
  bed.pass(10_000);
  assert.equal(await resting, 'waiting');
  assert.equal(await bed.reason(execution), `canary at 20%: 40 more predictions on version 2 at ${ENDPOINT}`);
  await using requests = bed.traffic();
  assert.equal(await bed.run(execution), 'done');
  assert.deepEqual(requests.failures, []);
  assert.equal((await bed.end(execution)).verdict, 'pass');
});

test('too few predictions within the time are inconclusive, which is not passed', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  const execution = await bed.start(2, two, CANARY);
  const running = bed.run(execution);
  await bed.watched();
  bed.pass(24 * 3_600_000 + 1);
  assert.notEqual(await running, 'failed');
  assert.equal(await bed.run(execution), 'done');
  const end = await bed.end(execution);
  assert.deepEqual([end.verdict, end.reason], ['fail', 'inconclusive: 0 of 40 predictions within 24h']);
  assert.deepEqual(await bed.routes(), ['stable 1 1']);
});

test('a plane that is killed during a canary is replaced, and what was counted counts', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  const execution = await bed.start(2, two, { ...CANARY, canary: ['50%'], bake: '600 predictions' });
  const running = bed.run(execution);
  await using traffic = bed.traffic();
  await until(
    'the candidate answers',
    () => traffic.versions.filter((version) => version === '2').length > 100,
  );
  const { pid } = await bed.plane();
  process.kill(pid, 'SIGKILL');
  assert.equal(await running, 'done');
  const end = await bed.end(execution);
  assert.equal(end.verdict, 'pass', end.reason);
  assert.notEqual((await bed.plane()).pid, pid);
});

test('a release that the serving process cannot load is taken back with the reason', async () => {
  const { bed } = await liveBed();
  await using _ = bed;
  await bed.plane();
  const missing = await bed.release(2);
  await openBlobStore(bed.state.blobDir).delete(missing);
  const execution = await bed.start(2, missing, CANARY);
  const running = bed.run(execution);
  await until(
    'the plane refuses it',
    async () => (await planeStatus((await bed.plane()).url)).routingError !== null,
  );
  // Two looks at the plane are needed: one notes the refusal, a later one finds it older than the limit.
  const moving = setInterval(() => bed.pass(3_000), 300);
  assert.equal(await running.finally(() => clearInterval(moving)), 'done');
  const end = await bed.end(execution);
  assert.equal(end.verdict, 'fail');
  assert.match(end.reason, /the serving process does not take it at 20%: /);
  assert.deepEqual(await bed.routes(), ['stable 1 1']);
});

test('a release that is moved to once more keeps the version before it warm', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  await bed.run(await bed.start(2, two));
  await bed.run(await bed.start(2, two, CANARY));
  assert.deepEqual(await bed.routes(), ['stable 2 1', 'warm 1 0']);
});

test('a rollout that nobody watches any more gives the traffic back', async () => {
  const { bed, two } = await liveBed();
  await using _ = bed;
  const execution = await bed.start(2, two, CANARY);
  const resting = bed.run(execution);
  await bed.watched();
  bed.pass(10_000);
  assert.equal(await resting, 'waiting');
  for (let i = 0; i < 2; i++) {
    await endRollouts(bed.context, { project: 'flights', actor: 'test', reason: 'given up' });
    assert.deepEqual(await bed.routes(), ['stable 1 1']);
  }
});
