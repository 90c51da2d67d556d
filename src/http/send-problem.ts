import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { asTendError, TendError } from '../kernel/error.ts';
import { sendResponse } from './answer-route.ts';
import { HttpError } from './http-error.ts';
import { PROBLEM_TYPE, problemHeaders, problemOf, statusOf } from './problem.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Answers a request with the problem that an error is. */
export function sendProblem(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  onFault: (error: unknown, requestId: string) => void,
): FastifyReply {
  const error = translate(thrown);
  const refused = request.routeOptions?.config?.refuse?.(error);
  if (refused !== undefined) {
    if (refused.status >= 500) onFault(thrown, request.tend?.id ?? '');
    reply.headers(SECURITY_HEADERS);
    return sendResponse(reply, refused);
  }
  const status = error instanceof HttpError ? error.status : statusOf(error);
  const requestId = request.tend?.id ?? '';
  if (status >= 500) onFault(thrown, requestId);
  for (const name of ['etag', 'content-encoding', 'set-cookie', 'idempotency-replayed'])
    reply.removeHeader(name);
  return reply
    .code(status)
    .headers({ ...SECURITY_HEADERS, ...problemHeaders(status, request.url), 'cache-control': 'no-store' })
    .header('content-type', PROBLEM_TYPE)
    .send(JSON.stringify(problemOf(error, requestId, status)));
}

/**
 * Errors of the framework are a client's mistakes where they say so; all else that is not ours is a defect.
 */
function translate(thrown: unknown): TendError {
  if (thrown instanceof TendError || !(thrown instanceof Error)) return asTendError(thrown);
  const status = 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : 500;
  if (status === 413) return new TendError('TOO_LARGE', 'the body is larger than this path takes');
  if (status >= 400 && status < 500) return new HttpError(status, 'INVALID_INPUT', thrown.message);
  return asTendError(thrown);
}

const BROKEN = {
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'Request Header Fields Too Large', code: 'TOO_LARGE' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'Request Timeout', code: 'INVALID_INPUT' },
} as const;

/** Answers what is not a request at all (bad syntax, endless head, too slow) and closes the connection. */
export function refuseBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const known = Object.hasOwn(BROKEN, error.code ?? '')
    ? BROKEN[error.code as keyof typeof BROKEN]
    : undefined;
  const { status, reason, code } = known ?? {
    status: 400,
    reason: 'Bad Request',
    code: 'INVALID_INPUT' as const,
  };
  const body = JSON.stringify(
    problemOf(new TendError(code, `not a request that can be read: ${reason}`), '', status),
  );
  const head = `HTTP/1.1 ${status} ${reason}\r\nContent-Type: ${PROBLEM_TYPE}\r\nConnection: close\r\n`;
  if (socket.writable) socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  socket.destroySoon();
}
