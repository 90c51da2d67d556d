import { type FastifyInstance, fastify } from 'fastify';
import type { Clock } from '../kernel/clock.ts';
import { TendError } from '../kernel/error.ts';
import type { AnyOperation } from '../kernel/operation.ts';
import type { Policy, Principal } from '../kernel/policy.ts';
import type { Route } from '../kernel/route.ts';
import { answerStatic, notFound } from './answer-static.ts';
import { type Observation, installHooks } from './install-hooks.ts';
import { refuseBrokenRequest, sendProblem } from './send-problem.ts';
import { HEARTBEAT_MS } from './event-stream.ts';
import type { Caller, Exchange } from './exchange.ts';
import { type IdempotencyStore, memoryIdempotency } from './idempotency.ts';
import { openApi } from './open-api.ts';
import { permissionTable } from './permission-table.ts';
import { registerTable } from './register-table.ts';
import { staticFiles } from './static-files.ts';

/** What the one listener of the control plane is made of. `C` is the context of the operations. */
export interface HttpOptions<C> {
  readonly operations: readonly AnyOperation<C>[];
  readonly routes: readonly Route[];
  readonly context: (principal: Principal, signal: AbortSignal, exchange: Exchange) => C;
  /** Who the caller is; `anonymous` without credentials. @throws NOT_SIGNED_IN for wrong ones, TOO_MANY */
  readonly authenticate: (caller: Caller) => Promise<Principal>;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly version: string;
  /** Folder of the built board; without it there are no pages. */
  readonly staticDir?: string;
  /** Names under which people reach this server, beside the loopback ones and plain addresses. */
  readonly publicUrlHosts?: readonly string[];
  /** May it take traffic? Without it: always, once it listens. */
  readonly ready?: () => Promise<boolean>;
  readonly idempotency?: IdempotencyStore;
  /** Told of every fault that was answered with a status of 500 or more. */
  readonly onFault?: (error: unknown, requestId: string) => void;
  /** Told of every answered request. */
  readonly observe?: (observation: Observation) => void;
  readonly limits?: Partial<HttpLimits>;
}

/** Times after which the listener acts by itself. */
export interface HttpLimits {
  /** Until the head of a request is complete; a slow sender is cut off. */
  readonly headersMs: number;
  /** Until a body that is held in memory is complete: a few megabytes at most. */
  readonly requestMs: number;
  /** Without a byte of a body that is streamed. As long as it moves, it may take as long as it takes. */
  readonly idleMs: number;
  readonly heartbeatMs: number;
}

const LIMITS: HttpLimits = {
  headersMs: 15_000,
  requestMs: 300_000,
  idleMs: 60_000,
  heartbeatMs: HEARTBEAT_MS,
};

/** Head of a request. The longest of ours carries a token and a cursor; Node's own default is the same. */
const HEADER_BYTES_MAX = 16 * 1024;
/**
 * A model name, a run id, a path parameter of MLflow; the router's default of 100 is too little for a name.
 */
const PARAM_CHARS_MAX = 1_000;
/** Open sockets. Each costs about 10 kB; a browser holds at most 6 for one server. */
const CONNECTIONS_MAX = 2_000;

/** A listener that answers. */
export interface HttpServer {
  /** `http://host:port`, with the address that a client on this machine can use. */
  readonly url: string;
  readonly port: number;
  /** Stops listening and ends what is open, streams included. */
  readonly close: () => Promise<void>;
}

/**
 * Listens and answers: every operation below `/api/tend/v1`, every route at its path, `/health`, `/ready`,
 * `/openapi.json` and the board; nothing else. @throws PORT_IN_USE, INVALID_INPUT (no such address here)
 */
export async function serveHttp<C>(options: HttpOptions<C>): Promise<HttpServer> {
  const limits = { ...LIMITS, ...options.limits };
  const table = permissionTable(options.operations, options.routes);
  const app = newListener(limits);
  const files = options.staticDir === undefined ? undefined : await staticFiles(options.staticDir);
  const onFault = options.onFault ?? (() => undefined);
  const names = [options.host, ...(options.publicUrlHosts ?? [])];
  installHooks(app, { ...options, limits }, new Set(names.map((name) => name.toLowerCase())));
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, onFault));
  app.setNotFoundHandler((request, reply) => sendProblem(notFound(request), request, reply, onFault));
  const document = JSON.stringify(openApi(options.operations, options.routes, options.version));
  const ready = options.ready ?? (async () => true);
  registerTable(app, table, options.operations, options.routes, {
    operations: {
      context: options.context,
      idempotency: options.idempotency ?? memoryIdempotency(options.clock),
      heartbeatMs: limits.heartbeatMs,
      onFault,
    },
    builtIn: {
      '/health': async (_request, reply) => reply.send({ status: 'ok', version: options.version }),
      '/ready': async (_request, reply) => {
        if (!(await ready())) throw new TendError('UNAVAILABLE', 'the server is not ready to take traffic');
        return reply.send({ status: 'ready' });
      },
      '/openapi.json': async (_request, reply) =>
        reply.type('application/json; charset=utf-8').send(document),
      '/*': answerStatic(files),
    },
  });
  await listen(app, options.host, options.port);
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return { url: `http://${clientHost(options.host)}:${port}`, port, close: () => app.close() };
}

function newListener(limits: HttpLimits): FastifyInstance {
  const app = fastify({
    logger: false,
    trustProxy: false,
    forceCloseConnections: true,
    // `boundBody` does this, which knows what is streamed.
    requestTimeout: 0,
    keepAliveTimeout: 5_000,
    bodyLimit: 64 * 1024,
    // A `__proto__` in a body is an unknown field like any other: bodies are read by us, as bytes.
    routerOptions: { maxParamLength: PARAM_CHARS_MAX },
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: Math.min(5_000, limits.headersMs),
    },
    clientErrorHandler: refuseBrokenRequest,
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply, () => undefined),
  });
  app.server.maxConnections = CONNECTIONS_MAX;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return app;
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new TendError('PORT_IN_USE', `something listens on ${host}:${port} already`, { cause: error });
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES') {
      throw new TendError('INVALID_INPUT', `cannot listen on ${host}:${port} (${code})`, { cause: error });
    }
    throw error;
  }
}

/** An address that connects: the unspecified ones stand for every interface and are none themselves. */
function clientHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
