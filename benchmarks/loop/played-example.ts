import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTend } from '../../test/tend-process.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How often the memory of the processes is looked at. */
const LOOK_MS = 1_000;

/** Memory of one process at one moment of the run. */
export interface MemorySample {
  readonly process: 'server' | 'data plane' | 'replay';
  /** Seconds since the replay began; negative before. */
  readonly s: number;
  readonly mb: number;
}

/** The flagship played to its end in a folder of its own. Disposing of it removes the folder. */
export interface PlayedExample extends Disposable {
  readonly dir: string;
  readonly exitCode: number | null;
  readonly wallS: number;
  readonly predictions: number;
  readonly replayS: number;
  readonly memory: readonly MemorySample[];
  /** What a GET of the API answers; the folder is nobody's by then. */
  readonly ask: <T>(path: string) => Promise<T>;
}

/**
 * Runs what `npm start -- --once` runs after the installation, as a user runs it: server, apply, approval,
 * replay, report. Its output is shown.
 */
export async function playExample(): Promise<PlayedExample> {
  // Inside the checkout, so that the data set and the program are found where they are for a user.
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const dir = mkdtempSync(join(ROOT, '.cache/bench-loop-'));
  cpSync(join(ROOT, 'examples/flights'), dir, {
    recursive: true,
    filter: (path) => !path.includes('/.tend') && !path.endsWith('/small'),
  });
  const started = performance.now();
  const child = spawn(process.execPath, [join(dir, 'tour.ts'), '--once'], {
    cwd: dir,
    env: { ...process.env, TEND_PORT: '0', TEND_SERVE_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  let replayFrom = Number.NaN;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    process.stdout.write(text);
    if (Number.isNaN(replayFrom) && out.includes('$ tend replay')) replayFrom = performance.now();
  });
  const seen: (Omit<MemorySample, 's'> & { readonly at: number })[] = [];
  const timer = setInterval(() => {
    const at = performance.now();
    for (const one of memoryOf(child.pid ?? 0)) seen.push({ ...one, at });
  }, LOOK_MS);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  const wallS = (performance.now() - started) / 1_000;
  const [, flights = '0', seconds = '0'] = /([\d,]+) flights in (\d+) s/.exec(out) ?? [];
  return {
    dir,
    exitCode,
    wallS,
    predictions: Number(flights.replaceAll(',', '')),
    replayS: Number(seconds),
    memory: seen.map(({ at, ...one }) => ({ ...one, s: (at - replayFrom) / 1_000 })),
    ask: async <T>(path: string) => {
      const run = await runTend(['api', 'GET', path, '--json'], { cwd: dir });
      if (run.code !== 0) throw new Error(`GET ${path}: ${run.err}${run.out}`);
      return run.data() as T;
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Resident memory of the processes below one, by what they do. */
function memoryOf(root: number): { process: MemorySample['process']; mb: number }[] {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,ppid=,rss=,args='], { encoding: 'utf8' }).split(
    '\n',
  );
  const all = lines.flatMap((line) => {
    const [, pid, parent, kb, args = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), mb: Number(kb) / 1_024, args }];
  });
  const below = new Set([root]);
  // A process stands after its parent in no promised order.
  for (let before = 0; before < below.size; ) {
    before = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  return all.flatMap(({ pid, mb, args }): { process: MemorySample['process']; mb: number }[] => {
    if (!below.has(pid) || pid === root) return [];
    if (/\breplay flights\b/.test(args)) return [{ process: 'replay', mb }];
    if (/tend\.(js|ts) up\b/.test(args)) return [{ process: 'server', mb }];
    return /serve|worker/.test(args) ? [{ process: 'data plane', mb }] : [];
  });
}
