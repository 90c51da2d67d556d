import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { INSTANCE, planeState, type PlaneState } from './fixtures/plane-state.ts';
import { startTestPlane, type TestClient, testClient } from './fixtures/test-plane.ts';
import { planeStatus, type RunningPlane } from './plane-client.ts';

const PREDICT = '/predict/flight-delay';

let state: PlaneState;
let plane: RunningPlane;
let client: TestClient;
let worker: number | undefined;

before(async () => {
  state = await planeState();
  const releaseHash = await state.putRelease(1, 10);
  await state.route(1, [{ releaseHash, version: '1', weight: 1, role: 'stable' }]);
  plane = await startTestPlane(state.stateDir);
  client = testClient(plane.url);
  worker = (await planeStatus(plane.url)).workers[0]?.pid;
});
after(async () => {
  client.close();
  await plane.stop();
  await state.remove();
});

/**
 * Sends bytes as they are; resolves with everything that came back when the other side closes, or after
 * `waitMs`.
 */
function raw(bytes: string | Buffer | readonly string[], waitMs = 5_000): Promise<string> {
  const { hostname, port } = new URL(plane.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const timer = setTimeout(() => socket.destroy(), waitMs);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
    for (const part of Array.isArray(bytes) ? bytes : [bytes]) socket.write(part);
  });
}

async function assertUnharmed(): Promise<void> {
  await client.predict(INSTANCE);
  assert.equal((await planeStatus(plane.url)).workers[0]?.pid, worker, 'the worker was replaced');
}

test('a wrong body is answered with 400 and a problem that names what is wrong', async () => {
  const others = JSON.stringify(INSTANCE).slice(1, -1);
  const bodies: readonly (readonly [string | Buffer, RegExp])[] = [
    ['', /JSON/],
    ['{', /JSON/],
    ['null', /object/],
    ['[]', /object/],
    ['"text"', /object/],
    ['{}', /distance/],
    ['{"instances":[]}', /instances/],
    ['{"instances":{}}', /instances/],
    ['{"instances":[null]}', /instances\[0\]/],
    [`{"instances":[{${others}}],"parameters":1}`, /parameters/],
    [`{"instances":[{${others}},{${others},"more":1}]}`, /instances\[1\]\.more/],
    ['['.repeat(100_000), /JSON/],
    [`{"distance":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /distance/],
    [`{${others},"distance":1e400}`, /distance/],
    [`{${others},"distance":${'9'.repeat(100_000)}}`, /distance/],
    [`{${others},"distance":1e308}`, /float32/],
    [`{${others},"distance":"12"}`, /distance/],
    [`{${others},"distance":null}`, /distance/],
    [`{${others},"carrier":12}`, /carrier/],
    [`{${others},"carrier":"${'x'.repeat(1_000_000)}"}`, /carrier/],
    [`{${others},"scheduled":"yesterday"}`, /scheduled/],
    [`{${others},"scheduled":1e300}`, /scheduled/],
    [`{${others},"__proto__":{"distance":1}}`, /__proto__/],
    [`{${others},"constructor":{"prototype":{}}}`, /constructor/],
    [`{${others},"toString":1,"hasOwnProperty":2}`, /toString/],
    ['{"__proto__":{"distance":1,"carrier":"AA"}}', /__proto__/],
    [Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), /UTF-8/],
    [Buffer.from(`{${others}}`, 'utf16le'), /JSON/],
    [`\u0000{${others}}`, /JSON/],
  ];
  for (const [body, expected] of bodies) {
    const answer = await client.post(PREDICT, body);
    const shown = body.toString('utf8').slice(0, 60);
    assert.equal(answer.status, 400, `${shown}: ${answer.text}`);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    const { code, hint, errors } = JSON.parse(answer.text);
    assert.equal(code, 'INVALID_INPUT');
    assert.equal(typeof hint, 'string');
    assert.match(JSON.stringify(errors), expected, shown);
    assert.ok(answer.text.length < 10_000, 'the answer repeats the question');
  }
  assert.equal(({} as Record<string, unknown>)['distance'], undefined);
  await assertUnharmed();
});

test('wrong method, path, type, size and origin each have their status', async () => {
  const body = JSON.stringify(INSTANCE);
  const statusOf = async (path: string, headers: Record<string, string>, data = body): Promise<number> =>
    (await client.post(path, data, headers)).status;
  assert.equal(await statusOf(PREDICT, {}), 200);
  assert.equal(await statusOf('/predict/nothing', {}), 404);
  assert.match((await client.post('/predict/nothing', body)).text, /flight-delay/);
  for (const path of [
    '/predict/',
    '/predict',
    '/',
    '/predict/..%2fflight-delay',
    '/predict//flight-delay',
    '/PREDICT/x',
  ]) {
    assert.equal(await statusOf(path, {}), 404, path);
  }
  assert.equal(await statusOf('/predict/__proto__', {}), 404);
  assert.equal(await statusOf('/health', {}), 405);
  assert.equal(await statusOf(PREDICT, { 'Content-Type': 'text/plain' }), 415);
  assert.equal(await statusOf(PREDICT, { 'Content-Encoding': 'gzip' }), 415);
  assert.equal(await statusOf(PREDICT, { 'Tend-Event-Time': 'tomorrow' }), 400);
  assert.equal(await statusOf(PREDICT, { Host: 'attacker.example' }), 403);
  assert.equal(await statusOf(PREDICT, { Origin: 'https://attacker.example' }), 403);
  assert.equal(await statusOf(PREDICT, { Origin: 'null' }), 403);
  assert.equal(await statusOf(PREDICT, { 'Sec-Fetch-Site': 'cross-site' }), 403);
  assert.equal(await statusOf(PREDICT, {}, ' '.repeat(8 * 1024 * 1024 + 1)), 413);
  assert.equal(await statusOf(PREDICT, {}, JSON.stringify({ instances: new Array(10_001).fill(1) })), 413);
  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) {
    const answer = await raw(`${method} ${PREDICT} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 405 .*\r\n(?:.*\r\n)*Allow: POST\r\n/, method);
  }
  await assertUnharmed();
});

