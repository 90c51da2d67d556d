import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TendError } from '../kernel/error.ts';
import { type PlaneFile, planeUrl, readPlaneFile } from './plane-file.ts';
import type { PlaneStatus } from './plane-status.ts';
import { routingFile } from './routing-file.ts';

/** A plane compiles its releases before it is ready; the largest took two seconds. */
const READY_WITHIN_MS = 30_000;
/** Longer than the limit of a worker's drain. */
const STOP_WITHIN_MS = 20_000;
/** Between the removal of plane.json, the last act of a plane, and the end of its process. */
const GONE_WITHIN_MS = 1_000;
const ASK_WITHIN_MS = 5_000;
const POLL_MS = 25;
/** With which the entry of a plane says that its port is taken. */
export const EXIT_PORT_IN_USE = 6;
const LOG_TAIL_CHARS = 2_000;

/** A data plane in a process of its own. */
export interface RunningPlane {
  readonly url: string;
  readonly pid: number;
  /** Process with which it ends; null for a plane that outlives whoever started it. */
  readonly endsWith: number | null;
  /** Drains it; resolves when the process has ended. */
  readonly stop: () => Promise<void>;
}

/** Which program to start, and for which state folder. */
export interface SpawnPlaneOptions {
  /** Program that calls `runPlane`, and its arguments. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly stateDir: string;
  /** The runtime; the present one unless given. */
  readonly execPath?: string;
  readonly readyWithinMs?: number;
}

/**
 * Starts a plane that outlives this process: a session of its own, its output in
 * `<stateDir>/serve/plane.log`. Resolves when it answers, and, where a routing snapshot exists, when that is
 * in force.
 * @throws PORT_IN_USE; UNAVAILABLE with the end of its log when it ends or is not ready in time; it is then
 *   killed
 */
export async function spawnPlane(options: SpawnPlaneOptions): Promise<RunningPlane> {
  const log = path.join(options.stateDir, 'serve', 'plane.log');
  mkdirSync(path.dirname(log), { recursive: true, mode: 0o700 });
  const output = openSync(log, 'a', 0o600);
  const child = spawn(options.execPath ?? process.execPath, [options.entry, ...options.args], {
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  let exitCode: number | null = null;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      exitCode = code;
      resolve(`it ended with ${signal ?? code}`);
    });
  });
  const expired = new AbortController();
  const ready = untilReady(options.stateDir, child, expired.signal);
  const limitMs = options.readyWithinMs ?? READY_WITHIN_MS;
  const late = delay(limitMs, `it is not ready after ${limitMs} ms`, { ref: false, signal: expired.signal });
  const outcome = await Promise.race([ready, ended, late.catch(() => 'the wait was given up')]);
  expired.abort();
  if (typeof outcome !== 'string') return runningPlane(options.stateDir, outcome);
  child.kill('SIGKILL');
  if (exitCode === EXIT_PORT_IN_USE) {
    throw new TendError('PORT_IN_USE', logTail(log).split('\n').at(-1) ?? '', {
      hint: 'Stop what listens there, or choose another port with --serve-port.',
    });
  }
  throw new TendError('UNAVAILABLE', `the data plane did not start: ${outcome}`, {
    hint: `The end of ${log}: ${logTail(log)}`,
  });
}

async function untilReady(stateDir: string, child: ChildProcess, signal: AbortSignal): Promise<PlaneFile> {
  while (!signal.aborted) {
    const file = await readPlaneFile(stateDir);
    if (file !== null && file.pid === child.pid) {
      const target = existsSync(routingFile(stateDir)) ? '/ready' : '/health';
      const answer = await ask(`${planeUrl(file.host, file.port)}${target}`);
      if (answer?.status === 200) return file;
    }
    await delay(POLL_MS);
  }
  throw signal.reason;
}

/** The living plane of a state folder, or null: its process lives, answers, and says that it is the one. */
export async function adoptPlane(stateDir: string): Promise<RunningPlane | null> {
  const file = await readPlaneFile(stateDir);
  if (file === null || !isAlive(file.pid)) return null;
  const answer = await ask(`${planeUrl(file.host, file.port)}/health`);
  const health = answer?.status === 200 ? (answer.body as { readonly pid?: unknown }) : null;
  return health?.pid === file.pid ? runningPlane(stateDir, file) : null;
}

/** What the plane says of itself. @throws UNAVAILABLE when it does not answer. */
export async function planeStatus(url: string): Promise<PlaneStatus> {
  const answer = await ask(`${url}/status`);
  if (answer?.status === 200) return answer.body as PlaneStatus;
  throw new TendError('UNAVAILABLE', `the data plane at ${url} does not answer with its status`);
}

function runningPlane(stateDir: string, file: PlaneFile): RunningPlane {
  return {
    url: planeUrl(file.host, file.port),
    pid: file.pid,
    endsWith: file.endsWith,
    stop: () => stopPlane(stateDir, file.pid),
  };
}

/**
 * Ends when the process is gone, or its file is and it had time to follow: in a container whose first process
 * does not collect its orphans, an ended process can be seen forever.
 */
async function stopPlane(stateDir: string, pid: number): Promise<void> {
  signalProcess(pid, 'SIGTERM');
  let leftMs = STOP_WITHIN_MS;
  while (isAlive(pid) && leftMs > 0) {
    await delay(POLL_MS);
    leftMs -= POLL_MS;
    const file = await readPlaneFile(stateDir);
    if (file?.pid !== pid) leftMs = Math.min(leftMs, GONE_WITHIN_MS);
  }
  signalProcess(pid, 'SIGKILL');
}

function isAlive(pid: number): boolean {
  return signalProcess(pid, 0);
}

/** False when there is no such process. */
function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** A GET whose answer is JSON; null when nothing answers in time. */
async function ask(url: string): Promise<{ readonly status: number; readonly body: unknown } | null> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(ASK_WITHIN_MS),
      headers: { connection: 'close' },
    });
    return { status: response.status, body: await response.json() };
  } catch {
    return null;
  }
}

function logTail(log: string): string {
  try {
    return readFileSync(log, 'utf8').slice(-LOG_TAIL_CHARS).trim();
  } catch {
    return '(none)';
  }
}
