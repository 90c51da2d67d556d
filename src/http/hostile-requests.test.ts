import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ask, askRaw, type Bed, bedOperations, bedRoutes, openBed, WRITE } from './http-testbed.ts';
import { API_PREFIX, permissionTable } from './permission-table.ts';

const NOTES = `${API_PREFIX}/notes`;
const BODY = '{"text":"x"}';

describe('a hostile request', () => {
  let bed: Bed;
  before(async () => {
    bed = await openBed({ limits: { headersMs: 300, requestMs: 600 }, publicUrlHosts: ['tend.example'] });
  });
  after(() => bed[Symbol.asyncDispose]());

  async function refused(
    status: number,
    ...call: Parameters<typeof ask> extends [unknown, ...infer R] ? R : never
  ) {
    const writes = bed.context.writes.count;
    const answer = await ask(bed.server, ...call);
    assert.equal(answer.status, status, `${call[0]} ${call[1]}: ${answer.text}`);
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
    assert.equal(bed.context.writes.count, writes, 'nothing was written');
    return answer;
  }

  it('for a host that is not ours is refused (DNS rebinding), for our names and addresses not', async () => {
    for (const host of [
      'evil.example',
      'evil.example:4600',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
    ]) {
      await refused(403, 'GET', '/health', { headers: { host } });
      await refused(403, 'POST', NOTES, { headers: { ...WRITE, host }, body: BODY });
    }
    for (const host of [
      'localhost',
      'LOCALHOST:99',
      '127.0.0.1:1',
      '[::1]:4600',
      'tend.example',
      '10.1.2.3',
    ]) {
      assert.equal((await ask(bed.server, 'GET', '/health', { headers: { host } })).status, 200, host);
    }
  });

  it('from another site is refused for every method that writes', async () => {
    const foreign = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${bed.server.port + 1}` },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[];
    for (const headers of foreign) {
      await refused(403, 'POST', NOTES, { headers: { ...WRITE, ...headers }, body: BODY });
      await refused(403, 'PUT', `${NOTES}/a`, { headers: { ...WRITE, ...headers }, body: BODY });
      await refused(403, 'DELETE', `${NOTES}/a`, { headers: { ...WRITE, ...headers } });
      await refused(403, 'POST', '/api/2.0/echo/x', { headers: { ...WRITE, ...headers }, body: BODY });
    }
  });

  it('of the board itself is taken', async () => {
    const origin = `http://127.0.0.1:${bed.server.port}`;
    const headers = { ...WRITE, origin, 'sec-fetch-site': 'same-origin' };
    assert.equal((await ask(bed.server, 'POST', NOTES, { headers, body: BODY })).status, 200);
  });

  it('with a content type that a form can send is refused', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'json',
    ]) {
      await refused(415, 'POST', NOTES, { headers: { ...WRITE, 'content-type': type }, body: BODY });
    }
    await refused(415, 'POST', NOTES, { headers: { authorization: 'Bearer editor' }, body: BODY });
  });

  it('with a body that is no JSON object is a mistake of the client', async () => {
    for (const body of [
      '{"text":',
      '[]',
      '"x"',
      'null',
      '{"text":"x"',
      '\u0000',
      '{"__proto__":{"text":"x"}}',
    ]) {
      await refused(400, 'POST', NOTES, { headers: WRITE, body });
    }
    await refused(400, 'POST', NOTES, { headers: WRITE, body: new Uint8Array([0x22, 0xff, 0xfe, 0x22]) });
    const deep = '['.repeat(100_000);
    await refused(400, 'POST', NOTES, { headers: WRITE, body: deep });
  });

  it('that is too large is refused by its length, its bytes, or what it unpacks to', async () => {
    const large = Buffer.alloc(5 * 1024 * 1024, 0x20);
    await refused(413, 'POST', NOTES, { headers: WRITE, body: large }).catch(
      (error: NodeJS.ErrnoException) => {
        // The server answers and closes before everything is sent; the sender may meet the closed socket
        // first.
        assert.match(String(error.code), /EPIPE|ECONNRESET/);
      },
    );
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, 0x20));
    await refused(413, 'POST', NOTES, { headers: { ...WRITE, 'content-encoding': 'gzip' }, body: bomb });
    await refused(413, 'POST', '/api/2.0/echo/x', { headers: WRITE, body: 'x'.repeat(1_001) });
    const broken = { headers: { ...WRITE, 'content-encoding': 'gzip' }, body: 'not gzip' };
    await refused(400, 'POST', NOTES, broken);
    await refused(415, 'POST', NOTES, { headers: { ...WRITE, 'content-encoding': 'zstd' }, body: BODY });
  });

  it('with an endless head, bad syntax or smuggled lengths gets a 4xx and a closed connection', async () => {
    const host = 'Host: localhost\r\n';
    assert.match(
      await askRaw(bed.server, `GET / HTTP/1.1\r\n${host}X: ${'a'.repeat(40_000)}\r\n\r\n`),
      /^HTTP\/1.1 431/,
    );
    assert.match(await askRaw(bed.server, 'NONSENSE\r\n\r\n'), /^HTTP\/1.1 400/);
    const lengths = 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n';
    const smuggled = `POST ${NOTES} HTTP/1.1\r\n${host}${lengths}\r\n0\r\n\r\n`;
    assert.match(await askRaw(bed.server, smuggled), /^HTTP\/1.1 400/);
    assert.match(await askRaw(bed.server, 'GET / HTTP/1.1\r\n\r\n'), /^HTTP\/1.1 400/);
  });

  it('that comes drop by drop is cut off, in its head and in its body', async () => {
    assert.match(await askRaw(bed.server, 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '), /^HTTP\/1.1 408/);
    const head = `POST ${NOTES} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer editor\r\n`;
    const slow = `${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
    assert.match(await askRaw(bed.server, slow), /^HTTP\/1.1 408/);
  });

  it('with a path that cannot be decoded or a cursor that no list gave is a client’s mistake', async () => {
    await refused(400, 'GET', `${NOTES}/%E0%A4%A`, { headers: WRITE });
    await refused(400, 'GET', `${NOTES}?cursor=${encodeURIComponent("' or 1=1 --")}`, { headers: WRITE });
    await refused(400, 'GET', `${NOTES}?limit=1e9`, { headers: WRITE });
    await refused(400, 'GET', `${NOTES}?limit=1&limit=2`, { headers: WRITE });
    await refused(400, 'GET', `${NOTES}?order_by=secret_hash`, { headers: WRITE });
  });

  it('without credentials is refused at every entry that is not public', async () => {
    const table = permissionTable(bedOperations, bedRoutes);
    let closed = 0;
    for (const entry of table) {
      const path = entry.path.replaceAll(/\{[^}]+\}/g, 'x').replace('*', 'x');
      if (entry.permission === 'public') continue;
      closed += 1;
      const answer = await refused(401, entry.method, path);
      assert.ok(answer.headers['www-authenticate']);
    }
    assert.equal(closed, 6);
  });

  it('with wrong credentials, or with too few permissions, is refused', async () => {
    for (const authorization of [
      'Bearer',
      'Bearer x',
      'Bearer tend_a_b',
      'Basic !!!',
      'Digest x',
      '\u0001'.slice(1),
    ]) {
      await refused(401, 'GET', NOTES, { headers: { authorization: authorization || 'x' } });
    }
    const viewer = { ...WRITE, authorization: 'Bearer viewer' };
    const answer = await refused(403, 'POST', NOTES, { headers: viewer, body: BODY });
    assert.match(answer.json.detail, /project\.write/);
  });
});

describe('permissionTable()', () => {
  it('fails on an entry without a permission, and on two entries for one place', () => {
    const [first] = bedRoutes;
    assert.ok(first);
    const nameless = { ...first, permission: undefined as unknown as 'public' };
    assert.throws(() => permissionTable([], [nameless]), /names no known permission/);
    assert.throws(
      () => permissionTable([], [first, { ...first, path: '/api/2.0/echo/{other}' }]),
      /declared twice/,
    );
  });
});
