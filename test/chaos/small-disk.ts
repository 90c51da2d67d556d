import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/tend.js', import.meta.url));

/** A command on a small disk: how the disk is mounted anew before it, and its arguments. */
export interface DiskStep {
  /** Options of `mount -o remount`, such as `size=800k` or `ro`. */
  readonly remount: string;
  readonly args: readonly string[];
}

/** How a command ended, and the one JSON document that it printed. */
export interface DiskRun {
  readonly code: number;
  readonly data: ReturnType<typeof JSON.parse>;
  readonly error: { readonly code: string; readonly message: string } | undefined;
}

/**
 * Runs commands one after another in `dir`, with its state folder on a disk of its own in memory, which
 * nobody else sees and which is gone afterwards.
 */
export async function onSmallDisk(dir: string, steps: readonly DiskStep[]): Promise<DiskRun[]> {
  const lines = steps.flatMap(({ remount, args }) => [
    `mount -o remount,${remount} .tend`,
    `"$0" "$1" ${args.join(' ')} --json 2>/dev/null`,
    'echo "code $?"',
  ]);
  const script = ['mkdir -p .tend', 'mount -t tmpfs -o size=16k tmpfs .tend', ...lines].join('\n');
  const args = ['--map-root-user', '--mount', 'sh', '-c', script, process.execPath, PROGRAM];
  const child = spawn('unshare', args, { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
  const printed = (await text(child.stdout)).trimEnd().split('\n');
  const codes = printed.flatMap((line) => /^code (\d+)$/.exec(line)?.[1] ?? []).map(Number);
  const documents = printed.filter((line) => !line.startsWith('code ')).map((line) => JSON.parse(line));
  if (codes.length !== steps.length || documents.length !== steps.length) throw new Error(printed.join('\n'));
  return codes.map((code, i) => ({ code, data: documents[i].data, error: documents[i].error }));
}
