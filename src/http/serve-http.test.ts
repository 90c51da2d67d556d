import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { API_PREFIX } from './permission-table.ts';
import { ask, type Bed, openBed, WRITE } from './http-testbed.ts';

const READ = { authorization: 'Bearer viewer' };

describe('serveHttp() with operations', () => {
  let bed: Bed;
  before(async () => {
    bed = await openBed();
  });
  after(() => bed[Symbol.asyncDispose]());

  it('merges path, query and body into the input', async () => {
    const list = await ask(bed.server, 'GET', `${API_PREFIX}/notes?limit=7&tags=a&tags=b`, { headers: READ });
    assert.deepEqual(list.json, { limit: 7, after: '', tags: ['a', 'b'] });
    const put = await ask(bed.server, 'PUT', `${API_PREFIX}/notes/x%2Fy`, {
      headers: WRITE,
      body: '{"text":"t"}',
    });
    assert.deepEqual(put.json, { id: 'x/y', text: 't' });
  });

  it('lists every mistake of an input with its path', async () => {
    const answer = await ask(bed.server, 'POST', `${API_PREFIX}/notes?text=q`, {
      headers: WRITE,
      body: '{"text":"","weight":"heavy","wieght":1}',
    });
    assert.equal(answer.status, 400);
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
    assert.equal(answer.json.code, 'INVALID_INPUT');
    const paths = answer.json.errors.map((error: { path: string }) => error.path);
    assert.deepEqual(paths.toSorted(), ['text', 'weight', 'wieght']);
    assert.match(answer.text, /unknown field; did you mean weight\?/);
    const empty = await ask(bed.server, 'POST', `${API_PREFIX}/notes`, { headers: WRITE });
    assert.deepEqual(
      empty.json.errors.map((error: { path: string }) => error.path),
      ['text'],
    );
  });

  it('never sends a field that the output does not declare', async () => {
    const answer = await ask(bed.server, 'GET', `${API_PREFIX}/notes/a`, { headers: READ });
    assert.deepEqual(answer.json, { id: 'a', text: 'first' });
  });

  it('tells nothing of a defect but a request id, and reports it once', async () => {
    const answer = await ask(bed.server, 'GET', `${API_PREFIX}/faults`);
    assert.equal(answer.status, 500);
    assert.equal(answer.json.code, 'INTERNAL');
    assert.doesNotMatch(answer.text, /select|srv|\.ts/);
    assert.equal(answer.json.requestId, answer.headers['request-id']);
    assert.equal(bed.faults.length, 1);
  });

  it('answers 404 for a resource that is not there and for a path that nothing answers', async () => {
    const missing = await ask(bed.server, 'GET', `${API_PREFIX}/notes/zz`, { headers: READ });
    assert.deepEqual([missing.status, missing.json.code], [404, 'NOT_FOUND']);
    for (const [method, path] of [
      ['GET', '/api/nothing'],
      ['POST', '/'],
      ['OPTIONS', '/api/x'],
    ] as const) {
      const answer = await ask(bed.server, method, path, { headers: { accept: 'text/html' } });
      assert.deepEqual([answer.status, answer.json.code], [404, 'NOT_FOUND'], `${method} ${path}`);
    }
  });

  it('carries out a POST with one Idempotency-Key once, and refuses the key for another body', async () => {
    const headers = { ...WRITE, 'idempotency-key': 'k1' };
    const written = bed.context.writes.count;
    const first = await ask(bed.server, 'POST', `${API_PREFIX}/notes`, { headers, body: '{"text":"once"}' });
    const again = await ask(bed.server, 'POST', `${API_PREFIX}/notes`, { headers, body: '{"text":"once"}' });
    assert.equal(bed.context.writes.count, written + 1);
    assert.deepEqual(again.json, first.json);
    assert.equal(again.headers['idempotency-replayed'], 'true');
    const other = await ask(bed.server, 'POST', `${API_PREFIX}/notes`, { headers, body: '{"text":"twice"}' });
    assert.deepEqual([other.status, other.json.code], [422, 'CONFLICT']);
  });

  it('refuses an edit whose If-Match is not the present ETag', async () => {
    const path = `${API_PREFIX}/notes/tagged`;
    await ask(bed.server, 'PUT', path, { headers: WRITE, body: '{"text":"1"}' });
    const read = await ask(bed.server, 'GET', path, { headers: READ });
    const tag = String(read.headers['etag']);
    const fresh = await ask(bed.server, 'GET', path, { headers: { ...READ, 'if-none-match': tag } });
    assert.equal(fresh.status, 304);
    const edit = { headers: { ...WRITE, 'if-match': tag }, body: '{"text":"2"}' };
    assert.equal((await ask(bed.server, 'PUT', path, edit)).status, 200);
    const stale = await ask(bed.server, 'PUT', path, edit);
    assert.deepEqual([stale.status, stale.json.code], [412, 'CONFLICT']);
  });

  it('answers 204 where an operation answers nothing', async () => {
    const answer = await ask(bed.server, 'DELETE', `${API_PREFIX}/notes/a1`, { headers: WRITE });
    assert.deepEqual([answer.status, answer.text], [204, '']);
  });

  it('hands a route its parameters, its decoded body and its principal', async () => {
    const headers = { authorization: 'Bearer editor', 'content-encoding': 'gzip' };
    const body = gzipSync('12345');
    const answer = await ask(bed.server, 'POST', '/api/2.0/echo/a%20b', { headers, body });
    assert.deepEqual(answer.json, { params: { name: 'a b' }, size: 5, who: 'acc_e' });
  });

  it('describes itself at /openapi.json', async () => {
    const { json } = await ask(bed.server, 'GET', '/openapi.json');
    assert.equal(json.openapi, '3.1.0');
    const get = json.paths[`${API_PREFIX}/notes/{id}`].get;
    assert.equal(get.operationId, 'notes.get');
    assert.deepEqual(
      get.parameters.map((p: { name: string; in: string }) => [p.name, p.in]),
      [['id', 'path']],
    );
    assert.ok(json.paths['/api/2.0/echo/{name}'].post);
    const references = JSON.stringify(json).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
    for (const [, name] of references) assert.ok(json.components.schemas[String(name)], `${name} is defined`);
  });

  it('answers /health and /ready', async () => {
    assert.equal((await ask(bed.server, 'GET', '/health')).status, 200);
    assert.equal((await ask(bed.server, 'HEAD', '/ready')).status, 200);
    await using starting = await openBed({ ready: async () => false });
    assert.equal((await ask(starting.server, 'GET', '/ready')).status, 503);
    assert.equal((await ask(starting.server, 'GET', '/health')).status, 200);
  });
});

