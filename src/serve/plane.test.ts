import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { compileRelease } from '../decide/release-decider.ts';
import { releaseManifestSchema } from '../decide/release.ts';
import { openBlobStore } from '../store/blob.ts';
import { INSTANCE, PROJECT, planeState, type PlaneState } from './fixtures/plane-state.ts';
import { startTestPlane, type TestClient, testClient, until } from './fixtures/test-plane.ts';
import { adoptPlane, planeStatus, type RunningPlane, spawnPlane } from './plane-client.ts';
import type { PredictionRecord } from './prediction-record.ts';
import { readSegments } from './read-segments.ts';

let state: PlaneState;
let plane: RunningPlane;
let client: TestClient;
let first: string;
let second: string;

before(async () => {
  state = await planeState();
  first = await state.putRelease(1, 10);
  second = await state.putRelease(2, 20, 'gate');
  await state.route(1, [{ releaseHash: first, version: '1', weight: 1, role: 'stable' }]);
  plane = await startTestPlane(state.stateDir);
  client = testClient(plane.url);
});
after(async () => {
  client.close();
  await plane.stop();
  await state.remove();
});

async function records(): Promise<Map<string, PredictionRecord>> {
  const all = new Map<string, PredictionRecord>();
  for await (const record of readSegments(`${state.stateDir}/segments`)) all.set(record.id, record);
  return all;
}

test('answers over HTTP are those of the release, and stand in the segments when they arrive', async () => {
  const blobs = openBlobStore(state.blobDir);
  const manifest = releaseManifestSchema.parse(
    JSON.parse(Buffer.from(await blobs.read(first)).toString('utf8')),
  );
  const delays = new Map([
    ['AA', 4.5],
    ['UA', 9.25],
  ]);
  const direct = compileRelease({
    manifest,
    modelBytes: await blobs.read(manifest.modelBlob),
    lookup: (_table, [carrier]) => {
      const delay = delays.get(String(carrier));
      return delay === undefined ? null : Float64Array.of(delay);
    },
  });
  const instances = ['AA', 'UA', 'never seen'].flatMap((carrier) =>
    [0, 250.5, 9_999].map((distance) => ({
      ...INSTANCE,
      carrier,
      distance,
      taxi: distance === 0 ? null : 3,
    })),
  );
  const expected = instances.map((instance) => direct.decide([direct.prepare(instance, 0)])[0]);
  const batch = JSON.parse((await client.post('/predict/flight-delay', JSON.stringify({ instances }))).text);
  assert.deepEqual(batch.predictions, expected);
  const written = await records();
  for (const [i, instance] of instances.entries()) {
    const single = await client.predict(instance);
    assert.equal(single.prediction, expected[i]);
    const record = written.get(batch.ids[i]);
    assert.deepEqual(record?.fields, instance);
    assert.equal(record?.prediction, expected[i]);
    assert.equal(record?.features['carrier.delay_7d'] ?? undefined, delays.get(instance.carrier));
  }
});

test('the business key is recorded beside the fields, and nobody has to send it', async () => {
  const keys = [123, 0, null, undefined];
  const instances = keys.map((row) => ({ ...INSTANCE, ...(row === undefined ? {} : { row }) }));
  const { ids } = JSON.parse(
    (await client.post('/predict/flight-delay', JSON.stringify({ instances }))).text,
  );
  const written = await records();
  for (const [i, key] of keys.entries()) {
    assert.equal(written.get(ids[i])?.key, key ?? null);
    assert.deepEqual(written.get(ids[i])?.fields, INSTANCE);
  }
  const wrong = await client.post('/predict/flight-delay', JSON.stringify({ ...INSTANCE, row: '123' }));
  assert.equal(wrong.status, 400);
  assert.deepEqual(JSON.parse(wrong.text).errors, [
    { path: 'row', message: 'expected a finite number, got the string "123"' },
  ]);
});

test('the event time is the declared field, else the header, else the arrival', async () => {
  const { scheduled, ...others } = INSTANCE;
  const at = async (
    body: unknown,
    headers: Record<string, string>,
  ): Promise<PredictionRecord | undefined> => {
    const answer = await client.post('/predict/flight-delay', JSON.stringify(body), headers);
    assert.equal(answer.status, 200, answer.text);
    return (await records()).get(JSON.parse(answer.text).id);
  };
  const header = { 'Tend-Event-Time': '2001-05-06T00:00:00+02:00' };
  assert.equal((await at(INSTANCE, header))?.t, Date.parse(scheduled));
  assert.equal((await at(others, header))?.t, Date.parse('2001-05-05T22:00:00Z'));
  const plain = await at(others, {});
  assert.equal(plain?.t, plain?.at);
});

