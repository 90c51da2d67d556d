import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSTANCE, planeState } from './fixtures/plane-state.ts';
import { startTestPlane, testClient, until } from './fixtures/test-plane.ts';
import { planeStatus } from './plane-client.ts';

test('twenty swaps under load fail no request, and each version is reached', async () => {
  const state = await planeState();
  const releases = [await state.putRelease(1, 10), await state.putRelease(2, 20)];
  const route = (generation: number): Promise<void> => {
    const version = generation % 2;
    return state.route(generation, [
      { releaseHash: releases[version] ?? '', version: String(version + 1), weight: 1, role: 'stable' },
      { releaseHash: releases[1 - version] ?? '', version: String(2 - version), weight: 0, role: 'warm' },
    ]);
  };
  await route(0);
  const plane = await startTestPlane(state.stateDir, 2);
  const client = testClient(plane.url, 4);
  let running = true;
  try {
    const byVersion = new Map<string, Set<number>>();
    const failures: string[] = [];
    const loops = Array.from({ length: 4 }, async () => {
      while (running) {
        try {
          const { version, prediction } = await client.predict(INSTANCE);
          byVersion.set(version, (byVersion.get(version) ?? new Set()).add(prediction));
        } catch (error) {
          failures.push(String(error));
        }
      }
    });
    for (let generation = 1; generation <= 20; generation++) {
      await route(generation);
      await until('it is in force in both workers', async () => {
        return (await planeStatus(plane.url)).generation === generation;
      });
    }
    running = false;
    await Promise.all(loops);
    assert.deepEqual(failures, []);
    assert.deepEqual([...byVersion.keys()].sort(), ['1', '2']);
    for (const answers of byVersion.values()) assert.equal(answers.size, 1, 'a version gives one answer');
  } finally {
    running = false;
    client.close();
    await plane.stop();
    await state.remove();
  }
});
