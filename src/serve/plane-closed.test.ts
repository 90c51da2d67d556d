import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { INSTANCE, type PlaneState, planeState } from './fixtures/plane-state.ts';
import {
  startTestPlane,
  type TestAnswer,
  type TestClient,
  testClient,
  until,
} from './fixtures/test-plane.ts';
import { planeStatus, type RunningPlane } from './plane-client.ts';
import type { RoutedEndpoint } from './routing.ts';

let state: PlaneState;
let plane: RunningPlane;
let client: TestClient;
let routes: RoutedEndpoint['routes'];
let generation = 1;

before(async () => {
  state = await planeState();
  routes = [{ releaseHash: await state.putRelease(1, 10), version: '1', weight: 1, role: 'stable' }];
  await state.route(1, routes);
  plane = await startTestPlane(state.stateDir, 2);
  client = testClient(plane.url);
});
after(async () => {
  client.close();
  await plane.stop();
  await state.remove();
});

/** Tells the endpoint something and waits until every worker knows. */
async function tell(how: Partial<RoutedEndpoint>): Promise<void> {
  generation++;
  await state.route(generation, how.routes ?? routes, 'flight-delay', how);
  await until('it is in force', async () => (await planeStatus(plane.url)).generation === generation);
}

const ask = (body: unknown = INSTANCE): Promise<TestAnswer> =>
  client.post('/predict/flight-delay', JSON.stringify(body));
const problemOf = ({ text }: TestAnswer): Record<string, unknown> => JSON.parse(text);

test('a stopped endpoint refuses with the reason and a time to ask again, until it is resumed', async () => {
  await tell({ state: 'stopped', reason: 'wrong unit in distance' });
  const answer = await ask();
  assert.equal(answer.status, 503);
  assert.equal(problemOf(answer).code, 'UNAVAILABLE');
  assert.equal(problemOf(answer).detail, 'the endpoint flight-delay is stopped: wrong unit in distance');
  assert.ok(Number(answer.headers['retry-after']) > 0);
  await tell({});
  assert.equal((await ask()).status, 200);
});

test('a retired endpoint answers 410 with its successor, whatever is sent', async () => {
  await tell({ state: 'retired', routes: [], tombstone: { successor: 'delay-2', at: 5 } });
  for (const body of [INSTANCE, {}, { instances: [] }]) {
    const answer = await ask(body);
    assert.equal(answer.status, 410);
    const { code, successor, hint } = problemOf(answer);
    assert.deepEqual([code, successor, hint], ['GONE', 'delay-2', 'Ask delay-2 instead.']);
  }
  await tell({ state: 'retired', routes: [], tombstone: { successor: null, at: 5 } });
  assert.equal(problemOf(await ask()).successor, null);
  await tell({});
  assert.equal((await ask()).status, 200);
});

test('over the throttle of all workers the answer is 429 with Retry-After, and 200 without it', async () => {
  await tell({ throttle: { perSecond: 20 } });
  const answers = await Promise.all(Array.from({ length: 200 }, () => ask()));
  const taken = answers.filter(({ status }) => status === 200).length;
  const refused = answers.filter(({ status }) => status === 429);
  // Two buckets of ten, and what a slow machine lets flow in meanwhile.
  assert.ok(taken >= 10 && taken <= 80, `${taken} of 200 were taken`);
  assert.equal(taken + refused.length, answers.length);
  for (const answer of refused) {
    assert.equal(problemOf(answer).code, 'TOO_MANY');
    assert.equal(answer.headers['retry-after'], '1');
  }
  const { endpoints } = await planeStatus(plane.url);
  assert.ok((endpoints['flight-delay']?.['']?.unavailable ?? 0) >= refused.length);
  await tell({});
  assert.equal((await ask()).status, 200);
});