test('bytes that are no request are refused with 4xx or a closed connection', async () => {
  const head = `POST ${PREDICT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
  const hostile: readonly (readonly string[])[] = [
    ['\r\n\r\n\r\n'],
    ['GET / HTTP/9.9\r\n\r\n'],
    ['\u0016\u0003\u0001\u0002\u0000\u0001'],
    [`${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    [`${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`],
    [`${head}Content-Length: -1\r\n\r\n`],
    [`${head}Content-Length: 99999999999999999999\r\n\r\n`],
    [`${head}Content-Length: 999999999999\r\n\r\n{`],
    [`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
    [`${head}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n`],
    [`${head}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(100_000)}\r\n{\r\n`],
    [`${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    [
      head,
      ...Array.from({ length: 250 }, (_, i) => `x-${i}: 1\r\n`),
      'Content-Length: 2\r\nConnection: close\r\n\r\n{}',
    ],
    [head, `x: ${'y'.repeat(1_000_000)}\r\n\r\n`],
    [`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
    [`GET http://attacker.example/health HTTP/1.1\r\nHost: attacker.example\r\n\r\n`],
    ['GET /health HTTP/1.1\r\n\r\n'],
    ['CONNECT attacker.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    [`GET /health HTTP/1.1\r\nHost: localhost\r\nHost : x\r\n\r\n`],
    [`${head}Expect: the-unexpected\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`],
  ];
  for (const parts of hostile) {
    const answer = await raw(parts, 1_000);
    assert.match(
      answer,
      /^(?:HTTP\/1\.1 4\d\d |$)/,
      `${parts.join('').slice(0, 200)}\n${answer.slice(0, 200)}`,
    );
  }
  await assertUnharmed();
});

test('a million tiny chunks end in a refusal, while others are answered', async () => {
  const type = 'Content-Type: application/json\r\nTransfer-Encoding: chunked';
  const head = `POST ${PREDICT} HTTP/1.1\r\nHost: localhost\r\n${type}\r\n\r\n`;
  const flood = raw([head, '1\r\n \r\n'.repeat(1_000_000), '0\r\n\r\n']);
  for (let n = 0; n < 20; n++) await client.predict(INSTANCE);
  assert.match(await flood, /^(?:HTTP\/1\.1 413 |$)/);
  await assertUnharmed();
});

test('no body of any shape is answered with 5xx', async () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.string(),
    fc.date({ noInvalidDate: true }).map((d) => d.toISOString()),
  );
  const instance = fc.oneof(
    fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(INSTANCE), '__proto__'), fc.string()), value),
    fc.record({ distance: value, taxi: value, carrier: value, scheduled: value }, { requiredKeys: [] }),
    fc.record({ distance: fc.double(), taxi: fc.double(), carrier: fc.string(), scheduled: fc.integer() }),
  );
  const body = fc.oneof(
    instance.map((one) => JSON.stringify(one)),
    fc.array(instance, { maxLength: 5 }).map((instances) => JSON.stringify({ instances })),
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(body, async (data) => {
      const answer = await client.post(PREDICT, data);
      assert.ok(answer.status < 500, `${answer.status} ${answer.text}`);
      JSON.parse(answer.text);
    }),
    { numRuns: 250 },
  );
  await assertUnharmed();
});
