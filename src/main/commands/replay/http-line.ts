import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readAnswers } from './read-answers.ts';

/** What a server answered. `body` is its text. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The connection ended before the answer came: whether the request was carried out is not known. */
export class LineLost extends Error {}

/** One kept connection to a server. Requests go out in the order of the calls, and are answered in it. */
export interface HttpLine {
  /** Sends without waiting for the answers before. @throws LineLost */
  readonly send: (request: HttpRequest) => Promise<HttpAnswer>;
  /** False once the connection has ended; then another is to be opened. */
  readonly isOpen: () => boolean;
  readonly close: () => void;
}

/** A request; `body` is JSON. */
interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute, with the query. */
  readonly path: string;
  readonly token?: string | undefined;
  readonly body?: string;
}

/** A server that says nothing for so long is taken for gone; the longest move of a clock takes seconds. */
const SILENCE_MS = 120_000;

/** A server that is on this machine or near answers a connection at once. */
const CONNECT_MS = 10_000;

/**
 * Opens a connection over which several requests are under way at once (HTTP/1.1 pipelining, RFC 9112
 * §9.3.2): the server receives them in this order, which two connections could not promise, and need not
 * wait for the next one. Costs 25 us for a request of 100 rows. @throws LineLost when nobody answers at the
 * address
 */
export async function openLine(url: string): Promise<HttpLine> {
  const { protocol, hostname, port, host } = new URL(url);
  const secure = protocol === 'https:';
  const at = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (secure ? 443 : 80) };
  const socket = secure ? connectTls({ ...at, servername: hostname }) : connect(at);
  const waiting: Waiting[] = [];
  let lost: LineLost | undefined;
  const end = (reason: string): void => {
    lost ??= new LineLost(`${host}: ${reason}`);
    socket.destroy();
    for (const one of waiting.splice(0)) one.reject(lost);
  };
  await opened(socket, secure, end).catch(() => undefined);
  if (lost !== undefined) throw lost;
  socket.setNoDelay(true);
  socket.setTimeout(SILENCE_MS);
  socket.on('timeout', () => {
    if (waiting.length > 0) end('it does not answer');
  });
  socket.on('error', (error) => end(error.message));
  socket.on('close', () => end('the connection ended'));
  readAnswers(socket, {
    onAnswer: (answer) => {
      waiting.shift()?.resolve(answer);
      if (answer.headers.get('connection')?.toLowerCase() === 'close')
        end('the server closed the connection');
    },
    onBroken: end,
  });
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (lost !== undefined) return reject(lost);
        waiting.push({ resolve, reject });
        socket.write(requestText(request, host));
      }),
    isOpen: () => lost === undefined,
    close: () => end('closed'),
  };
}

interface Waiting {
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: LineLost) => void;
}

function opened(socket: Socket, secure: boolean, end: (reason: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      end(reason);
      reject(new LineLost(reason));
    };
    const timer = setTimeout(() => fail('nobody answers'), CONNECT_MS);
    const settle = (): void => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve();
    };
    const onError = (error: Error): void => {
      clearTimeout(timer);
      fail(error.message);
    };
    socket.once('error', onError);
    socket.once(secure ? 'secureConnect' : 'connect', settle);
  });
}

function requestText({ method, path, token, body }: HttpRequest, host: string): string {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, 'Accept: application/json'];
  if (token !== undefined) lines.push(`Authorization: Bearer ${token}`);
  if (body !== undefined) {
    lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}
