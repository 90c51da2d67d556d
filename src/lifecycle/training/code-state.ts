import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sha256 } from '../../kernel/hash.ts';

const run = promisify(execFile);

/** A diff larger than this is recorded by its hash alone. */
const DIFF_BYTES_MAX = 4 * 1024 * 1024;
const GIT_TIMEOUT_MS = 10_000;

/** The code that a run was made with: the commit, and what was changed and not committed. */
export interface CodeState {
  readonly commit: string | null;
  readonly dirty: boolean;
  /** SHA-256 of the uncommitted diff; null when there is none. */
  readonly diffHash: string | null;
  readonly diff: string | null;
}

/** State of the Git working copy that holds a folder; all null outside of one or without Git. */
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
    const diff = await git('diff', 'HEAD', '--no-ext-diff', '--no-color');
    if (diff === '') return { commit, dirty: false, diffHash: null, diff: null };
    const kept = Buffer.byteLength(diff) <= DIFF_BYTES_MAX ? diff : null;
    return { commit, dirty: true, diffHash: sha256(diff), diff: kept };
  } catch {
    // No Git, no repository, or no commit yet: there is nothing to name, and training goes on.
    return { commit: null, dirty: false, diffHash: null, diff: null };
  }
}
