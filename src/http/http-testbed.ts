import { request as newRequest } from 'node:http';
import { connect } from 'node:net';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { TendError } from '../kernel/error.ts';
import { type AnyOperation, defineOperation } from '../kernel/operation.ts';
import { decodeCursor, pageInput } from '../kernel/page.ts';
import type { Principal } from '../kernel/policy.ts';
import type { Route } from '../kernel/route.ts';
import { ANONYMOUS, type Exchange } from './exchange.ts';
import { type HttpOptions, type HttpServer, serveHttp } from './serve-http.ts';

/** Context of the operations that the tests of this folder serve. */
export interface BedContext {
  readonly principal: Principal;
  readonly signal: AbortSignal;
  readonly exchange: Exchange;
  readonly notes: Map<string, string>;
  /** Times that a write was carried out. */
  readonly writes: { count: number };
  /** Resolves when the stream of the test has been ended by its reader. */
  readonly ended: PromiseWithResolvers<void>;
}

export const testClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

const note = z.object({ id: z.string(), text: z.string() }).meta({ id: 'Note' });

/** Operations of every shape: list, read, edit, create, failing, streaming. */
export const bedOperations: readonly AnyOperation<BedContext>[] = [
  defineOperation({
    name: 'notes.list',
    summary: 'Lists notes',
    method: 'GET',
    path: '/notes',
    input: z.object({ ...pageInput, tags: z.array(z.string()).exactOptional() }),
    output: z.object({ limit: z.number(), after: z.string(), tags: z.array(z.string()) }),
    errors: [],
    permission: 'project.read',
    audit: 'none',
    handler: async (_ctx: BedContext, input) => ({
      limit: input.limit,
      after: input.cursor === undefined ? '' : decodeCursor(input.cursor),
      tags: input.tags ?? [],
    }),
  }),
  defineOperation({
    name: 'notes.get',
    summary: 'One note',
    method: 'GET',
    path: '/notes/{id}',
    input: z.object({ id: z.string() }),
    output: note,
    errors: ['NOT_FOUND'],
    permission: 'project.read',
    audit: 'none',
    handler: async (ctx: BedContext, { id }) => {
      const text = ctx.notes.get(id);
      if (text === undefined) throw new TendError('NOT_FOUND', `no note ${id}`);
      const secret = 'never declared';
      return { id, text, secret };
    },
  }),
  defineOperation({
    name: 'notes.put',
    summary: 'Writes a note',
    method: 'PUT',
    path: '/notes/{id}',
    input: z.object({ id: z.string(), text: z.string().max(1_000) }),
    output: note,
    errors: [],
    permission: 'project.write',
    audit: 'ledger',
    handler: async (ctx: BedContext, { id, text }) => {
      ctx.notes.set(id, text);
      ctx.writes.count += 1;
      return { id, text };
    },
  }),
  defineOperation({
    name: 'notes.create',
    summary: 'Makes a note',
    method: 'POST',
    path: '/notes',
    input: z.object({ text: z.string().min(1), weight: z.number().exactOptional() }),
    output: note,
    errors: [],
    permission: 'project.write',
    audit: 'ledger',
    handler: async (ctx: BedContext, { text }) => {
      ctx.writes.count += 1;
      return { id: `n${ctx.writes.count}`, text };
    },
  }),
  defineOperation({
    name: 'notes.delete',
    summary: 'Removes a note',
    method: 'DELETE',
    path: '/notes/{id}',
    input: z.object({ id: z.string() }),
    output: z.void(),
    errors: [],
    permission: 'project.write',
    audit: 'ledger',
    handler: async (ctx: BedContext, { id }) => {
      ctx.notes.delete(id);
      ctx.writes.count += 1;
    },
  }),
  defineOperation({
    name: 'faults.list',
    summary: 'Fails as a defect does',
    method: 'GET',
    path: '/faults',
    input: z.object({}),
    output: z.void(),
    errors: [],
    permission: 'public',
    audit: 'none',
    handler: async (): Promise<void> => {
      throw new Error('select secret from token; /srv/tend/state.db');
    },
  }),
  defineOperation({
    name: 'beats.list',
    summary: 'Streams numbers until the reader goes',
    method: 'GET',
    path: '/beats',
    input: z.object({ count: z.coerce.number().int().default(1_000_000), fail: z.boolean().default(false) }),
    output: z.object({ n: z.number() }),
    errors: ['CONFLICT'],
    permission: 'public',
    audit: 'none',
    stream: true,
    handler: async function* (ctx: BedContext, { count, fail }) {
      if (fail) throw new TendError('CONFLICT', 'refused at once');
      try {
        for (let n = 0; n < Math.min(count, 3); n++) yield { n };
        if (count <= 3) return;
        await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve, { once: true }));
      } finally {
        ctx.ended.resolve();
      }
    },
  }),
];

