import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuseBrokenRequest } from './send-problem.ts';

/** Until when a body must be there, or must at least have moved. */
export interface BodyLimits {
  /** Of a whole body that is held in memory, and of one that nobody wants any more. */
  readonly requestMs: number;
  /** Without a byte, of a body that is streamed: as long as it moves, it may take as long as it takes. */
  readonly idleMs: number;
}

/** As Node calls it. */
const TOO_SLOW = 'ERR_HTTP_REQUEST_TIMEOUT';

/** Looks in the time that the shorter limit allows; what is too slow is found out at most one later. */
const LOOKS = 4;

/**
 * Cuts a request off whose body does not come. Node's own `requestTimeout` holds for all requests alike and
 * would end a large upload over a slow line, so it is off. `streams`: asked at each look, as it is known only
 * after sign-in; a body is streamed no more once the request is answered.
 *
 * Time is counted in looks: after a pause of this process there is one, and whatever came meanwhile is read
 * before the next.
 */
export function boundBody(
  request: IncomingMessage,
  response: ServerResponse,
  limits: BodyLimits,
  streams: () => boolean,
): void {
  const { headers, socket } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
  const everyMs = Math.min(limits.requestMs, limits.idleMs) / LOOKS;
  let receivedBytes = socket.bytesRead;
  let looks = 0;
  let still = 0;
  const stop = (): void => clearInterval(timer);
  const look = (): void => {
    if (request.complete || socket.destroyed) return stop();
    looks += 1;
    still = socket.bytesRead === receivedBytes ? still + 1 : 0;
    receivedBytes = socket.bytesRead;
    const streamed = streams() && !response.writableEnded;
    const late = streamed ? still * everyMs >= limits.idleMs : looks * everyMs >= limits.requestMs;
    if (!late) return;
    stop();
    if (response.headersSent) socket.destroy();
    else refuseBrokenRequest(Object.assign(new Error('too slow'), { code: TOO_SLOW }), socket);
  };
  const timer = setInterval(look, everyMs).unref();
  request.once('end', stop);
}
