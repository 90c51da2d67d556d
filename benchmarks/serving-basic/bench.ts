import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { exportTrees } from '../../src/decide/onnx/export-trees.ts';
import type { ReleaseManifest } from '../../src/decide/release.ts';
import type { Tree } from '../../src/learn/trees/tree-model.ts';
import { planeStatus, spawnPlane } from '../../src/serve/plane-client.ts';
import { writeRouting } from '../../src/serve/routing.ts';
import { openBlobStore } from '../../src/store/blob.ts';

// One plane with one worker, 100 trees of 31 leaves over 20 numbers, every prediction recorded in its
// segment, beside bare `node:http` that answers a constant. CPU time is user + system of the worker
// process over the run, from /proc, so it holds on a busy machine; latencies do not. Each case is run
// three times, the least is told.

const SECONDS = 3;
const REPEATS = 3;
const FIELDS = 20;
const CASES = [
  { name: '1 row, c=1', rows: 1, connections: 1 },
  { name: '1 row, c=16', rows: 1, connections: 16 },
  { name: '1 row, c=64', rows: 1, connections: 64 },
  { name: '100 rows, c=4', rows: 100, connections: 4 },
];

interface Load {
  readonly requests: number;
  readonly failures: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A complete tree of 31 leaves with thresholds and values that differ by tree. */
function tree(index: number): Tree {
  const nodes = 61;
  const inner = 30;
  const one = {
    feature: new Int32Array(nodes).fill(-1),
    threshold: new Float32Array(nodes),
    missingLeft: new Uint8Array(nodes),
    left: new Int32Array(nodes).fill(-1),
    right: new Int32Array(nodes).fill(-1),
    value: new Float64Array(nodes),
    cover: new Float64Array(nodes).fill(1),
  };
  for (let node = 0; node < nodes; node++) {
    if (node >= inner) {
      one.value[node] = ((node * 37 + index * 101) % 199) / 1_000 - 0.1;
      continue;
    }
    one.feature[node] = (node * 7 + index * 3) % FIELDS;
    one.threshold[node] = ((node * 13 + index * 29) % 100) / 100;
    one.left[node] = 2 * node + 1;
    one.right[node] = 2 * node + 2;
  }
  return one;
}

async function writeState(stateDir: string): Promise<void> {
  const names = Array.from({ length: FIELDS }, (_, i) => `x${i}`);
  const inputs = names.map((name) => ({ name, type: 'number' as const }));
  const trees = Array.from({ length: 100 }, (_, i) => tree(i));
  const blobs = openBlobStore(path.join(stateDir, 'blobs'));
  const model = exportTrees(
    { kind: 'trees', objective: 'binary', base: 0, features: names, trees },
    { inputs, encodings: {} },
  );
  const manifest: ReleaseManifest = {
    format: 'tend.release/v1',
    id: 'rel_bench',
    project: 'bench',
    model: 'bench',
    version: 1,
    kind: 'classification',
    target: 'y',
    modelBlob: (await blobs.put(model)).hash,
    fields: names.map((name) => ({ name, type: 'number', nullable: false })),
    features: names.map((name) => ({ name, type: 'number', expression: { kind: 'field', name } })),
    eventTime: null,
    tables: [],
    inputs,
    codeCommit: null,
    specHash: '0'.repeat(64),
    key: null,
  };
  const releaseHash = (await blobs.put(Buffer.from(JSON.stringify(manifest)))).hash;
  await writeRouting(stateDir, {
    format: 'tend.routing/v1',
    generation: 1,
    blobDir: path.join(stateDir, 'blobs'),
    featureDir: path.join(stateDir, 'features'),
    endpoints: [
      { name: 'bench', project: 'bench', routes: [{ releaseHash, version: '1', weight: 1, role: 'stable' }] },
    ],
  });
}

function bodyOf(rows: number): string {
  const instances = Array.from({ length: rows }, (_row, row) =>
    Object.fromEntries(
      Array.from({ length: FIELDS }, (_field, i) => [`x${i}`, ((row * 31 + i * 17) % 97) / 97]),
    ),
  );
  return JSON.stringify(rows === 1 ? instances[0] : { instances });
}

/** Microseconds of user and system time that a process has used (Linux: 100 ticks a second). */
function cpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function load(url: string, connections: number, seconds: number, body: string): Promise<Load> {
  const args = [path.join(import.meta.dirname, 'load.ts'), url, String(connections), String(seconds), body];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

async function measure(label: string, url: string, pid: number): Promise<void> {
  for (const { name, rows, connections } of CASES) {
    const body = bodyOf(rows);
    await load(url, connections, 1, body);
    const runs: (Load & { readonly cpu: number })[] = [];
    for (let i = 0; i < REPEATS; i++) {
      const before = cpuUs(pid);
      const run = await load(url, connections, SECONDS, body);
      runs.push({ ...run, cpu: (cpuUs(pid) - before) / run.requests });
    }
    const least = (pick: (run: (typeof runs)[number]) => number): number => Math.min(...runs.map(pick));
    const failures = runs.reduce((sum, run) => sum + run.failures, 0);
    console.log(
      `${label.padEnd(16)} ${name.padEnd(14)} CPU ${least((run) => run.cpu)
        .toFixed(0)
        .padStart(5)} µs/request` +
        `   p50 ${least((run) => run.p50Ms).toFixed(2)} ms   p99 ${least((run) => run.p99Ms).toFixed(2)} ms` +
        `   ${Math.max(...runs.map((run) => run.perSecond)).toFixed(0)} requests/s   ${failures} failed`,
    );
  }
}

const stateDir = await mkdtemp(path.join(tmpdir(), 'tend-bench-'));
await writeState(stateDir);
const entry = path.join(import.meta.dirname, '../../src/serve/fixtures/plane-process.ts');
const startedAt = performance.now();
const plane = await spawnPlane({ entry, args: [stateDir, '0', '1'], stateDir });
console.log(`ready after ${(performance.now() - startedAt).toFixed(0)} ms`);
const bare = spawn(process.execPath, [path.join(import.meta.dirname, 'bare-listener.ts')]);
try {
  const [port] = (await once(bare.stdout, 'data')) as [Buffer];
  await measure('bare node:http', `http://127.0.0.1:${port.toString('utf8').trim()}/`, bare.pid ?? 0);
  const worker = (await planeStatus(plane.url)).workers[0]?.pid ?? 0;
  await measure('tend', `${plane.url}/predict/bench`, worker);
} finally {
  bare.kill();
  await plane.stop();
  await rm(stateDir, { recursive: true });
}
