import { asTendError } from '../kernel/error.ts';
import { METRICS_CONTENT_TYPE, metricsText } from './metrics-text.ts';
import type { Log } from './plane-log.ts';
import type { PlaneHandler, PlaneRequest } from './plane-request.ts';
import type { PlaneStatus } from './plane-status.ts';
import { handlePredict, methodNotAllowed } from './predict.ts';
import type { Predictor } from './predictor.ts';
import { type PlaneReply, problem, problemOf } from './problem.ts';

const PREDICT = '/predict/';

/** What the routes of the data plane answer from. */
export interface PlaneHandlerOptions {
  readonly predictor: Predictor;
  /** Pid of the plane (of its supervisor), by which a stale plane.json is told from a living plane. */
  readonly planePid: number;
  readonly version: string;
  /** Whether a routing is in force and the plane is not draining. */
  readonly ready: () => boolean;
  readonly status: () => Promise<PlaneStatus>;
  readonly log: Log;
}

/**
 * The routes of the data plane. Nothing that a handler throws leaves it: the answer is then a 500 without
 * detail.
 */
export function planeHandler(options: PlaneHandlerOptions): PlaneHandler {
  return (request, reply) => {
    const failed = (error: unknown): void => {
      const coded = asTendError(error);
      options.log(`${request.method} failed: ${coded.stack ?? coded.message}`);
      reply(problemOf(coded));
    };
    try {
      dispatch(options, request, reply, failed);
    } catch (error) {
      failed(error);
    }
  };
}

function dispatch(
  options: PlaneHandlerOptions,
  request: PlaneRequest,
  reply: (answer: PlaneReply) => void,
  failed: (error: unknown) => void,
): void {
  const path = pathOf(request.target);
  if (path.startsWith(PREDICT)) {
    return handlePredict(options.predictor, path.slice(PREDICT.length), request, reply);
  }
  if (!['/health', '/ready', '/metrics', '/status'].includes(path)) {
    return reply(
      problem(404, 'NOT_FOUND', 'there is nothing at this path', {
        hint: 'The data plane answers POST /predict/{endpoint}, GET /health, /ready, /metrics and /status.',
      }),
    );
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return reply(methodNotAllowed('GET, HEAD'));
  if (path === '/health') {
    return reply(json(200, { status: 'ok', pid: options.planePid, version: options.version }));
  }
  if (path === '/ready') return reply(readiness(options));
  if (path === '/status' && !request.fromLoopback) {
    return reply(
      problem(403, 'NOT_ALLOWED', '/status is answered to this machine alone', { hint: 'Use /metrics.' }),
    );
  }
  options
    .status()
    .then((status) => reply(path === '/status' ? json(200, status) : metrics(status)))
    .catch(failed);
}

/**
 * The path of a request target in origin or absolute form (RFC 9112 §3.2), as it was sent: nothing is
 * decoded.
 */
function pathOf(target: string): string {
  let path = target;
  if (!path.startsWith('/')) {
    const scheme = /^https?:\/\/[^/?#]*/i.exec(path);
    path = scheme === null ? path : path.slice(scheme[0].length);
  }
  const end = path.indexOf('?');
  return end < 0 ? path : path.slice(0, end);
}

function readiness(options: PlaneHandlerOptions): PlaneReply {
  if (options.ready()) return json(200, { status: 'ready' });
  return problem(503, 'UNAVAILABLE', 'no routing is in force yet, or the plane is draining', {
    headers: { 'Retry-After': '1' },
  });
}

function metrics(status: PlaneStatus): PlaneReply {
  return { status: 200, contentType: METRICS_CONTENT_TYPE, body: metricsText(status) };
}

function json(status: number, value: unknown): PlaneReply {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` };
}
