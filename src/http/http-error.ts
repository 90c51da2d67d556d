import { TendError, type ErrorCode, type FieldError } from '../kernel/error.ts';

/** An operating error for which HTTP has a finer status than that of its kind (412, 415, 431). */
export class HttpError extends TendError {
  readonly status: number;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    options: { readonly hint?: string; readonly fields?: readonly FieldError[] } = {},
  ) {
    super(code, message, options);
    this.status = status;
  }
}
