import { ERRORS, type ErrorCode, type FieldError, type TendError } from '../kernel/error.ts';

/** Body of every refusal (RFC 9457, `application/problem+json`). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly hint: string;
  readonly errors: readonly FieldError[];
  readonly requestId: string;
}

/** Media type of a problem. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/**
 * HTTP status of each kind. `configuration` is 422: the request is well formed, the document in it is not.
 * Statuses of the 500s are for faults on our side alone; what a client can cause is below.
 */
const STATUS_BY_KIND = {
  invalid: 400,
  usage: 400,
  'not-signed-in': 401,
  'not-allowed': 403,
  'not-found': 404,
  conflict: 409,
  gone: 410,
  'too-large': 413,
  configuration: 422,
  'too-many': 429,
  failed: 500,
  unavailable: 503,
} as const;

/**
 * Codes of the kind `failed` that are no fault of the server. Data or a script of the client's own choice did
 * not hold: 422. A full disk is 507, an interrupted execution 503, both to be tried again.
 */
const STATUS_BY_CODE: Partial<Record<ErrorCode, number>> = {
  SOURCE_UNREADABLE: 422,
  DATA_REFUSED: 422,
  TRAINING_FAILED: 422,
  INTERRUPTED: 503,
  DISK_FULL: 507,
};

/** Seconds a client should wait before it tries again; the window of the sign-in limit is as long. */
export const RETRY_AFTER_SECONDS = 60;

/** The status that answers an error. `status` overrides it where HTTP has a finer one (412, 415, 431). */
export function statusOf(error: TendError): number {
  return STATUS_BY_CODE[error.code] ?? STATUS_BY_KIND[error.kind];
}

/**
 * The problem that tells a client of an error. The text of a fault of ours is not sent, since it may carry a
 * path or a statement: the request id leads to it in the server's log.
 */
export function problemOf(error: TendError, requestId: string, status = statusOf(error)): Problem {
  const ours = status === 500;
  return {
    type: `urn:tend:problem:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: titleOf(error.code),
    status,
    detail: ours
      ? 'The server could not carry this out; its log tells why under the request id.'
      : error.message,
    code: error.code,
    hint: ours ? ERRORS[error.code].hint : error.hint,
    errors: ours ? [] : error.fields,
    requestId,
  };
}

function titleOf(code: ErrorCode): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Headers that go with a status: how to sign in, when to come back. */
export function problemHeaders(status: number, path: string): Readonly<Record<string, string>> {
  if (status === 429 || status === 503) return { 'retry-after': String(RETRY_AFTER_SECONDS) };
  if (status !== 401) return {};
  // A browser opens its own password window for `Basic`; the board, which talks to our API alone, has a
  // better one.
  const own = path.startsWith('/api/tend/');
  return { 'www-authenticate': own ? 'Bearer realm="tend"' : 'Basic realm="tend", charset="UTF-8"' };
}
