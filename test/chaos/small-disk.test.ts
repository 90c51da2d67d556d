// needs: mounts
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyProject } from '../tiny-project.ts';
import { onSmallDisk } from './small-disk.ts';

test('without room on disk a command says so, and the one after goes on when there is some', async () => {
  using project = tinyProject('regression');
  const apply = ['apply', '--yes'];
  const sizes = ['16k', '600k', '900k', '1200k', '1600k', '100m'];
  const runs = await onSmallDisk(project.dir, [
    ...sizes.map((size) => ({ remount: `size=${size}`, args: apply })),
    { remount: 'size=100m', args: ['ledger', 'verify'] },
  ]);
  const verified = runs.pop();
  const last = runs.pop();
  const full = runs.filter(({ code }) => code !== 0);
  assert.ok(full.length >= 3, 'the disk was too large to be full');
  for (const { code, error } of full) {
    assert.deepEqual([code, error?.code], [1, 'DISK_FULL'], error?.message ?? '');
    assert.match(error?.message ?? '', /room|space/);
  }
  assert.equal(last?.code, 0, last?.error?.message ?? '');
  const verdicts = last?.data.stages.slice(0, 6).map((stage: { verdict: string }) => stage.verdict);
  assert.deepEqual(
    verdicts,
    Array.from({ length: 6 }, () => 'pass'),
  );
  assert.equal(verified?.code, 0);
});

test('on a read-only disk a command says so and what to do, and goes on when it can be written', async () => {
  using project = tinyProject('regression');
  const apply = ['apply', '--yes'];
  const runs = await onSmallDisk(project.dir, [
    { remount: 'ro', args: apply },
    { remount: 'rw,size=100m', args: apply },
    { remount: 'ro', args: ['models', 'rollback', 'tiny'] },
    { remount: 'rw', args: ['status'] },
  ]);
  assert.deepEqual(
    runs.map(({ code, error }) => [code, error?.code]),
    [
      [1, 'STATE_READ_ONLY'],
      [0, undefined],
      [1, 'STATE_READ_ONLY'],
      [0, undefined],
    ],
  );
});
