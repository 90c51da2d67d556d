import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { readRouting, type RoutingSnapshot, writeRouting } from './routing.ts';
import { routingFile } from './routing-file.ts';

const HASH = 'a'.repeat(64);
const SNAPSHOT: RoutingSnapshot = {
  format: 'tend.routing/v1',
  generation: 7,
  blobDir: '/blobs',
  featureDir: '/features',
  endpoints: [
    {
      name: 'delay',
      project: 'flights',
      state: 'serving',
      reason: null,
      throttle: null,
      tombstone: null,
      routes: [
        { releaseHash: HASH, version: '1', weight: 0.95, role: 'stable' },
        { releaseHash: 'b'.repeat(64), version: '2', weight: 0.05, role: 'candidate' },
      ],
    },
  ],
};

async function inFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tend-routing-'));
  try {
    await work(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

test('a snapshot is read as it was written, and leaves no temporary file', () =>
  inFolder(async (dir) => {
    assert.equal(await readRouting(dir), null);
    await writeRouting(dir, SNAPSHOT);
    await writeRouting(dir, { ...SNAPSHOT, generation: 8 });
    assert.deepEqual(await readRouting(dir), { ...SNAPSHOT, generation: 8 });
    assert.deepEqual(await readdir(path.join(dir, 'serve')), ['routing.json']);
  }));

test('a snapshot that no worker could serve is refused by its writer', () =>
  inFolder(async (dir) => {
    const endpoint = SNAPSHOT.endpoints[0];
    assert.ok(endpoint);
    const [stable, candidate] = endpoint.routes;
    assert.ok(stable && candidate);
    const broken: readonly RoutingSnapshot['endpoints'][] = [
      [{ ...endpoint, routes: [stable] }],
      [{ ...endpoint, routes: [stable, { ...stable, weight: 0.05 }] }],
      [{ ...endpoint, routes: [stable, { ...candidate, role: 'warm' }] }],
      [{ ...endpoint, name: '../up' }],
      [{ ...endpoint, routes: [] }],
      [{ ...endpoint, state: 'stopped', routes: [] }],
      [{ ...endpoint, throttle: { perSecond: 0 } }],
      [endpoint, endpoint],
    ];
    for (const endpoints of broken) {
      await assert.rejects(writeRouting(dir, { ...SNAPSHOT, endpoints }), { code: 'STATE_UNREADABLE' });
    }
    assert.equal(await readRouting(dir), null);
  }));

test('what an endpoint is told is optional, and one that is retired needs no route', () =>
  inFolder(async (dir) => {
    const [endpoint] = SNAPSHOT.endpoints;
    assert.ok(endpoint);
    const { name, project, routes } = endpoint;
    const gone = { name: 'gone', project, state: 'retired' as const, routes: [] };
    const tombstone = { successor: 'delay', at: 5 };
    await writeRouting(dir, {
      ...SNAPSHOT,
      endpoints: [
        { name, project, routes },
        { ...gone, tombstone },
      ],
    });
    assert.deepEqual((await readRouting(dir))?.endpoints, [
      endpoint,
      { ...gone, reason: null, throttle: null, tombstone },
    ]);
  }));

test('a file that is no snapshot is named as such', () =>
  inFolder(async (dir) => {
    await writeRouting(dir, SNAPSHOT);
    await writeFile(routingFile(dir), '{"format":');
    await assert.rejects(readRouting(dir), { code: 'STATE_UNREADABLE' });
  }));
