import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sha256 } from '../../kernel/hash.ts';

const run = promisify(execFile);

/** A diff larger than this is recorded by its hash alone. */
const DIFF_BYTES_MAX = 4 * 1024 * 1024;
const GIT_TIMEOUT_MS = 10_000;

/** Files that Git does not know: code is smaller and fewer; of others the name and the size are recorded. */
const UNKNOWN_BYTES_MAX = 1024 * 1024;
const UNKNOWN_FILES_MAX = 500;

/** The code that a run was made with: the commit, and what was changed or added and not committed. */
export interface CodeState {
  readonly commit: string | null;
  readonly dirty: boolean;
  /** SHA-256 of the uncommitted diff; null when there is none. */
  readonly diffHash: string | null;
  readonly diff: string | null;
}

/**
 * State of the Git working copy that holds a folder; all null outside of one or without Git. What Git does
 * not know counts where it lies in the folder and is not ignored: a new file is code as much as a changed
 * one.
 */
export async function codeState(folder: string): Promise<CodeState> {
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('git', ['-C', folder, ...args], {
      maxBuffer: 64 * 1024 * 1024,
      timeout: GIT_TIMEOUT_MS,
    });
    return stdout;
  };
  try {
    const commit = (await git('rev-parse', 'HEAD')).trim();
    const changed = await git('diff', 'HEAD', '--no-ext-diff', '--no-textconv', '--no-color');
    const unknown = await git('ls-files', '--others', '--exclude-standard', '-z');
    const diff = changed + (await describeFiles(folder, unknown.split('\0').filter(Boolean)));
    if (diff === '') return { commit, dirty: false, diffHash: null, diff: null };
    const kept = Buffer.byteLength(diff) <= DIFF_BYTES_MAX ? diff : null;
    return { commit, dirty: true, diffHash: sha256(diff), diff: kept };
  } catch {
    // No Git, no repository, or no commit yet: there is nothing to name, and training goes on.
    return { commit: null, dirty: false, diffHash: null, diff: null };
  }
}

/** A line for each file with the hash of its content. */
async function describeFiles(folder: string, paths: readonly string[]): Promise<string> {
  const lines = paths.slice(0, UNKNOWN_FILES_MAX).map(async (path) => {
    return `not in Git: ${path} ${await describeContent(join(folder, path))}\n`;
  });
  const more = paths.length - lines.length;
  return (await Promise.all(lines)).join('') + (more > 0 ? `not in Git: ${more} more\n` : '');
}

async function describeContent(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    return size > UNKNOWN_BYTES_MAX ? `${size} bytes` : sha256(await readFile(path));
  } catch {
    // A working copy inside this one, a link to nowhere, or gone by now.
    return 'is no file that can be read';
  }
}
