import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { asTendError, TendError } from '../kernel/error.ts';
import { sha256 } from '../kernel/hash.ts';
import { type AnyOperation, callOperation } from '../kernel/operation.ts';
import { inputFields } from '../kernel/operation-input.ts';
import type { Principal } from '../kernel/policy.ts';
import { checkInput, strictly } from '../kernel/check-input.ts';
import { decodeBody } from './decode-body.ts';
import { entityTag, namesTag } from './entity-tag.ts';
import { eventStream } from './event-stream.ts';
import type { Exchange } from './exchange.ts';
import { HttpError } from './http-error.ts';
import type { IdempotencyStore } from './idempotency.ts';
import { type InputParts, readInput, readJsonBody } from './read-input.ts';
import { headerOf } from './request-guard.ts';
import { stateOf } from './request-state.ts';

/** Body of an operation. The largest is a tend.yaml with its SQL files; bulk data has its own routes. */
export const OPERATION_BODY_BYTES_MAX = 4 * 1024 * 1024;

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

/** What answering operations needs beside the operation. */
export interface OperationSurroundings<C> {
  readonly context: (principal: Principal, signal: AbortSignal, exchange: Exchange) => C;
  readonly idempotency: IdempotencyStore;
  readonly heartbeatMs: number;
  readonly onFault: (error: unknown, requestId: string) => void;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/**
 * The handler of one operation. `reader` is the GET of the same path, if there is one; `If-Match` asks it.
 */
export function answerOperation<C>(
  operation: AnyOperation<C>,
  reader: AnyOperation<C> | undefined,
  around: OperationSurroundings<C>,
): Handler {
  const fields = inputFields(operation.input);
  const schema = strictly(operation.input);
  return async (request, reply) => {
    const state = stateOf(request);
    const body = await readBody(request);
    const parts: InputParts = { params: paramsOf(request), query: queryOf(request.url), body };
    const { input, mistakes } = readInput(fields, parts);
    const checked = checkInput(schema, input, mistakes);
    const exchange: Exchange = {
      peer: request.ip,
      headers: request.headers,
      setHeader: (name, value) => void reply.header(name, value),
    };
    const ctx = around.context(state.principal, state.abort.signal, exchange);
    if (operation.stream === true) return streamItems(operation, checked, ctx, request, reply, around);
    await checkIfMatch(request, reader, ctx);
    const run = async (): Promise<string | undefined> =>
      serialise(operation, await (callOperation(operation, ctx, checked) as Promise<unknown>));
    const key = operation.method === 'POST' ? idempotencyKey(request, state.principal) : undefined;
    if (key === undefined) return send(request, reply, await run());
    return once(key, sha256(JSON.stringify(input)), around.idempotency, run, request, reply);
  };
}

async function readBody(request: FastifyRequest): Promise<unknown> {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  const raw = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  const encoding = request.headers['content-encoding'];
  return readJsonBody(await decodeBody(raw, encoding, OPERATION_BODY_BYTES_MAX), request.headers);
}

/** Path parameters as the router decoded them. */
export function paramsOf(request: FastifyRequest): Record<string, string> {
  return { ...(request.params as Record<string, string>) };
}

/** Query of a request target. */
export function queryOf(url: string): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1));
}

/** The JSON of an answer: what the schema declares of it and nothing else; undefined for no content. */
function serialise<C>(operation: AnyOperation<C>, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const result = operation.output.safeParse(value);
  if (!result.success) {
    const where = result.error.issues
      .map((issue: { path: PropertyKey[] }) => issue.path.join('.'))
      .join(', ');
    throw new TendError('INTERNAL', `${operation.name} answered outside its schema at: ${where}`, {
      cause: result.error,
    });
  }
  return JSON.stringify(result.data);
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  body: string | undefined,
  status = 200,
): FastifyReply {
  if (body === undefined) return reply.code(204).send();
  reply.header('content-type', 'application/json; charset=utf-8');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return reply.header('cache-control', 'no-store').code(status).send(body);
  }
  const tag = entityTag(body);
  reply.header('etag', tag).header('cache-control', 'private, no-cache');
  const known = headerOf(request.headers, 'if-none-match');
  if (known !== undefined && namesTag(known, tag)) return reply.removeHeader('content-type').code(304).send();
  return reply.code(status).send(body);
}

/** Refuses an edit of what has changed since the client read it. @throws HttpError 412 */
async function checkIfMatch<C>(
  request: FastifyRequest,
  reader: AnyOperation<C> | undefined,
  ctx: C,
): Promise<void> {
  const expected = headerOf(request.headers, 'if-match');
  if (expected === undefined || reader === undefined || request.method === 'GET') return;
  const input = checkInput(reader.input, paramsOf(request));
  const body = serialise(reader, await (callOperation(reader, ctx, input) as Promise<unknown>)) ?? '';
  if (namesTag(expected, entityTag(body))) return;
  throw new HttpError(412, 'CONFLICT', 'it has changed since the ETag in If-Match was read');
}

async function streamItems<C>(
  operation: AnyOperation<C>,
  input: unknown,
  ctx: C,
  request: FastifyRequest,
  reply: FastifyReply,
  around: OperationSurroundings<C>,
): Promise<FastifyReply> {
  const state = stateOf(request);
  const items = callOperation(operation, ctx, input) as AsyncIterable<unknown>;
  const events = await eventStream(items, {
    signal: state.abort.signal,
    requestId: state.id,
    heartbeatMs: around.heartbeatMs,
    serialise: (item) => serialise(operation, item) ?? 'null',
    onFault: (error) => around.onFault(error, state.id),
  });
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(events));
}

/**
 * The key under which a reply is kept: one client's key never meets another's. Callers without a name have
 * none, since they could not be told apart.
 */
function idempotencyKey(request: FastifyRequest, principal: Principal): string | undefined {
  const key = headerOf(request.headers, 'idempotency-key');
  if (key === undefined || principal.kind === 'anonymous') return undefined;
  if (!IDEMPOTENCY_KEY.test(key)) {
    throw new TendError('INVALID_INPUT', 'expected 1 to 200 visible ASCII characters in Idempotency-Key');
  }
  return `${principal.id} ${request.url} ${key}`;
}

async function once(
  key: string,
  fingerprint: string,
  store: IdempotencyStore,
  run: () => Promise<string | undefined>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const claim = await store.claim(key, fingerprint);
  if (claim.kind === 'kept') {
    reply.header('idempotency-replayed', 'true');
    return send(
      request,
      reply,
      claim.reply.status === 204 ? undefined : claim.reply.body,
      claim.reply.status,
    );
  }
  if (claim.kind === 'other') {
    throw new HttpError(422, 'CONFLICT', 'this Idempotency-Key was used for another request', {
      hint: 'Use a new key for each new request.',
    });
  }
  if (claim.kind === 'running') {
    throw new TendError('CONFLICT', 'a request with this Idempotency-Key is being carried out', {
      hint: 'Wait for its reply, then repeat the request to get it.',
    });
  }
  try {
    const body = await run();
    await store.keep(key, { status: body === undefined ? 204 : 200, body: body ?? '' });
    return send(request, reply, body);
  } catch (error) {
    await store.release(key);
    throw asTendError(error);
  }
}