describe('serveHttp() with streams', () => {
  it('sends items as events, then an end', async () => {
    await using bed = await openBed();
    const answer = await ask(bed.server, 'GET', `${API_PREFIX}/beats?count=2`);
    assert.match(String(answer.headers['content-type']), /^text\/event-stream/);
    assert.equal(answer.text, ': open\n\ndata: {"n":0}\n\ndata: {"n":1}\n\nevent: end\ndata: {}\n\n');
  });

  it('gives a stream that is refused at once the status of its refusal', async () => {
    await using bed = await openBed();
    const answer = await ask(bed.server, 'GET', `${API_PREFIX}/beats?fail=true`);
    assert.deepEqual([answer.status, answer.json.code], [409, 'CONFLICT']);
  });

  it('beats while there is nothing to say, and ends the handler when the reader goes', async () => {
    await using bed = await openBed({ limits: { heartbeatMs: 20 } });
    const reader = new AbortController();
    const response = await fetch(`${bed.server.url}${API_PREFIX}/beats`, { signal: reader.signal });
    let text = '';
    assert.ok(response.body);
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes(': beat')) break;
    }
    assert.match(text, /data: \{"n":2\}\n\n: beat\n\n/);
    reader.abort();
    await bed.context.ended.promise;
  });
});

describe('serveHttp() with the files of the board', () => {
  let folder: string;
  let bed: Bed;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tend-static-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>board</title>');
    await writeFile(join(folder, 'assets', 'index-B1x2Y3z4.js'), 'export {};');
    bed = await openBed({ staticDir: folder });
  });
  after(async () => {
    await bed[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it('keeps hashed files for ever and asks for the page each time', async () => {
    const script = await ask(bed.server, 'GET', '/assets/index-B1x2Y3z4.js');
    assert.match(String(script.headers['cache-control']), /immutable/);
    assert.match(String(script.headers['content-type']), /javascript/);
    const page = await ask(bed.server, 'GET', '/projects/x', { headers: { accept: 'text/html' } });
    assert.match(page.text, /board/);
    assert.equal(page.headers['cache-control'], 'no-cache');
    assert.match(
      String(page.headers['content-security-policy']),
      /default-src 'self'.*frame-ancestors 'none'/,
    );
    assert.equal(page.headers['x-content-type-options'], 'nosniff');
  });

  it('sends gzip to those who take it', async () => {
    const response = await fetch(`${bed.server.url}/assets/index-B1x2Y3z4.js`);
    assert.equal(response.headers.get('content-encoding'), 'gzip');
    assert.equal(await response.text(), 'export {};');
    assert.equal(gunzipSync(gzipSync('x')).toString(), 'x');
  });

  it('has no path out of the folder', async () => {
    for (const path of [
      '/../package.json',
      '/..%2f..%2fetc/passwd',
      '/assets/%2e%2e/%2e%2e/etc/passwd',
      '//etc/passwd',
    ]) {
      const answer = await ask(bed.server, 'GET', path);
      assert.equal(answer.status, 404, path);
    }
  });
});

describe('serveHttp() at its start and end', () => {
  it('ends the streams that are open when it closes', async () => {
    const bed = await openBed();
    const response = await fetch(`${bed.server.url}${API_PREFIX}/beats`);
    await bed.server.close();
    await bed.context.ended.promise;
    await assert.rejects(response.text());
  });

  it('reports a port that is taken', async () => {
    await using bed = await openBed();
    await assert.rejects(openBed({ port: bed.server.port }), { code: 'PORT_IN_USE' });
  });
});
