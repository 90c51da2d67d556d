/** A call that did not succeed: what the server said (RFC 9457), or that it was not reached (status 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly hint: string;

  constructor(status: number, code: string, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

function textField(problem: unknown, field: string): string | undefined {
  if (typeof problem !== 'object' || problem === null || !(field in problem)) return undefined;
  const value: unknown = Reflect.get(problem, field);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The error in a problem document; a proxy's page or an empty body gives one by status alone. */
export function apiErrorOf(status: number, problem: unknown): ApiError {
  const message =
    textField(problem, 'detail') ?? textField(problem, 'title') ?? `The server answered ${status}.`;
  return new ApiError(
    status,
    textField(problem, 'code') ?? `HTTP_${status}`,
    message,
    textField(problem, 'hint') ?? '',
  );
}

/** Message and hint of anything thrown. */
export function errorText(error: unknown): { readonly message: string; readonly hint: string } {
  if (error instanceof ApiError) return { message: error.message, hint: error.hint };
  return { message: error instanceof Error ? error.message : String(error), hint: '' };
}
