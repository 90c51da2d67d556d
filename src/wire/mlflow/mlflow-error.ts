import { type ErrorCode, TendError } from '../../kernel/error.ts';
import type { RouteResponse } from '../../kernel/route.ts';

/** MLflow's error codes that we answer with, and the statuses that its clients know them by. */
const STATUS_OF = {
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
  REQUEST_LIMIT_EXCEEDED: 429,
  RESOURCE_CONFLICT: 409,
  ENDPOINT_NOT_FOUND: 404,
  RESOURCE_DOES_NOT_EXIST: 404,
  PERMISSION_DENIED: 403,
  UNAUTHENTICATED: 401,
  RESOURCE_ALREADY_EXISTS: 400,
  INVALID_PARAMETER_VALUE: 400,
  BAD_REQUEST: 400,
} as const;

export type MlflowErrorCode = keyof typeof STATUS_OF;

/** What a code of ours is in MLflow's words; everything else is a fault of ours. */
const CODE_OF: Partial<Record<ErrorCode, MlflowErrorCode>> = {
  INVALID_INPUT: 'INVALID_PARAMETER_VALUE',
  TOO_LARGE: 'INVALID_PARAMETER_VALUE',
  NOT_FOUND: 'RESOURCE_DOES_NOT_EXIST',
  GONE: 'RESOURCE_DOES_NOT_EXIST',
  CONFLICT: 'RESOURCE_CONFLICT',
  NOT_ALLOWED: 'PERMISSION_DENIED',
  NOT_SIGNED_IN: 'UNAUTHENTICATED',
  TOO_MANY: 'REQUEST_LIMIT_EXCEEDED',
  UNAVAILABLE: 'TEMPORARILY_UNAVAILABLE',
  DISK_FULL: 'TEMPORARILY_UNAVAILABLE',
};

/** A refusal for which MLflow has a code of its own. */
export class MlflowError extends TendError {
  readonly errorCode: MlflowErrorCode;

  constructor(errorCode: MlflowErrorCode, message: string, cause?: unknown) {
    super('INVALID_INPUT', message, { cause });
    this.errorCode = errorCode;
  }
}

/** A mistake in what was sent. */
export function invalid(message: string): MlflowError {
  return new MlflowError('INVALID_PARAMETER_VALUE', message);
}

/** Seconds after which a client should try again; it does so up to seven times by itself. */
const RETRY_AFTER_S = '5';

/** A refusal as MLflow's clients read it. The text of a fault of ours stays in the server's log. */
export function mlflowRefusal(error: TendError): RouteResponse {
  const errorCode =
    error instanceof MlflowError ? error.errorCode : (CODE_OF[error.code] ?? 'INTERNAL_ERROR');
  const status = STATUS_OF[errorCode];
  const message =
    errorCode === 'INTERNAL_ERROR'
      ? 'The server could not carry this out; its log tells why.'
      : error.message;
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(status === 401 ? { 'www-authenticate': 'Basic realm="mlflow"' } : {}),
      ...(status === 429 || status === 503 ? { 'retry-after': RETRY_AFTER_S } : {}),
    },
    body: JSON.stringify({ error_code: errorCode, message }),
  };
}

/** A conflict of names in MLflow's words: 400, where ours would be 409. */
export async function alreadyExists<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TendError) || error.code !== 'CONFLICT') throw error;
    throw new MlflowError('RESOURCE_ALREADY_EXISTS', error.message, error);
  }
}