test('a new state of a feature table is used from its moment on, and not before', async () => {
  const at = Date.parse('2001-03-05T00:00:00Z');
  await state.putTable(at, [['AA', 8.5, 1]]);
  await until('the plane holds the table', async () => {
    return (await planeStatus(plane.url)).tables[`${PROJECT}/carrier`]?.newest === at;
  });
  const earlier = await client.predict({ ...INSTANCE, scheduled: '2001-03-04T23:59:59Z' });
  const later = await client.predict({ ...INSTANCE, scheduled: '2001-03-05T23:00:00Z' });
  // (8.5 - 4.5) / scale 2 * coefficient 3; the hour is the same.
  assert.ok(Math.abs(later.prediction - earlier.prediction - 6) < 1e-5);
});

test('weights are met to one request per hundred, and fields of either version are taken', async () => {
  await state.route(2, [
    { releaseHash: first, version: '1', weight: 0.9, role: 'stable' },
    { releaseHash: second, version: '2', weight: 0.1, role: 'candidate' },
  ]);
  await until('the snapshot is in force', async () => (await planeStatus(plane.url)).generation === 2);
  const counts = new Map<string, number>();
  for (let n = 0; n < 300; n++) {
    const { version } = await client.predict({ ...INSTANCE, gate: 7 });
    counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  const candidate = counts.get('2') ?? 0;
  assert.ok(Math.abs(candidate - 30) <= 3, `${candidate} of 300`);
  const status = (await planeStatus(plane.url)).endpoints['flight-delay'];
  assert.equal(status?.[second]?.predictions, candidate);
  assert.equal(status?.[second]?.weight, 0.1);
});

test('a snapshot that cannot be put in force leaves the old one, and the status says so', async () => {
  const missing = 'f'.repeat(64);
  await state.route(3, [{ releaseHash: missing, version: '3', weight: 1, role: 'stable' }]);
  await until('the error is reported', async () => (await planeStatus(plane.url)).routingError !== null);
  const status = await planeStatus(plane.url);
  assert.equal(status.generation, 2);
  assert.match(status.routingError ?? '', new RegExp(missing));
  assert.ok(['1', '2'].includes((await client.predict({ ...INSTANCE, gate: 7 })).version));
  await state.route(4, [{ releaseHash: first, version: '1', weight: 1, role: 'stable' }]);
  await until('the next snapshot is in force', async () => (await planeStatus(plane.url)).generation === 4);
  assert.equal((await planeStatus(plane.url)).routingError, null);
});

test('/metrics is text that Prometheus reads, with the series that dashboards hold on to', async () => {
  const response = await fetch(`${plane.url}/metrics`);
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).trimEnd().split('\n');
  const sample = /^[a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)+\})? (?:[0-9.e+-]+|NaN)$/;
  const series = lines.filter((line) => !line.startsWith('#'));
  for (const line of series) assert.match(line, sample);
  assert.equal(new Set(series.map((line) => line.slice(0, line.lastIndexOf(' ')))).size, series.length);
  for (const name of [
    'tend_predictions_total{endpoint="flight-delay",version="1",outcome="ok"}',
    'tend_prediction_duration_seconds_bucket{endpoint="flight-delay",version="1",le="+Inf"}',
    'tend_prediction_queue',
    'tend_workers{endpoint="flight-delay"} 1',
    'tend_rollout_weight{endpoint="flight-delay",version="1"} 1',
    'tend_build_info{version="0.0.0-test"} 1',
  ]) {
    assert.ok(
      series.some((line) => line.startsWith(name)),
      name,
    );
  }
});

test('the plane of a folder is found again, and a second one is refused', async () => {
  const adopted = await adoptPlane(state.stateDir);
  assert.equal(adopted?.pid, plane.pid);
  assert.equal(adopted?.url, plane.url);
  await assert.rejects(startTestPlane(state.stateDir), (error: Error & { hint?: string }) => {
    assert.match(error.hint ?? '', /answers at/);
    return true;
  });
});

test('a plane that cannot start says why', async () => {
  const other = await planeState();
  try {
    const port = new URL(plane.url).port;
    const entry = new URL('fixtures/plane-process.ts', import.meta.url).pathname;
    await assert.rejects(
      spawnPlane({ entry, args: [other.stateDir, port, '1'], stateDir: other.stateDir }),
      (error: Error & { hint?: string }) => {
        assert.match(error.hint ?? '', /in use/);
        return true;
      },
    );
  } finally {
    await other.remove();
  }
});
