import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PROGRAM = join(import.meta.dirname, '../../.venv/bin/mlflow');

/** The first start makes its tables: some 10 s of one core, more beside others. */
const START_MS = 120_000;

/** A running `mlflow server` of the newest MLflow. */
export interface RealMlflow extends AsyncDisposable {
  readonly url: string;
  /** The process that was started; those that do the work are its children. */
  readonly pid: number;
  readonly dir: string;
  /** From the spawn to the first answer. */
  readonly readyMs: number;
}

/**
 * Starts `mlflow server` with one worker, without its job runners, on SQLite in a folder of its own;
 * dispose of it to end its process group and remove the folder.
 */
export async function startRealMlflow(): Promise<RealMlflow> {
  const dir = mkdtempSync(join(tmpdir(), 'tend-real-mlflow-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const backend = `sqlite:///${join(dir, 'mlflow.db')}`;
  const stores = ['--backend-store-uri', backend, '--artifacts-destination', join(dir, 'artifacts')];
  const log = createWriteStream(join(dir, 'log'));
  await once(log, 'open');
  const started = performance.now();
  const args = ['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1', ...stores];
  const child = spawn(PROGRAM, args, {
    cwd: dir,
    // A group of its own: it is ended as a whole.
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      GIT_PYTHON_REFRESH: 'quiet',
    },
  });
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      process.kill(-child.pid, 'SIGKILL');
    await exited;
    rmSync(dir, { recursive: true, force: true });
  };
  while (!(await answers(url))) {
    if (child.exitCode === null && performance.now() - started < START_MS) {
      await delay(50);
      continue;
    }
    const said = readFileSync(join(dir, 'log'), 'utf8');
    await stop();
    throw new Error(`mlflow server did not answer:\n${said}`);
  }
  const readyMs = performance.now() - started;
  return { url, pid: child.pid ?? 0, dir, readyMs, [Symbol.asyncDispose]: stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? address.port : 0;
}
