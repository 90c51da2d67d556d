import { ERRORS, type ErrorCode, TendError } from '../kernel/error.ts';

/**
 * The error that a problem of a server tells of (RFC 9457, `text` its body); codes that this version does
 * not know become the nearest by status.
 */
export function problemError(status: number, text: string): TendError {
  const problem = parseProblem(text);
  const code = problem['code'];
  const known =
    typeof code === 'string' && Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : codeOf(status);
  const detail = typeof problem['detail'] === 'string' ? problem['detail'] : `the server answered ${status}`;
  const id =
    typeof problem['requestId'] === 'string' && status >= 500 ? ` (request ${problem['requestId']})` : '';
  const fields = Array.isArray(problem['errors'])
    ? problem['errors'].map((field: { path?: unknown; message?: unknown }) => ({
        path: String(field.path),
        message: String(field.message),
      }))
    : [];
  return new TendError(known, detail + id, {
    fields,
    ...(typeof problem['hint'] === 'string' ? { hint: problem['hint'] } : {}),
  });
}

function parseProblem(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'NOT_SIGNED_IN';
  if (status === 403) return 'NOT_ALLOWED';
  if (status === 404) return 'NOT_FOUND';
  if (status === 409 || status === 412) return 'CONFLICT';
  if (status === 410) return 'GONE';
  if (status === 413) return 'TOO_LARGE';
  if (status === 429) return 'TOO_MANY';
  if (status >= 502) return 'UNAVAILABLE';
  return status >= 500 ? 'INTERNAL' : 'INVALID_INPUT';
}
