import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Route } from '../kernel/route.ts';
import { type Bed, bedRoutes, openBed } from './http-testbed.ts';

const IDLE_MS = 600;
const REQUEST_MS = 900;

/** Far longer than a body that is held in memory may take. */
const SLOW_MS = 3 * REQUEST_MS;

const streamed: Route = {
  method: 'PUT',
  path: '/files/{name}',
  permission: 'model.write',
  bodyBytesMax: 1_000,
  streams: true,
  handler: async ({ stream }) => {
    let count = 0;
    for await (const chunk of stream ?? []) count += chunk.length;
    return { status: 200, body: `got ${count}` };
  },
};

describe('a body that comes slowly', () => {
  let bed: Bed;
  before(async () => {
    const limits = { headersMs: 300, requestMs: REQUEST_MS, idleMs: IDLE_MS };
    bed = await openBed({ limits, routes: [...bedRoutes, streamed] });
  });
  after(() => bed[Symbol.asyncDispose]());

  function open(
    method: string,
    path: string,
    length: number,
    who = 'editor',
  ): { socket: Socket; text: Promise<string> } {
    const socket = connect(bed.server.port, '127.0.0.1');
    let text = '';
    socket.on('data', (bytes) => (text += bytes.toString('latin1'))).on('error', () => undefined);
    const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${who}\r\n`;
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`);
    return { socket, text: new Promise((resolve) => socket.once('close', () => resolve(text))) };
  }

  /** Sends a byte again and again, until all went or the other side closed. */
  function drip(socket: Socket, count: number, everyMs: number): void {
    let left = count;
    const timer = setInterval(() => {
      if (left === 0 || socket.destroyed) clearInterval(timer);
      else {
        left -= 1;
        socket.write('x');
      }
    }, everyMs);
  }

  it('is waited for as long as it moves, where it is streamed', async () => {
    const everyMs = IDLE_MS / 4;
    const count = Math.ceil(SLOW_MS / everyMs);
    const { socket, text } = open('PUT', '/files/a', count);
    drip(socket, count, everyMs);
    assert.match(await text, new RegExp(`200 OK[^]*got ${count}$`));
  });

  it('is cut off when it stands still, where it is streamed', async () => {
    const { socket, text } = open('PUT', '/files/a', 100);
    drip(socket, 3, IDLE_MS / 4);
    assert.match(await text, /^HTTP\/1.1 408/);
  });

  it('is cut off after the time of a request where it is held in memory or not wanted', async () => {
    const inMemory = open('POST', '/api/2.0/echo/a', 100);
    drip(inMemory.socket, 100, IDLE_MS / 4);
    // What is sent while the other side closes resets the connection, and an answer may go with it.
    assert.match(await inMemory.text, /^(?:HTTP\/1.1 408|$)/);
    const unwanted = open('PUT', '/files/a', 100, 'viewer');
    drip(unwanted.socket, 100, IDLE_MS / 4);
    assert.match(await unwanted.text, /^HTTP\/1.1 403/);
  });
});
