import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const PYTHON =
  process.platform === 'win32' ? join(ROOT, '.venv/Scripts/python.exe') : join(ROOT, '.venv/bin/python');

/** The slowest oracle takes a few seconds; a script that takes this long hangs. */
const TIMEOUT_MS = 120_000;

/**
 * Runs a Python script (source text) in the repository's virtual environment and returns the JSON value
 * that it prints, for tests that compare with another implementation.
 *
 * The script reads `input` as JSON from stdin (`json.load(sys.stdin)`); typed arrays arrive as lists, and
 * NaN as null, which `numpy.array(..., dtype=float)` turns back into NaN. The last line of its stdout is
 * the answer, so libraries may chatter before it; NaN has no spelling in JSON, so print null for it. Parse
 * the answer with a zod schema. One thread for each library: an oracle's sums must not depend on the
 * machine.
 *
 * @throws Error when the environment is missing, the script fails, or its last line is not JSON.
 */
export async function runPython(script: string, input: unknown = null): Promise<unknown> {
  if (!existsSync(PYTHON)) {
    throw new Error(
      `no Python at ${PYTHON}; make it: python3 -m venv .venv && ` +
        '.venv/bin/pip install -r test/requirements.txt',
    );
  }
  const child = spawn(PYTHON, ['-c', script], {
    timeout: TIMEOUT_MS,
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', PYTHONWARNINGS: 'ignore' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A script that never reads its input closes the pipe; the exit code tells what happened.
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(input, listOfTypedArray));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`the Python script ended with ${code ?? 'a signal'}:\n${stderr}`);
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(last) as unknown;
  } catch (cause) {
    throw new Error(`the last line of the Python script is not JSON: ${last.slice(0, 200)}`, { cause });
  }
}

function listOfTypedArray(_key: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return value;
  return Array.from(value as unknown as ArrayLike<number>);
}
