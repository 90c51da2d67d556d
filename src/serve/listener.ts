import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../kernel/clock.ts';
import type { PlaneHandler } from './plane-request.ts';
import { type PlaneReply, problem } from './problem.ts';
import { type BodyBudget, readBody } from './read-body.ts';
import { isLoopback, refuseForeign } from './request-guard.ts';

/** Headers of a prediction are some hundred bytes; bearer tokens and cookies of a proxy fit too. */
const HEADER_BYTES_MAX = 16 * 1024;
const HEADERS_MAX = 200;
/** A client that has not sent its headers, or its whole request, by then is stalling. */
const TIMEOUTS: ListenerTimeouts = { headersMs: 10_000, requestMs: 30_000, checkedEveryMs: 1_000 };
/**
 * Longer than the idle timeout of common proxies (60 s), so that the proxy closes first and never meets a
 * reset.
 */
const KEEP_ALIVE_MS = 65_000;
/**
 * Connections of one worker; half of the open files that common systems allow a process (ulimit -n 16,384).
 */
const SOCKETS_MAX = 8_192;

/** How long a client may take, milliseconds from the first byte of a request (or from the connection). */
export interface ListenerTimeouts {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly checkedEveryMs: number;
}

/** What a listener needs. */
export interface ListenerOptions {
  readonly handler: PlaneHandler;
  readonly boundToLoopback: boolean;
  readonly clock: Clock;
  readonly timeouts?: ListenerTimeouts;
}

/** Carries the data plane over HTTP/1.1 on connections that somebody else accepted. */
export interface Listener {
  readonly accept: (socket: Socket) => void;
  /**
   * Ends without failing a request: from now on every answer closes its connection; after `idleMs` the idle
   * connections are closed, after `limitMs` all. Resolves when none is left.
   */
  readonly drain: (idleMs: number, limitMs: number) => Promise<void>;
}

/** An HTTP listener over `node:http`; the handler knows nothing of it. */
export function createListener(options: ListenerOptions): Listener {
  const budget: BodyBudget = { bytes: 0 };
  const sockets = new Set<Socket>();
  const timeouts = options.timeouts ?? TIMEOUTS;
  let draining = false;
  let emptied: (() => void) | undefined;
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      connectionsCheckingInterval: timeouts.checkedEveryMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      insecureHTTPParser: false,
      noDelay: true,
    },
    (request, response) => {
      handle(options, budget, request, response, () => draining);
    },
  );
  // Header fields beyond the limit would be dropped in silence: with room for all that 16 KiB can hold,
  // `handle` sees and refuses them.
  server.maxHeadersCount = 0;
  server.on('clientError', answerClientError);
  startTimeoutChecks(server);
  return {
    accept: (socket) => {
      if (sockets.size >= SOCKETS_MAX) return void socket.destroy();
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        if (sockets.size === 0) emptied?.();
      });
      // A client may close its side once it has sent its request, and still wait for the answer.
      socket.allowHalfOpen = true;
      server.emit('connection', socket);
      socket.resume();
    },
    drain: async (idleMs, limitMs) => {
      draining = true;
      const empty = new Promise<void>((resolve) => {
        emptied = resolve;
        if (sockets.size === 0) resolve();
      });
      const idle = setInterval(() => server.closeIdleConnections(), idleMs);
      const limit = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, limitMs);
      await empty;
      clearInterval(idle);
      clearTimeout(limit);
      server.close();
    },
  };
}

/**
 * `node:http` arms the checks of headersTimeout and requestTimeout when a server begins to listen. This one
 * never listens: the supervisor does, and hands over connections.
 */
function startTimeoutChecks(server: Server): void {
  server.emit('listening');
}

function handle(
  options: ListenerOptions,
  budget: BodyBudget,
  request: IncomingMessage,
  response: ServerResponse,
  draining: () => boolean,
): void {
  const startedAt = options.clock.monotonic();
  const send = (answer: PlaneReply, close: boolean): void => {
    respond(response, answer, close || draining());
  };
  const refusal = tooManyHeaders(request) ?? refuseForeign(request.headers, options.boundToLoopback);
  if (refusal !== undefined) {
    request.resume();
    return send(refusal, true);
  }
  readBody(request, budget, (body, refused) => {
    if (body === undefined) {
      send(refused ?? problem(400, 'INVALID_INPUT', 'the body could not be read'), true);
      return;
    }
    options.handler(
      {
        method: request.method ?? '',
        target: request.url ?? '/',
        headers: request.headers,
        body,
        fromLoopback: isLoopback(request.socket.remoteAddress),
        startedAt,
      },
      (answer) => send(answer, false),
    );
  });
}

function tooManyHeaders(request: IncomingMessage): PlaneReply | undefined {
  if (request.rawHeaders.length / 2 <= HEADERS_MAX) return undefined;
  return problem(431, 'TOO_LARGE', `more than ${HEADERS_MAX} header fields`, {
    hint: 'Send fewer header fields.',
  });
}

function respond(response: ServerResponse, answer: PlaneReply, close: boolean): void {
  if (response.headersSent || response.destroyed) return;
  const headers = [
    'Content-Type',
    answer.contentType,
    'Content-Length',
    String(Buffer.byteLength(answer.body)),
    'X-Content-Type-Options',
    'nosniff',
    'Cache-Control',
    'no-store',
  ];
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers.push(name, value);
  if (close) headers.push('Connection', 'close');
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}

/** What the parser refuses or a timeout ends never becomes a request; it is answered here. */
function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || socket.writableLength > 0 || error.code === 'ECONNRESET')
    return void socket.destroy();
  const answer = clientErrorProblem(error.code);
  const lines = [
    `HTTP/1.1 ${answer.status} ${CLIENT_ERROR_REASONS[answer.status] ?? 'Error'}`,
    `Content-Type: ${answer.contentType}`,
    `Content-Length: ${Buffer.byteLength(answer.body)}`,
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${answer.body}`, () => socket.destroy());
}

const CLIENT_ERROR_REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
};

function clientErrorProblem(code: string | undefined): PlaneReply {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return problem(431, 'TOO_LARGE', `the header is larger than ${HEADER_BYTES_MAX} bytes`);
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return problem(413, 'TOO_LARGE', 'the chunk extensions are too large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problem(408, 'INVALID_INPUT', 'the request did not arrive in time', {
        hint: 'Send it again, faster.',
      });
    default:
      return problem(400, 'INVALID_INPUT', 'the request is not HTTP/1.1', { hint: 'Check the client.' });
  }
}
