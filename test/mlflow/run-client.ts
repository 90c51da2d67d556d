import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTend, type TendServer } from '../tend-process.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Virtual environments by the MLflow in them. */
const VENVS = { newest: '.venv', older: '.venv-older' } as const;

/** A flow trains a model and may start on a machine that is busy. */
const TIMEOUT_MS = 110_000;

/** A fresh server on a free port, for clients that point `MLFLOW_TRACKING_URI` at it. */
export interface MlflowServer extends AsyncDisposable {
  readonly url: string;
  readonly server: TendServer;
  readonly dir: string;
}

/** Starts `tend up` in an empty folder, without a data plane. */
export async function startMlflowServer(env: Readonly<Record<string, string>> = {}): Promise<MlflowServer> {
  const dir = mkdtempSync(join(tmpdir(), 'tend-mlflow-'));
  const server = await startTend(['up', '--no-serve', '--dir', dir], { cwd: dir, env });
  return {
    url: server.urls[0] ?? '',
    server,
    dir,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/**
 * Runs a Python script (source text) with the official client and returns the JSON value in the last line
 * that it prints. `client`, `mlflow`, `MlflowException` are there; retries are few, so that a 5xx fails soon.
 * @throws Error with what it wrote when it fails
 */
export async function runClient(
  url: string,
  script: string,
  options: { readonly venv?: keyof typeof VENVS; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ReturnType<typeof JSON.parse>> {
  const python = join(ROOT, VENVS[options.venv ?? 'newest'], 'bin/python');
  const start =
    'import json, os, sys, math, mlflow\nfrom mlflow import MlflowClient\n' +
    'from mlflow.exceptions import MlflowException\nclient = MlflowClient()\n';
  const child = spawn(python, ['-c', start + script], {
    timeout: TIMEOUT_MS,
    env: {
      ...process.env,
      MLFLOW_TRACKING_URI: url,
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
      GIT_PYTHON_REFRESH: 'quiet',
      OMP_NUM_THREADS: '1',
      PYTHONWARNINGS: 'ignore',
      ...options.env,
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`the client ended with ${code ?? 'a signal'}:\n${stderr}${stdout}`);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}
