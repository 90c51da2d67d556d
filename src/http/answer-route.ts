import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { Route } from '../kernel/route.ts';
import { paramsOf, queryOf } from './answer-operation.ts';
import { decodeBody } from './decode-body.ts';
import { stateOf } from './request-state.ts';

/** The handler of a route of another protocol: our request in, its reply out. The body comes decoded. */
export function answerRoute(
  route: Route,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const state = stateOf(request);
    const raw = request.body instanceof Uint8Array ? request.body : new Uint8Array();
    const { 'content-encoding': encoding, ...headers } = request.headers;
    const response = await route.handler({
      method: request.method,
      params: paramsOf(request),
      query: queryOf(request.url),
      headers,
      body: await decodeBody(raw, encoding, route.bodyBytesMax),
      principal: state.principal,
      signal: state.abort.signal,
    });
    reply.code(response.status);
    for (const [name, value] of Object.entries(response.headers ?? {})) reply.header(name, value);
    const { body } = response;
    if (body === undefined) return reply.send();
    if (typeof body === 'string') return reply.send(body);
    if (body instanceof Uint8Array)
      return reply.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    return reply.send(Readable.from(body, { objectMode: false }));
  };
}
