import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { type HttpLine, LineLost, openLine } from './http-line.ts';

/** A server whose connections are handed to the test, which speaks for it byte by byte. */
async function listen(onConnection: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const get = (line: HttpLine, path: string) => line.send({ method: 'GET', path });

describe('openLine()', () => {
  it('sends before it was answered, and gives each call its answer, however the bytes are cut', async () => {
    const answers = [
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Later\r\nRetry-After: 2\r\ncontent-length:0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=1\r\nthi\u00e9\r\n'.replace('4;', '5;'),
      '2\r\nrd\r\n0\r\n\r\n',
    ].join('');
    let asked = '';
    await using server = await listen((socket) => {
      socket.setEncoding('utf8').on('data', (text: string) => {
        asked += text;
        if (asked.split('GET ').length < 4) return;
        for (const byte of Buffer.from(answers, 'utf8')) socket.write(Buffer.of(byte));
      });
    });
    const line = await openLine(server.url);
    const [first, second, third] = await Promise.all([get(line, '/1'), get(line, '/2'), get(line, '/3')]);
    assert.deepEqual([first?.status, first?.body], [200, 'first']);
    assert.deepEqual([second?.status, second?.headers.get('retry-after'), second?.body], [503, '2', '']);
    assert.deepEqual([third?.status, third?.body], [200, 'thi\u00e9rd']);
    assert.deepEqual(
      [...asked.matchAll(/GET (\S+)/g)].map(([, path]) => path),
      ['/1', '/2', '/3'],
    );
    line.close();
  });

  it('says of every unanswered call that its connection was lost', async () => {
    await using server = await listen((socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 2'));
    });
    const line = await openLine(server.url);
    const [one, two] = await Promise.allSettled([get(line, '/1'), get(line, '/2')]);
    assert.equal(one?.status, 'fulfilled');
    assert.ok(two?.status === 'rejected' && two.reason instanceof LineLost);
    assert.equal(line.isOpen(), false);
    await assert.rejects(get(line, '/3'), LineLost);
  });

  it('takes what is no HTTP, or no server, for a lost connection', async () => {
    await using server = await listen(
      (socket) => void socket.on('data', () => socket.write('SSH-2.0-x\r\n\r\n')),
    );
    const line = await openLine(server.url);
    await assert.rejects(get(line, '/'), /not HTTP/);
    const { url } = server;
    await server[Symbol.asyncDispose]().catch(() => undefined);
    await assert.rejects(openLine(url), LineLost);
  });
});
