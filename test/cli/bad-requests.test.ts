import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { startTend, type TendServer } from '../tend-process.ts';
import { TINY_REQUEST, type TinyProject, tinyProject } from '../tiny-project.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
  /** The answer as JSON, of whatever shape. */
  readonly json: () => ReturnType<typeof JSON.parse>;
}

describe('predictions over HTTP that are not what the endpoint takes', () => {
  let project: TinyProject;
  let server: TendServer;
  let data = '';
  before(async () => {
    project = tinyProject('regression');
    assert.equal((await project.tend(['apply', '--yes'])).code, 0);
    server = await startTend(['up'], { cwd: project.dir });
    data = server.urls[1] ?? '';
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });

  const predict = (body: unknown, path = '/predict/tiny', headers: Record<string, string> = {}) =>
    ask(`${data}${path}`, typeof body === 'string' ? body : JSON.stringify(body), headers);

  /** The answer is a problem with one clear detail; `fields` are the places it names. */
  const refuses = async (body: unknown, detail: RegExp, fields: readonly string[]): Promise<void> => {
    const answer = await predict(body);
    assert.equal(answer.status, 400, answer.text);
    const problem = answer.json();
    assert.equal(problem.code, 'INVALID_INPUT');
    assert.match(problem.detail, detail);
    assert.ok(problem.hint.length > 0);
    assert.deepEqual(
      (problem.errors ?? []).map(({ path }: { path: string }) => path),
      fields,
    );
    assert.doesNotMatch(answer.text, /\.ts:\d|node:internal/);
  };

  it('answers the right ones, alone and in a list', async () => {
    const one = (await predict(TINY_REQUEST)).json();
    assert.equal(typeof one.prediction, 'number');
    assert.match(one.id, /^prd_/);
    const list = (await predict({ instances: [TINY_REQUEST, TINY_REQUEST] })).json();
    assert.deepEqual(
      list.predictions.map((item: number | { prediction: number }) =>
        typeof item === 'number' ? item : item.prediction,
      ),
      [one.prediction, one.prediction],
    );
  });

  it('names every missing field, at its place in a list', async () => {
    await refuses({ x1: 1 }, /^x2: expected this field, it is missing$/, ['x2', 'c']);
    await refuses({ instances: [TINY_REQUEST, { x1: 1, x2: 2 }] }, /^instances\[1\]\.c: /, [
      'instances[1].c',
    ]);
  });

  it('names a field that it does not know, of another type, not finite or null', async () => {
    await refuses({ ...TINY_REQUEST, z: 1 }, /^z: expected no such field$/, ['z']);
    await refuses({ ...TINY_REQUEST, x1: 'a' }, /^x1: expected a finite number, got the string "a"$/, ['x1']);
    await refuses({ ...TINY_REQUEST, c: 1 }, /^c: expected .*text|string/, ['c']);
    await refuses('{"x1":1e999,"x2":1,"c":"a"}', /^x1: expected a finite number/, ['x1']);
    await refuses({ ...TINY_REQUEST, x2: null }, /^x2: expected/, ['x2']);
  });

  it('refuses what is huge, and what is no JSON object', async () => {
    await refuses(
      { ...TINY_REQUEST, c: 'x'.repeat(10_000) },
      /^c: expected at most 1000 characters, got 10000$/,
      ['c'],
    );
    await refuses('{', /^the body is not JSON/, ['']);
    await refuses('[]', /expected/, ['']);
    const huge = await predict(`{"c":"${'x'.repeat(32 * 1024 * 1024)}"}`);
    assert.equal(huge.status, 413, huge.text.slice(0, 500));
  });

  it('answers 404, 405 and 403 for another endpoint, method and host', async () => {
    const other = await predict(TINY_REQUEST, '/predict/other');
    assert.deepEqual([other.status, other.json().code], [404, 'NOT_FOUND']);
    assert.equal((await fetch(`${data}/predict/tiny`)).status, 405);
    const rebound = await predict(TINY_REQUEST, '/predict/tiny', { host: 'evil.example' });
    assert.equal(rebound.status, 403, rebound.text);
  });

  it('goes on answering, and has counted each of them', async () => {
    assert.equal((await predict(TINY_REQUEST)).status, 200);
    const metrics = await (await fetch(`${data}/metrics`)).text();
    assert.match(metrics, /^tend_predictions_total\{endpoint="tiny",version="1",outcome="ok"\} 4$/m);
    assert.equal(server.err(), '', 'a bad request is no fault of the server');
  });
});

/** A POST with the Host header as given; a refusal may come before the body was sent to its end. */
function ask(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const type = { 'content-type': 'application/json' };
    const sent = request(url, { method: 'POST', headers: { ...type, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      const done = (): void =>
        resolve({ status: response.statusCode ?? 0, text, json: () => JSON.parse(text) });
      response.on('end', done).on('error', done);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
