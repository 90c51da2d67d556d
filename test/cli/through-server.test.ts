import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startTend, type TendServer } from '../tend-process.ts';
import { emptyProject, type TinyProject, tinyProject } from '../tiny-project.ts';

/** Commands that only read; each must say the same whoever carries it out. */
const READING = [
  ['status'],
  ['plan'],
  ['validate'],
  ['models', 'show', 'tiny'],
  ['endpoints', 'list'],
  ['approvals', 'list'],
  ['api', 'GET', '/status'],
  ['api', 'GET', '/projects/tiny/stages/data'],
  ['ledger', 'verify'],
  ['models', 'rollback', 'tiny'],
  ['api', 'GET', '/nothing'],
];

describe('a command through the server that owns the folder', () => {
  let project: TinyProject;
  let server: TendServer;
  const alone = new Map<string, { readonly code: number | null; readonly out: string }>();
  before(async () => {
    project = tinyProject('regression');
    assert.equal((await project.tend(['apply', '--yes'])).code, 0);
    for (const args of READING) alone.set(args.join(' '), await project.tend([...args, '--json']));
    server = await startTend(['up'], { cwd: project.dir });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });

  it('prints exactly one JSON document, the same as in process', async () => {
    for (const args of READING) {
      const name = args.join(' ');
      const run = await project.tend([...args, '--json']);
      const document = JSON.parse(run.out);
      assert.deepEqual(document, JSON.parse(alone.get(name)?.out ?? ''), name);
      assert.equal(run.code, alone.get(name)?.code, name);
      assert.equal(run.err, '', name);
      assert.equal(run.out.trimEnd().split('\n').length, 1, name);
    }
  });

  it('reaches the server by TEND_URL from anywhere', async () => {
    using elsewhere = emptyProject();
    const env = { TEND_URL: server.urls[0] ?? '' };
    const run = await elsewhere.tend(['status', '--json'], { env });
    assert.deepEqual(JSON.parse(run.out), JSON.parse(alone.get('status')?.out ?? ''));
  });

  it('applies there, is followed here, and the data plane there takes the new version up', async () => {
    project.edit('tend.yaml', 'seed: 1', 'seed: 2');
    const run = await project.tend(['apply', '--yes', '--json']);
    assert.equal(run.code, 0, run.err);
    assert.match(run.err, /^training +pass +version 2/m);
    const { items } = (await project.tend(['models', 'show', 'tiny', '--json'])).data();
    assert.deepEqual([items.length, items[0].version, items[0].aliases], [2, 2, ['champion']]);
    const { prediction: _, ...answer } = await predict(`${server.urls[1]}/predict/tiny`);
    assert.equal(answer.version, '2');
  });

  it('rolls back by one command, and the version before answers again', async () => {
    const run = await project.tend(['models', 'rollback', 'tiny', '--reason', 'too slow', '--json']);
    assert.equal(run.code, 0, run.out + run.err);
    assert.deepEqual(run.data(), { endpoint: 'tiny', version: '1', before: '2' });
    assert.equal(await versionWithin(`${server.urls[1]}/predict/tiny`, '1'), '1');
  });
});

async function predict(url: string): Promise<{ prediction: number; version: string }> {
  const body = JSON.stringify({ x1: 0.5, x2: 0.25, c: 'a' });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  assert.equal(response.status, 200);
  return (await response.json()) as { prediction: number; version: string };
}

/** Asks until the wanted version answers: workers take a new routing up within their poll. */
async function versionWithin(url: string, wanted: string): Promise<string> {
  for (let asked = 0; asked < 2_000; asked++) {
    const { version } = await predict(url);
    if (version === wanted) return version;
  }
  return 'another';
}
