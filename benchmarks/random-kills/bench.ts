import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFacts } from '../../test/chaos/project-facts.ts';
import { processesNaming } from '../../test/processes.ts';

/*
 * The whole flights example, killed (SIGKILL) at random moments until it has been killed often enough, then
 * left alone. Says how often it was resumed, whether what was finished stayed as it was, and whether
 * verdicts, data versions, models and releases are those of a run that nobody disturbed.
 * `node benchmarks/random-kills/bench.ts [KILLS [SEED]]`
 */

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'test/chaos/killed-apply.ts');
const KILLS_DEFAULT = 20;

/** Up to the longest step of the example, so that each of them is hit and none for ever. */
const LIFE_MS_MAX = 15_000;

const kills = Number(process.argv[2] ?? KILLS_DEFAULT);
const seed = Number(process.argv[3] ?? 7);
const next = uniform(seed);

const calm = makeProject();
const killed = makeProject();
try {
  const started = performance.now();
  await runFor(calm, undefined);
  const calmMs = performance.now() - started;
  const expected = projectFacts(join(calm, '.tend'));
  let changed = 0;
  let known = new Map<string, string>();
  const chaos = performance.now();
  let done = 0;
  while (done < kills && (await runFor(killed, next() * LIFE_MS_MAX))) {
    done += 1;
    if (!existsSync(join(killed, '.tend/tend.db'))) continue;
    const { evidence } = projectFacts(join(killed, '.tend'));
    for (const [id, hash] of known) if (evidence.get(id) !== hash) changed += 1;
    known = new Map(evidence);
  }
  await runFor(killed, undefined);
  const { outcome } = projectFacts(join(killed, '.tend'));
  const same = JSON.stringify(outcome) === JSON.stringify(expected.outcome);
  console.log(`seed ${seed}: killed ${done} times, resumed ${done} times`);
  console.log(`undisturbed ${seconds(calmMs)}, with the kills ${seconds(performance.now() - chaos)}`);
  console.log(`evidence that changed or went: ${changed} of ${known.size}`);
  console.log(
    `verdicts, data versions, models, releases and evidence as undisturbed: ${same ? 'yes' : 'NO'}`,
  );
  if (!same) console.log(JSON.stringify({ expected: expected.outcome, outcome }, null, 1));
  process.exitCode = same && changed === 0 ? 0 : 1;
} finally {
  for (const dir of [calm, killed]) {
    for (const pid of processesNaming(dir)) process.kill(pid, 'SIGKILL');
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The example in a folder of its own; its data stays where the package manager put it. */
function makeProject(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tend-kills-'));
  const example = join(ROOT, 'examples/flights');
  const names = readdirSync(example).filter((name) => /\.(sql|yaml)$/.test(name));
  for (const name of names) cpSync(join(example, name), join(dir, name));
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  return dir;
}

/** Carries the project on, for so many milliseconds at most; true when it was killed. */
async function runFor(dir: string, ms: number | undefined): Promise<boolean> {
  const child = spawn(process.execPath, [PROGRAM, dir], { stdio: ['ignore', 'ignore', 'inherit'] });
  const timer = ms === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), ms);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('exit', (...end) => resolve(end));
  });
  clearTimeout(timer);
  if (signal === null && code !== 0) throw new Error(`it ended with ${code}`);
  return signal !== null;
}

/** Uniform in [0, 1), the same for the same seed (constants of Numerical Recipes' ranqd1). */
function uniform(from: number): () => number {
  let state = from;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
