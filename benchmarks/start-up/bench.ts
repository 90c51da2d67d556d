import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

// `tend up` on an empty folder: from the spawn of the program to the first answer of /ready on both planes,
// and resident memory of each process after it has rested. Peer: a bare `node -e` HTTP server, the least
// there is. Each start is a new folder; the compile cache is warm, as it is for a user from the second start
// on.

const STARTS = 7;
const REST_MS = 2_000;
const TEND = fileURLToPath(new URL('../../bin/tend.js', import.meta.url));
const BARE =
  'require("http").createServer((q,s)=>s.end("ok")).listen(0,"127.0.0.1",' +
  'function(){console.log("ready: http://127.0.0.1:"+this.address().port)})';

interface Start {
  readonly control: number;
  readonly both: number;
  readonly memory: readonly { readonly what: string; readonly mib: number }[];
}

const starts: Start[] = [];
for (let i = 0; i <= STARTS; i++) {
  const start = await measure();
  // The first one fills the compile cache and does not count.
  if (i > 0) starts.push(start);
}
const bare = await measureBare();
console.log(
  `control plane answers   median ${median(starts.map((s) => s.control))} ms (bare node:http ${bare} ms)`,
);
console.log(`both planes answer      median ${median(starts.map((s) => s.both))} ms`);
for (const { what, mib } of starts.at(-1)?.memory ?? [])
  console.log(`idle memory ${what.padEnd(20)} ${mib.toFixed(0)} MiB`);

async function measure(): Promise<Start> {
  const folder = mkdtempSync(join(tmpdir(), 'tend-bench-'));
  const started = performance.now();
  const server = spawn(process.execPath, [TEND, 'up', '--port', '0', '--serve-port', '0'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lock = join(folder, '.tend');
  const line = await readLine(server.stdout);
  const both = performance.now() - started;
  const [, url = ''] = /ready: (\S+?),/.exec(line) ?? [];
  await (await fetch(`${url}/ready`)).text();
  await delay(REST_MS);
  const plane = JSON.parse(readFileSync(join(lock, 'serve', 'plane.json'), 'utf8')) as { pid: number };
  const memory = [
    { what: 'control plane', mib: residentMib(server.pid ?? 0) },
    { what: 'serving supervisor', mib: residentMib(plane.pid) },
    ...children(plane.pid).map((pid) => ({ what: 'serving worker', mib: residentMib(pid) })),
  ];
  server.kill('SIGTERM');
  await once(server, 'exit');
  rmSync(folder, { recursive: true, force: true });
  return { control: await measureControl(), both: Math.round(both), memory };
}

/** Without the data plane: the program, its folder and its listener alone. */
async function measureControl(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tend-bench-'));
  const started = performance.now();
  const server = spawn(process.execPath, [TEND, 'up', '--port', '0', '--no-serve'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = await readLine(server.stdout);
  const [, url = ''] = /ready: ([^\s,;]+)/.exec(line) ?? [];
  await (await fetch(`${url}/ready`)).text();
  const elapsed = Math.round(performance.now() - started);
  server.kill('SIGTERM');
  await once(server, 'exit');
  rmSync(folder, { recursive: true, force: true });
  return elapsed;
}

async function measureBare(): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const started = performance.now();
    const server = spawn(process.execPath, ['-e', BARE], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [, url = ''] = /ready: (\S+)/.exec(await readLine(server.stdout)) ?? [];
    await (await fetch(url)).text();
    times.push(Math.round(performance.now() - started));
    server.kill('SIGKILL');
  }
  return median(times);
}

async function readLine(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text;
}

function children(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function residentMib(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
