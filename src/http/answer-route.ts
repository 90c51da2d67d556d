import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { Route, RouteRequest, RouteResponse } from '../kernel/route.ts';
import { paramsOf, queryOf } from './answer-operation.ts';
import { decodeBody } from './decode-body.ts';
import { HttpError } from './http-error.ts';
import { stateOf } from './request-state.ts';

/** The handler of a route of another protocol: our request in, its reply out. The body comes decoded. */
export function answerRoute(
  route: Route,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const state = stateOf(request);
    const { 'content-encoding': encoding, ...headers } = request.headers;
    const response = await route.handler({
      method: request.method,
      params: paramsOf(request),
      query: queryOf(request.url),
      headers,
      ...(await bodyOf(route, request, encoding)),
      principal: state.principal,
      signal: state.abort.signal,
    });
    return sendResponse(reply, response);
  };
}

async function bodyOf(
  route: Route,
  request: FastifyRequest,
  encoding: string | string[] | undefined,
): Promise<Pick<RouteRequest, 'body' | 'stream'>> {
  const { body } = request;
  if (route.streams === true) {
    if (encoding !== undefined && encoding !== 'identity') throw refuseEncoding();
    const none = new Uint8Array();
    return { body: none, stream: body instanceof Readable ? body : Readable.from([]) };
  }
  const raw = body instanceof Uint8Array ? body : new Uint8Array();
  return { body: await decodeBody(raw, encoding, route.bodyBytesMax) };
}

function refuseEncoding(): HttpError {
  return new HttpError(415, 'INVALID_INPUT', 'this path takes a file as it is, without Content-Encoding');
}

/** Sends what a route answers. */
export function sendResponse(reply: FastifyReply, response: RouteResponse): FastifyReply {
  reply.code(response.status);
  for (const [name, value] of Object.entries(response.headers ?? {})) reply.header(name, value);
  const { body } = response;
  if (body === undefined) return reply.send();
  if (typeof body === 'string') return reply.send(body);
  if (body instanceof Uint8Array) {
    return reply.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  }
  return reply.send(Readable.from(body, { objectMode: false }));
}
