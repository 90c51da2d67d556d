import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { getCompileCacheDir } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, ERRORS, TendError } from '../kernel/error.ts';
import { checkReport, type Rehearse } from '../lifecycle/decommissioning/index.ts';

/** The program itself, as TypeScript in a checkout and as JavaScript in the package. */
const ENTRY = fileURLToPath(
  new URL(`./tend${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

/** A project of some twenty versions with a thousand predictions each takes a minute. */
const REHEARSAL_WITHIN_MS = 10 * 60_000;
const ERROR_CHARS = 2_000;

/**
 * Rehearses a restore as whoever finds the archive years later would do it: a new process in an empty folder,
 * with a copy of the file, without our environment, and with a state folder that does not exist.
 */
export const rehearseInProcess: Rehearse = async (archivePath, signal) => {
  const dir = await mkdtemp(join(tmpdir(), 'tend-rehearsal-'));
  try {
    await copyFile(archivePath, join(dir, 'archive.tar'));
    const work = join(dir, 'work');
    await mkdir(work);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(REHEARSAL_WITHIN_MS)]);
    const out = await runRestore(dir, work, limit);
    const { data, error } = parse(out.stdout);
    if (error !== undefined) throw refused(error);
    const report = checkReport.safeParse((data as { readonly check?: unknown } | undefined)?.check);
    if (report.success) return report.data;
    throw new TendError('UNAVAILABLE', `the process that restores the archive ended with ${out.code}`, {
      hint: out.stderr.slice(-ERROR_CHARS),
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};

async function runRestore(
  cwd: string,
  work: string,
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const cache = getCompileCacheDir();
  const child = spawn(process.execPath, [ENTRY, 'archive', 'restore', 'archive.tar', '--check', '--json'], {
    cwd,
    env: {
      TMPDIR: work,
      HOME: work,
      TEND_DIR: join(work, 'state'),
      ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  try {
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr };
  } catch (cause) {
    signal.throwIfAborted();
    throw new TendError('UNAVAILABLE', 'the process that restores the archive could not run', { cause });
  }
}

type Answer = {
  readonly data?: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
};

function parse(stdout: string): Answer {
  try {
    return JSON.parse(stdout) as Answer;
  } catch {
    return {};
  }
}

function refused({ code, message, hint }: NonNullable<Answer['error']>): TendError {
  const known = (code in ERRORS ? code : 'INTERNAL') as ErrorCode;
  return new TendError(known, `the archive could not be restored: ${message}`, { hint });
}
