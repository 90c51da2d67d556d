import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { exportLedger } from '../../src/store/ledger.ts';
import { verifyLedger } from '../../src/store/ledger-verify.ts';
import { openSqlite } from '../../src/store/open-sqlite.ts';
import { systemPorts } from '../ports.ts';
import { processesNaming, until } from '../processes.ts';
import { type ProjectFacts, projectFacts } from './project-facts.ts';

const PROGRAM = fileURLToPath(new URL('./killed-apply.ts', import.meta.url));

/** A chain that does not end by itself kills at the same place again and again. */
const RESTARTS_MAX = 400;

/** How a process ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a Node program to its end. */
export async function runNode(
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<ChildEnd> {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('exit', (code, signal) => resolve([code, signal]));
  });
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, signal, stdout, stderr };
}

/** Carries out the project of a folder without any kill. */
export async function undisturbed(dir: string): Promise<ProjectFacts> {
  const end = await runNode([PROGRAM, dir]);
  assert.deepEqual(JSON.parse(end.stdout || 'null')?.state, 'done', end.stderr + end.stdout);
  return projectFacts(join(dir, '.tend'));
}

/** What a chain of kills came to. */
export interface ChainEnd {
  readonly facts: ProjectFacts;
  /** Where a process was killed, in this order. */
  readonly points: readonly string[];
}

/**
 * Carries out the project of a folder by processes each of which kills itself at the next commit, before or
 * after it, at which none was killed yet; `only` is a regular expression of the commits that count. After
 * each, what was finished before must be as it was.
 */
export async function killChain(dir: string, name: string, only = ''): Promise<ChainEnd> {
  const stateDir = join(dir, '.tend');
  const points = `killed-${name}`;
  const pointsFile = join(dir, points);
  let before: ProjectFacts | undefined;
  for (let restart = 0; restart < RESTARTS_MAX; restart++) {
    const end = await runNode([PROGRAM, dir, points, only]);
    const facts = existsSync(join(stateDir, 'tend.db')) ? projectFacts(stateDir) : undefined;
    if (before !== undefined && facts !== undefined) assertKept(before, facts, lastPoint(pointsFile));
    before = facts;
    if (end.signal === 'SIGKILL') continue;
    assert.equal(end.code, 0, end.stderr);
    assert.deepEqual(JSON.parse(end.stdout).state, 'done', `${end.stdout} after ${lastPoint(pointsFile)}`);
    assert(facts !== undefined);
    return { facts, points: readFileSync(pointsFile, 'utf8').trim().split('\n') };
  }
  throw new Error(`the chain did not end after ${RESTARTS_MAX} kills; the last was ${lastPoint(pointsFile)}`);
}

function lastPoint(file: string): string {
  return existsSync(file) ? (readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '') : '';
}

function assertKept(before: ProjectFacts, after: ProjectFacts, point: string): void {
  for (const [id, hash] of before.evidence)
    assert.equal(after.evidence.get(id), hash, `evidence ${id}, killed ${point}`);
  for (const [step, result] of before.finished) {
    assert.equal(after.finished.get(step), result, `step ${step}, killed ${point}`);
  }
}

/** The ledger of a folder holds from its first entry to its last. */
export async function assertLedgerHolds(stateDir: string): Promise<void> {
  const db = await openSqlite({ path: join(stateDir, 'tend.db'), clock: systemPorts.clock });
  try {
    const check = await verifyLedger(exportLedger(db));
    assert(check.ok, JSON.stringify(check));
  } finally {
    await db.close();
  }
}

/** No process works for the folder any more, not even one that outlived its parent. */
export async function assertNoProcessOf(dir: string): Promise<void> {
  await until(`no process names ${dir}`, () => processesNaming(dir).length === 0);
}

/** Somebody was killed both before and after each of these commits. */
export function assertKilledAt(points: readonly string[], commits: readonly string[]): void {
  const wanted = commits.flatMap((commit) => [`before ${commit}`, `after ${commit}`]);
  const missing = wanted.filter((point) => !points.includes(point));
  assert.deepEqual(missing, []);
}
