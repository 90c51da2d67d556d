import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { createListener, type Listener } from './listener.ts';
import type { PlaneHandler } from './plane-request.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const echo: PlaneHandler = (request, reply) => {
  setImmediate(() =>
    reply({ status: 200, contentType: 'text/plain', body: Buffer.from(request.body).toString('utf8') }),
  );
};

/** A listener behind a plain TCP server, as the supervisor is one. */
async function withListener(
  handler: PlaneHandler,
  work: (open: () => Socket, listener: Listener) => Promise<void>,
): Promise<void> {
  const timeouts = { headersMs: 150, requestMs: 300, checkedEveryMs: 30 };
  const listener = createListener({ handler, boundToLoopback: true, clock, timeouts });
  const server = createServer({ pauseOnConnect: true }, (socket) => listener.accept(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  try {
    await work(() => connect(address.port, '127.0.0.1'), listener);
  } finally {
    server.close();
    await listener.drain(10, 50);
  }
}

async function allOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n';

test('a client that does not finish its headers or its body is answered 408 and cut off', () =>
  withListener(echo, async (open) => {
    for (const part of ['', 'POST / HT', head, `${head}Content-Length: 5\r\n\r\nab`]) {
      const socket = open();
      socket.write(part);
      assert.match(await allOf(socket), part === '' ? /^(?:HTTP\/1\.1 408 |$)/ : /^HTTP\/1\.1 408 /, part);
    }
  }));

test('a client that closes its side after the request still gets the answer', () =>
  withListener(echo, async (open) => {
    const socket = open();
    socket.end(`${head}Content-Length: 5\r\n\r\nhello`);
    assert.match(await allOf(socket), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nhello$/);
  }));

test('pipelined requests are answered in their order', () =>
  withListener(echo, async (open) => {
    const socket = open();
    const one = (body: string): string => `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
    socket.end(['first', 'second', 'third'].map(one).join(''));
    assert.deepEqual((await allOf(socket)).match(/first|second|third/g), ['first', 'second', 'third']);
  }));

test('a drain lets a request under way end, tells its client to close, and closes what is idle', async () => {
  const replies: (() => void)[] = [];
  const handler: PlaneHandler = (_request, reply) => {
    replies.push(() => reply({ status: 200, contentType: 'text/plain', body: 'done' }));
  };
  await withListener(handler, async (open, listener) => {
    const busy = open();
    const answer = allOf(busy);
    busy.write(`${head}Content-Length: 0\r\n\r\n`);
    while (replies.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const idle = open();
    await once(idle, 'connect');
    const drained = listener.drain(20, 5_000);
    replies[0]?.();
    assert.match(await answer, /Connection: close\r\n[^]*done$/);
    await allOf(idle);
    await drained;
  });
});
