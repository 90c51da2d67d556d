import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Installation, build and the whole example: four minutes on two busy cores, and a slow registry more. */
const START_MS_MAX = 20 * 60_000;

describe('a fresh clone, with npm and the Node of the host', () => {
  let clone: string;
  let first: unknown;
  before(() => {
    clone = mkdtempSync(join(tmpdir(), 'tend-clone-'));
    execFileSync('git', ['clone', '--quiet', '--no-hardlinks', ROOT, clone]);
  });
  after(() => rmSync(clone, { recursive: true, force: true }));

  it('installs, builds and carries the example out with `npm start -- --once`', {
    timeout: START_MS_MAX,
  }, async () => {
    const run = await npmStart(clone);
    assert.equal(run.code, 0, run.output.slice(-5_000));
    assert.match(run.output, /curl/);
    first = await status(clone);
    const changed = execFileSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' });
    assert.equal(changed, '', 'a start leaves no trace in the checkout');
  });

  it('runs no stage again at a second start', { timeout: START_MS_MAX }, async () => {
    const run = await npmStart(clone);
    assert.equal(run.code, 0, run.output.slice(-5_000));
    assert.deepEqual(await status(clone), first);
  });
});

/** The environment as outside of any checkout: the Node of the host, and free ports. */
function hostEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TEND_|NODE_|npm_)/.test(name));
  const path = (process.env.PATH ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  return { ...Object.fromEntries(inherited), PATH: path.join(':'), TEND_PORT: '0', TEND_SERVE_PORT: '0' };
}

async function npmStart(cwd: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn('npm', ['start', '--', '--once'], {
    cwd,
    env: hostEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** What `tend status` says in the folder of the example: ten stages with the ids of their evidence. */
async function status(clone: string): Promise<unknown> {
  const child = spawn(join(clone, 'node_modules/.bin/tend'), ['status', '--json'], {
    cwd: join(clone, 'examples/flights'),
    env: hostEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 0);
  const { data } = JSON.parse(output);
  const stages = data.projects[0].stages as { stage: string; verdict: string }[];
  assert.equal(stages.length, 10);
  assert.ok(
    stages.every(({ verdict }) => verdict !== 'fail' && verdict !== 'running'),
    output,
  );
  return data;
}
