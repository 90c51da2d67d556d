import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ask } from '../src/http/http-testbed.ts';
import { API_PREFIX } from '../src/http/permission-table.ts';
import { type HttpServer, serveHttp } from '../src/http/serve-http.ts';
import {
  addPerson,
  basic,
  type GovernanceBed,
  openGovernanceBed,
} from '../src/lifecycle/governance/governance-testbed.ts';
import {
  commentOperations,
  documentOperations,
  documentRoutes,
  rolePolicy,
} from '../src/lifecycle/governance/index.ts';
import { recordVersion } from '../src/lifecycle/governance/record-testbed.ts';
import { systemPorts } from './ports.ts';

/** A project owner who wrote more than a name into every field. */
const HOSTILE = (text: string): string => `${text}<script>alert(1)</script>`;

describe('documents and comments over HTTP', () => {
  let bed: GovernanceBed;
  let server: HttpServer;
  const faults: unknown[] = [];
  before(async () => {
    bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock, HOSTILE);
    server = await serveHttp({
      operations: [...commentOperations, ...documentOperations],
      routes: documentRoutes({ db: bed.db }),
      context: (principal) => bed.as(principal),
      authenticate: bed.access.authenticate,
      policy: rolePolicy,
      clock: systemPorts.clock,
      host: '127.0.0.1',
      port: 0,
      version: '0.0.0',
      onFault: (error) => faults.push(error),
    });
  });
  after(async () => {
    await server.close();
    await bed[Symbol.asyncDispose]();
    assert.deepEqual(faults, []);
  });

  const get = (path: string, headers = {}) => ask(server, 'GET', `${API_PREFIX}${path}`, { headers });

  it('shows a card and a sheet as pages that may load and run nothing', async () => {
    for (const path of [
      '/models/flights/card.html',
      '/models/flights@1/card.html',
      '/models/flights/card.html?version=1',
      '/datasets/flights/sheet.html?project=flights',
    ]) {
      const page = await get(path);
      assert.equal(page.status, 200, page.text);
      assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
      assert.match(
        String(page.headers['content-security-policy']),
        /^default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-/,
      );
      assert.equal(page.headers['x-content-type-options'], 'nosniff');
      assert.match(page.text, /^<!doctype html>/);
      assert.match(page.text, /&lt;script&gt;/);
      assert.doesNotMatch(page.text, /<script/);
    }
    const markdown = await get('/models/flights/card.md');
    assert.equal(markdown.headers['content-type'], 'text/markdown; charset=utf-8');
    assert.doesNotMatch(markdown.text, /</);
  });

  it('answers the operation in each format, as JSON that is never taken for a page', async () => {
    for (const format of ['md', 'html']) {
      const answer = await get(`/models/flights/card?format=${format}`);
      assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
      assert.deepEqual(
        [answer.json.format, answer.json.document, typeof answer.json.text],
        [format, null, 'string'],
      );
    }
    const { json } = await get('/datasets/flights/sheet?format=json');
    assert.deepEqual([json.text, json.document.format], [null, 'tend.data-sheet/v1']);
    assert.equal((await get('/models/flights/card')).json.format, 'md');
  });

  it('answers mistakes as mistakes', async () => {
    const cases: [string, number][] = [
      ['/models/nothing/card.html', 404],
      ['/models/flights/card.html?version=9', 404],
      ['/models/flights/card.html?version=x', 400],
      ['/models/flights/card?format=pdf', 400],
      ['/models/%2e%2e/card.html', 404],
      ['/datasets/flights/sheet.html?version=zz', 400],
      ['/datasets/none/sheet', 404],
      ["/models/'%20or%201=1/card", 404],
      ['/comments?cursor=x', 400],
    ];
    for (const [path, status] of cases) {
      const answer = await get(path);
      assert.equal(answer.status, status, `${path}: ${answer.text}`);
      assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8', path);
    }
  });

  it('takes a comment and refuses one from who may only look', async () => {
    const headers = { 'content-type': 'application/json' };
    const send = (body: object, more = {}) =>
      ask(server, 'POST', `${API_PREFIX}/comments`, {
        headers: { ...headers, ...more },
        body: JSON.stringify(body),
      });
    const made = await send({ subject: 'flights', text: '@ada: <b>look</b>' });
    assert.equal(made.status, 200, made.text);
    assert.deepEqual((await get('/comments?subject=flights')).json.items, [made.json]);
    for (const bad of [
      {},
      { subject: 'flights', text: '' },
      { subject: 'flights', text: 'a\0' },
      { subject: 1, text: 'x' },
    ]) {
      assert.equal((await send(bad)).status, 400);
    }
    await addPerson(bed, 'root', ['admin']);
    await addPerson(bed, 'eve', ['viewer']);
    const eve = basic('eve', 'eve-password');
    assert.equal((await send({ subject: 'flights', text: 'x' }, eve)).status, 403);
    assert.equal((await get('/models/flights/card.html', eve)).status, 200);
    assert.equal((await get('/models/flights/card.html')).status, 401);
  });
});
