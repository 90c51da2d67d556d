import { isUtf8 } from 'node:buffer';
import { TendError } from '../kernel/error.ts';
import { parseEventTime } from './event-time.ts';
import type { PlaneRequest } from './plane-request.ts';
import type { PredictResult } from './predict-call.ts';
import type { Predictor } from './predictor.ts';
import { type PlaneReply, problem, problemOf } from './problem.ts';

const JSON_TYPE = 'application/json';

/** `POST /predict/{endpoint}`: one object of named raw fields, or `{"instances": […]}`. */
export function handlePredict(
  predictor: Predictor,
  endpoint: string,
  request: PlaneRequest,
  reply: (answer: PlaneReply) => void,
): void {
  if (request.method !== 'POST') return reply(methodNotAllowed('POST'));
  const type = unacceptableType(request);
  if (type !== undefined) return reply(type);
  let body: ParsedBody;
  try {
    body = parseBody(request);
  } catch (error) {
    if (!(error instanceof TendError)) throw error;
    predictor.countInvalid(endpoint);
    return reply(problemOf(error));
  }
  const settle = (result: PredictResult): void => reply(answerOf(result, body.listed));
  predictor.predict({ endpoint, ...body, startedAt: request.startedAt, settle });
}

/** 405 with the methods that the path takes. */
export function methodNotAllowed(allow: string): PlaneReply {
  return problem(405, 'INVALID_INPUT', `the method is not allowed here; allowed: ${allow}`, {
    hint: `Send ${allow}.`,
    headers: { Allow: allow },
  });
}

/**
 * Only JSON, only as it is: a page of another origin cannot send this media type without asking first, and a
 * compressed body could be a bomb.
 */
function unacceptableType(request: PlaneRequest): PlaneReply | undefined {
  const type = request.headers['content-type'];
  if (typeof type !== 'string' || mediaType(type) !== JSON_TYPE) {
    const given = typeof type === 'string' ? JSON.stringify(type.slice(0, 100)) : 'none';
    return problem(415, 'INVALID_INPUT', `the content type is ${given}; expected ${JSON_TYPE}`, {
      hint: `Send the header \`Content-Type: ${JSON_TYPE}\`.`,
    });
  }
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return undefined;
  return problem(415, 'INVALID_INPUT', 'the body is compressed; this is not supported', {
    hint: 'Send the body as plain JSON, without a Content-Encoding.',
  });
}

function mediaType(header: string): string {
  const end = header.indexOf(';');
  return (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
}

interface ParsedBody {
  readonly instances: readonly unknown[];
  readonly listed: boolean;
  readonly eventTimeMs: number | undefined;
}

function parseBody(request: PlaneRequest): ParsedBody {
  const eventTimeMs = eventTimeOf(request);
  const value = parseJson(request.body);
  if (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.hasOwn(value, 'instances')
  ) {
    const { instances, ...others } = value as Readonly<Record<string, unknown>>;
    if (Array.isArray(instances)) {
      const extra = Object.keys(others)[0];
      if (extra === undefined) return { instances, listed: true, eventTimeMs };
      throw invalid(extra.slice(0, 100), 'expected nothing beside `instances`');
    }
    // A model may have a raw field of this name; it is never a list.
    if (typeof instances === 'object' && instances !== null)
      throw invalid('instances', 'expected a list of objects');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('', 'expected an object of named fields, or {"instances": [ … ]}');
  }
  return { instances: [value], listed: false, eventTimeMs };
}

function eventTimeOf(request: PlaneRequest): number | undefined {
  const header = request.headers['tend-event-time'];
  if (header === undefined) return undefined;
  const ms = typeof header === 'string' ? parseEventTime(header) : undefined;
  if (ms !== undefined) return ms;
  throw invalid('Tend-Event-Time', 'expected an RFC 3339 time with its offset, such as 2026-01-31T08:05:00Z');
}

function parseJson(body: Uint8Array): unknown {
  if (!isUtf8(body)) throw invalid('', 'the body is not UTF-8');
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid('', `the body is not JSON: ${reason.slice(0, 200)}`);
  }
}

function invalid(path: string, message: string): TendError {
  return new TendError('INVALID_INPUT', path === '' ? message : `${path}: ${message}`, {
    fields: [{ path, message }],
  });
}

function answerOf(result: PredictResult, listed: boolean): PlaneReply {
  if (result.kind === 'refusal') {
    const { error, expired, retryAfterS, successor } = result;
    if (!expired) {
      return problemOf(error, {
        ...(retryAfterS === undefined ? {} : { headers: { 'Retry-After': String(Math.ceil(retryAfterS)) } }),
        ...(successor === undefined ? {} : { members: { successor } }),
      });
    }
    return problem(504, error.code, error.message, { headers: { 'Retry-After': '1' } });
  }
  const { route, ids, predictions } = result;
  const head = listed
    ? `{"predictions":[${predictions.join(',')}],"ids":["${ids.join('","')}"]`
    : `{"prediction":${predictions[0]},"id":"${ids[0]}"`;
  return { status: 200, contentType: JSON_TYPE, body: head + route.answerTail };
}
