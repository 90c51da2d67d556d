import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { smallFlights } from '../small-flights.ts';
import { runTend } from '../tend-process.ts';
import { assertNoProcessOf } from './kill-chain.ts';
import { projectFacts } from './project-facts.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/tend.js');

/** When Ctrl-C comes: so many milliseconds after the command has said this for the first time. */
const MOMENTS: readonly (readonly [said: string, ms: number])[] = [
  ['problem       pass', 0],
  ['data: ', 300],
  ['data: ', 700],
  ['data          pass', 0],
  ['training      pass', 0],
  ['evaluation    pass', 0],
  ['testing: ', 500],
];

test('Ctrl-C ends an apply with 130 wherever it is, and the next one goes on', async (t: TestContext) => {
  using project = await smallFlights();
  const stateDir = join(project.dir, '.tend');
  let known = new Map<string, string>();
  let log = '';
  let interrupted = 0;
  for (const [said, ms] of MOMENTS) {
    // A stage ends once: where the last Ctrl-C came after that, this moment has passed.
    if (said.includes('pass') && log.includes(said)) continue;
    const moment = `${ms} ms after ${said.trim()}`;
    const { code, err, lateMs } = await interruptedAt(project.dir, said, ms);
    log += err;
    interrupted += 1;
    assert.equal(code, 130, `${moment}: ${err}`);
    assert.match(err, /error: interrupted/);
    t.diagnostic(`${moment}: it ended ${lateMs.toFixed(0)} ms later`);
    const { evidence } = projectFacts(stateDir);
    for (const [id, hash] of known) assert.equal(evidence.get(id), hash);
    known = new Map(evidence);
    await assertNoProcessOf(project.dir);
  }
  assert.ok(interrupted >= 4);
  const run = await runTend(['apply', '--yes', '--json'], { cwd: project.dir });
  assert.equal(run.code, 0, run.err);
  assert.match(run.data().waiting, /approval by ml-lead/);
  const kinds = projectFacts(stateDir).outcome.evidence;
  const whole = kinds.filter((line) => line.startsWith('testing ')).length;
  assert.equal(whole, 8, 'each kind of test left one piece of evidence');
});

async function interruptedAt(dir: string, said: string, ms: number) {
  const child = spawn(process.execPath, [PROGRAM, 'apply', '--yes'], {
    cwd: dir,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  let at: number | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    if (at !== undefined || !err.includes(said)) return;
    at = performance.now() + ms;
    setTimeout(() => child.kill('SIGINT'), ms);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  assert.ok(at !== undefined, `it never said ${said}: ${err}`);
  return { code, err, lateMs: performance.now() - at };
}
