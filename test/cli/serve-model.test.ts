import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startTend } from '../tend-process.ts';
import { emptyProject, TINY_REQUEST, type TinyProject, tinyProject } from '../tiny-project.ts';

describe('tend serve MODEL', () => {
  let project: TinyProject;
  before(async () => {
    project = tinyProject('classification');
    assert.equal((await project.tend(['apply', '--yes'])).code, 0);
    const { items } = (await project.tend(['models', 'show', 'tiny', '--json'])).data();
    const hash = items[0].modelBlob as string;
    const blob = join(project.dir, '.tend/blobs/sha256', hash.slice(0, 2), hash.slice(2, 4), hash);
    cpSync(blob, join(project.dir, 'Late Flights.onnx'));
  });
  after(() => project[Symbol.dispose]());

  it('answers like the deployed model, without a database, under the base name of the file', async () => {
    using folder = emptyProject();
    cpSync(join(project.dir, 'Late Flights.onnx'), join(folder.dir, 'Late Flights.onnx'));
    await using alone = await startTend(['serve', 'Late Flights.onnx'], { cwd: folder.dir });
    await using server = await startTend(['up'], { cwd: project.dir });
    assert.match(alone.ready, /^late-flights answers at http:\/\/127\.0\.0\.1:\d+\/predict\/late-flights$/);
    const own = await predict(`${alone.urls[0]}/predict/late-flights`);
    const deployed = await predict(`${server.urls[1]}/predict/tiny`);
    assert.equal(typeof own.prediction, 'number');
    assert.equal(own.prediction, deployed.prediction);
    assert.deepEqual([own.version, own.endpoint], ['1', 'late-flights']);
    assert.deepEqual(readdirSync(folder.dir), ['Late Flights.onnx'], 'nothing is left beside it');
    assert.equal(await alone.stop('SIGINT'), 0);
  });

  it('takes another name, and keeps the prediction log where it is told', async () => {
    const args = ['serve', 'Late Flights.onnx', '--name', 'late', '--log', 'log', '--serve-port', '0'];
    await using alone = await startTend(args, { cwd: project.dir });
    await predict(`${alone.urls[0]}/predict/late`);
    assert.equal(await alone.stop(), 0);
    const log = readdirSync(join(project.dir, 'log'), { recursive: true }).map(String);
    assert.ok(
      log.some((path) => /predictions|segments?/.test(path)),
      log.join(' '),
    );
  });

  it('refuses what is no model in one message each, and leaves no folder behind', async () => {
    using temporary = emptyProject();
    const env = { TEND_SERVE_PORT: '0', TMPDIR: temporary.dir };
    mkdirSync(join(project.dir, 'folder'), { recursive: true });
    project.write('text.onnx', 'x1,x2\n1,2\n');
    const cases: [string[], number, RegExp][] = [
      [['gone.onnx'], 4, /^error: there is no file \S+gone\.onnx\n/],
      [['folder'], 2, /^error: expected an ONNX file, \S+folder is a folder\n/],
      [['text.onnx'], 2, /^error: this is no ONNX model that can be read: /],
      [['Late Flights.onnx', '--name', '../x'], 2, /^error: --name \.\.\/x: expected lower-case words/],
      [['Late Flights.onnx', '--serve-port', '70000'], 2, /^error: --serve-port: expected a port from 0/],
    ];
    for (const [args, code, message] of cases) {
      const run = await project.tend(['serve', ...args], { env });
      assert.equal(run.code, code, run.err);
      assert.match(run.err, message);
      assert.match(run.err, /\nfix: [^\n]+\n$/);
    }
    assert.deepEqual(readdirSync(temporary.dir), []);
  });
});

async function predict(url: string): Promise<{ prediction: number; version: string; endpoint: string }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(TINY_REQUEST) });
  assert.equal(response.status, 200);
  return (await response.json()) as Awaited<ReturnType<typeof predict>>;
}
