import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { INSTANCE, planeState, type PlaneState } from './fixtures/plane-state.ts';
import { ENTRY, startTestPlane, testClient, until } from './fixtures/test-plane.ts';
import { adoptPlane, planeStatus, spawnPlane } from './plane-client.ts';
import { readSegments } from './read-segments.ts';

async function routedState(): Promise<PlaneState> {
  const state = await planeState();
  const releaseHash = await state.putRelease(1, 10);
  await state.route(1, [{ releaseHash, version: '1', weight: 1, role: 'stable' }]);
  return state;
}

async function recordedIds(state: PlaneState): Promise<string[]> {
  const ids: string[] = [];
  for await (const record of readSegments(`${state.stateDir}/segments`)) ids.push(record.id);
  return ids;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a killed worker loses no acknowledged prediction, and another one answers', async () => {
  const state = await routedState();
  const plane = await startTestPlane(state.stateDir);
  const client = testClient(plane.url, 4);
  let running = true;
  try {
    const acknowledged: string[] = [];
    const loops = Array.from({ length: 4 }, async () => {
      while (running) {
        // What was in flight when the worker died fails; the client is told so.
        const answer = await client.predict(INSTANCE).catch(() => undefined);
        if (answer !== undefined) acknowledged.push(answer.id);
      }
    });
    for (let killed = 0; killed < 2; killed++) {
      const before = acknowledged.length;
      await until('predictions are answered', () => acknowledged.length > before + 50);
      const worker = (await planeStatus(plane.url)).workers[0];
      assert.ok(worker !== undefined);
      process.kill(worker.pid, 'SIGKILL');
      await until('it is gone', () => !isAlive(worker.pid));
    }
    const before = acknowledged.length;
    await until('a new worker answers', () => acknowledged.length > before + 50);
    running = false;
    await Promise.all(loops);
    const recorded = await recordedIds(state);
    const known = new Set(recorded);
    assert.equal(known.size, recorded.length, 'an id stands twice in the segments');
    assert.deepEqual(
      acknowledged.filter((id) => !known.has(id)),
      [],
    );
    const [release] = Object.values((await planeStatus(plane.url)).endpoints['flight-delay'] ?? {});
    assert.ok((release?.predictions ?? 0) <= recorded.length);
    assert.ok((release?.predictions ?? 0) > acknowledged.length * 0.5, 'counts of killed workers are kept');
  } finally {
    running = false;
    client.close();
    await plane.stop();
    await state.remove();
  }
});

test('the plane outlives a kill of the process that started it, and is adopted by the next', async () => {
  const state = await routedState();
  const spawner = spawn(process.execPath, [
    fileURLToPath(new URL('fixtures/plane-spawner.ts', import.meta.url)),
    state.stateDir,
  ]);
  const [said] = (await once(spawner.stdout, 'data')) as [Buffer];
  const [url = ''] = said.toString('utf8').trim().split(' ');
  const client = testClient(url);
  try {
    await client.predict(INSTANCE);
    spawner.kill('SIGKILL');
    await once(spawner, 'exit');
    for (let n = 0; n < 20; n++) await client.predict(INSTANCE);
    const adopted = await adoptPlane(state.stateDir);
    assert.equal(adopted?.url, url);
    await adopted?.stop();
    assert.equal(await adoptPlane(state.stateDir), null);
    assert.equal((await recordedIds(state)).length, 21);
  } finally {
    client.close();
    await (await adoptPlane(state.stateDir))?.stop();
    await state.remove();
  }
});

test('a stop answers every request that was sent, and ends', async () => {
  const state = await routedState();
  const plane = await startTestPlane(state.stateDir, 2);
  const client = testClient(plane.url, 24);
  let refused = 0;
  try {
    const failures: string[] = [];
    let answered = 0;
    const loops = Array.from({ length: 24 }, async () => {
      while (refused === 0) {
        try {
          await client.predict(INSTANCE);
          answered++;
        } catch (error) {
          // Once nothing listens any more a client is refused before it has sent anything.
          if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') refused++;
          else failures.push(String(error));
        }
      }
    });
    await until('load is on', () => answered > 200);
    await plane.stop();
    await Promise.all(loops);
    assert.deepEqual(failures, []);
    assert.equal((await recordedIds(state)).length, answered);
    assert.equal(isAlive(plane.pid), false);
  } finally {
    refused++;
    client.close();
    await state.remove();
  }
});

test('workers end when their supervisor is killed', async () => {
  const state = await routedState();
  const plane = await startTestPlane(state.stateDir, 2);
  try {
    await until('both workers answer', async () => (await planeStatus(plane.url)).workers.length === 2);
    const { workers } = await planeStatus(plane.url);
    process.kill(plane.pid, 'SIGKILL');
    await until('the workers are gone', () => workers.every(({ pid }) => !isAlive(pid)));
    assert.equal(await adoptPlane(state.stateDir), null);
  } finally {
    await state.remove();
  }
});

test('where no more can be recorded the answer is 503, and what was answered is recorded', async () => {
  const state = await routedState();
  // A limit on the size of a file stands in for a full disk: 128 blocks of 512 bytes.
  const script = 'ulimit -f 128; exec "$0" "$@"';
  const args = [script, process.execPath, ENTRY, state.stateDir, '0', '1'];
  const plane = await spawnPlane({ execPath: '/bin/sh', entry: '-c', args, stateDir: state.stateDir });
  const client = testClient(plane.url);
  try {
    const acknowledged: string[] = [];
    let refusals = 0;
    for (let n = 0; refusals < 20; n++) {
      assert.ok(n < 2_000, 'the limit was never met');
      const answer = await client.post('/predict/flight-delay', JSON.stringify(INSTANCE));
      if (answer.status === 200) acknowledged.push(JSON.parse(answer.text).id);
      else {
        refusals++;
        assert.equal(answer.status, 503, answer.text);
        assert.equal(JSON.parse(answer.text).code, 'DISK_FULL');
        assert.equal(answer.headers['retry-after'], '1');
      }
    }
    assert.ok(acknowledged.length > 50);
    assert.deepEqual(await recordedIds(state), acknowledged);
  } finally {
    client.close();
    await plane.stop();
    await state.remove();
  }
});
