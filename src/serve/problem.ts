import { STATUS_CODES } from 'node:http';
import {
  ERRORS,
  type ErrorCode,
  type ErrorKindName,
  type FieldError,
  type TendError,
} from '../kernel/error.ts';
import type { JsonObject } from '../kernel/json.ts';

/** An answer of the data plane, free of any listener's types. */
export interface PlaneReply {
  readonly status: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const STATUS: Readonly<Record<ErrorKindName, number>> = {
  invalid: 400,
  usage: 400,
  configuration: 500,
  'not-found': 404,
  'not-allowed': 403,
  'not-signed-in': 401,
  conflict: 409,
  'too-large': 413,
  'too-many': 429,
  gone: 410,
  unavailable: 503,
  failed: 500,
};

/** Seconds after which a refused client may try again; a queue of the largest size empties in less. */
const RETRY_AFTER_S = '1';

interface ProblemParts {
  readonly hint?: string;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members. */
  readonly members?: JsonObject;
}

/** A problem document (RFC 9457) with the members `code`, `hint` and `errors`. */
export function problem(
  status: number,
  code: ErrorCode,
  detail: string,
  parts: ProblemParts = {},
): PlaneReply {
  const body = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail,
    hint: parts.hint ?? ERRORS[code].hint,
    ...(parts.errors !== undefined && parts.errors.length > 0 ? { errors: parts.errors } : {}),
    ...parts.members,
  };
  return {
    status,
    contentType: 'application/problem+json',
    ...(parts.headers === undefined ? {} : { headers: parts.headers }),
    body: `${JSON.stringify(body)}\n`,
  };
}

/**
 * The problem that stands for an operating error. What failed inside is said in the log alone: an answer that
 * names a path or a cause helps only those who should not know it.
 */
export function problemOf(
  error: TendError,
  parts: Pick<ProblemParts, 'headers' | 'members'> = {},
): PlaneReply {
  const kind = ERRORS[error.code];
  const status = kind.kind === 'failed' && kind.retryable ? 503 : STATUS[kind.kind];
  const retry = status === 429 || status === 503 ? { headers: { 'Retry-After': RETRY_AFTER_S } } : {};
  const detail = error.code === 'INTERNAL' ? 'the prediction failed inside the data plane' : error.message;
  return problem(status, error.code, detail, { hint: error.hint, errors: error.fields, ...retry, ...parts });
}