/** A route of another protocol that tells what it was given. */
export const bedRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/2.0/echo/{name}',
    permission: 'model.write',
    bodyBytesMax: 1_000,
    handler: async (request) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ params: request.params, size: request.body.length, who: request.principal.id }),
    }),
  },
];

export interface Bed extends AsyncDisposable {
  readonly server: HttpServer;
  readonly context: Omit<BedContext, 'principal' | 'signal' | 'exchange'>;
  readonly faults: unknown[];
}

/** A server of the test operations. `Bearer editor` may everything, `Bearer viewer` may read. */
export async function openBed(options: Partial<HttpOptions<BedContext>> = {}): Promise<Bed> {
  const context = {
    notes: new Map([['a', 'first']]),
    writes: { count: 0 },
    ended: Promise.withResolvers<void>(),
  };
  const faults: unknown[] = [];
  const server = await serveHttp<BedContext>({
    operations: bedOperations,
    routes: bedRoutes,
    context: (principal, signal, exchange) => ({ principal, signal, exchange, ...context }),
    authenticate: async ({ headers }) => {
      const bearer = headers['authorization'];
      if (bearer === undefined) return ANONYMOUS;
      if (bearer === 'Bearer editor') return { kind: 'account', id: 'acc_e', name: 'ed', roles: ['editor'] };
      if (bearer === 'Bearer viewer') return { kind: 'account', id: 'acc_v', name: 'vi', roles: ['viewer'] };
      throw new TendError('NOT_SIGNED_IN', 'unknown token');
    },
    policy: {
      allows: ({ roles }, permission) =>
        roles.includes('editor') || (roles.includes('viewer') && permission.endsWith('.read')),
    },
    clock: testClock,
    host: '127.0.0.1',
    port: 0,
    version: '0.0.0',
    onFault: (error) => faults.push(error),
    ...options,
  });
  return { server, context, faults, [Symbol.asyncDispose]: () => server.close() };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Parsed body, of whatever shape. */
  readonly json: ReturnType<typeof JSON.parse>;
}

/** One request with every header as given, Host included (which `fetch` does not allow). */
export function ask(
  server: { readonly port: number },
  method: string,
  path: string,
  options: { readonly headers?: Record<string, string>; readonly body?: string | Uint8Array } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { headers = {}, body } = options;
    const outgoing = newRequest({
      host: '127.0.0.1',
      port: server.port,
      method,
      path,
      headers,
      agent: false,
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /json/.test(response.headers['content-type'] ?? '') && text !== '';
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: isJson && response.headers['content-encoding'] === undefined ? JSON.parse(text) : undefined,
        });
      });
    });
    outgoing.end(body);
  });
}

/** What comes back for bytes that need not be a request, until the other side closes. */
export function askRaw(server: { readonly port: number }, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.once('error', () => resolve(text));
    socket.once('close', () => resolve(text));
    socket.write(bytes);
  });
}

/** Headers of a write by one who may. */
export const WRITE = { authorization: 'Bearer editor', 'content-type': 'application/json' };
