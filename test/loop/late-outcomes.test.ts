import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { API_PREFIX } from '../../src/cli/invoker.ts';
import { planeStatus } from '../../src/serve/plane-client.ts';
import { until } from '../processes.ts';
import { at, type LoopBed, loopBed } from './loop-bed.ts';
import { knownFrom, loggedPredictions, takenOutcomes } from './logged-predictions.ts';
import { QUICK_LOOP, swappedHalves } from './swapped-halves.ts';

const PROJECT = 'flight-delay';
const FIRST_KEY = 9_000_000;
const FLIGHTS = 40;

describe('outcomes that come ten days late, in any order and more than once', () => {
  let bed: LoopBed;
  const keys = Array.from({ length: FLIGHTS }, (_, i) => FIRST_KEY + i);

  before(async () => {
    bed = await loopBed(swappedHalves('2001-02-02'), [
      ...QUICK_LOOP,
      [['monitoring', 'watch'], undefined],
      [['retraining'], undefined],
    ]);
    await bed.deploy();
    await predict(keys);
    // What the worker wrote is complete once its successor writes: it is sealed when the day closes.
    const [worker] = (await planeStatus(plane())).workers;
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    await until('the next worker answers', () =>
      predict([1]).then(
        () => true,
        () => false,
      ),
    );
    await move(at(2, 2));
    await until(
      'its log is sealed',
      () => bed.rows("select id from log_part where kind = 'predictions'").length > 0,
    );
    for (let day = 3; day <= 12; day++) await move(at(2, day));
  });
  after(() => bed[Symbol.asyncDispose]());

  const plane = (): string => bed.flights.server().urls[1] ?? '';
  const post = async (url: string, body: unknown): Promise<ReturnType<typeof JSON.parse>> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(response.status, 200, await response.clone().text());
    return response.json();
  };
  const api = (path: string, body: unknown) =>
    post(`${bed.flights.server().urls[0]}${API_PREFIX}${path}`, body);
  const move = (to: number) => api(`/projects/${PROJECT}/clock`, { to });
  const predict = (rows: readonly number[]) => {
    const flight = { date: '2001-02-01T10:10:00Z', distance: 590, origin: 'ORD', destination: 'ATL' };
    return post(`${plane()}/predict/${PROJECT}`, { instances: rows.map((row) => ({ ...flight, row })) });
  };
  /** The delay follows from the key, so that the same outcome is the same. */
  const tell = (some: readonly number[]) => {
    const outcomes = some.map((key) => ({ key, value: key % 60, at: at(2, 1, 12) }));
    return api('/outcomes', { endpoint: PROJECT, outcomes });
  };
  const counts = ({ accepted, duplicate, unknown, refused }: Record<string, number>) => [
    accepted,
    duplicate,
    unknown,
    refused,
  ];

  it('are taken in once each, those of nothing are told by their place', async () => {
    const backwards = keys.toReversed();
    assert.deepEqual(counts(await tell(backwards.slice(0, 10))), [10, 0, 0, 0]);
    const answer = await tell([...backwards.slice(5, 30), backwards[29] as number, 8_999_999]);
    assert.deepEqual(counts(answer), [20, 6, 1, 0]);
    assert.deepEqual(
      answer.problems.map(({ index, code }: { index: number; code: string }) => [index, code]),
      [[26, 'NOT_FOUND']],
    );
  });

  it('are still known after a kill, before they were sealed and afterwards', async () => {
    await bed.flights.killAndStart();
    assert.deepEqual(counts(await tell(keys)), [10, 30, 0, 0]);
    await bed.flights.killAndStart();
    await move(at(2, 13));
    assert.deepEqual(counts(await tell(keys)), [0, 40, 0, 0]);
    await bed.flights.killAndStart();
    assert.deepEqual(counts(await tell(keys)), [0, 40, 0, 0]);
    await move(at(2, 14));
    const keyOf = new Map((await loggedPredictions(bed.stateDir)).map(({ id, key }) => [id, Number(key)]));
    const taken = (await takenOutcomes(bed.stateDir, PROJECT)).map((id) => keyOf.get(id) ?? Number.NaN);
    assert.deepEqual(
      taken.sort((a, b) => a - b),
      keys,
    );
  });

  it('are rows of the data that were known from their receipt on, not from the landing', async () => {
    const known = await knownFrom(bed.stateDir);
    // The clock stood at the twelfth, whose boundary had been computed: known from just after it on.
    assert.deepEqual(
      known,
      keys.map(() => at(2, 12) + 1),
    );
  });
});
