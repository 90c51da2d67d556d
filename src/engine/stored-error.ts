import { ERRORS, type ErrorCode, type FieldError, TendError } from '../kernel/error.ts';
import { jsonText, type JsonText, parseJsonText } from '../store/json-text.ts';

/** An error as an execution or a step keeps it. */
export interface StoredError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly fields: readonly FieldError[];
}

/** The error as JSON for a column. */
export function storeError(error: TendError): JsonText {
  const fields = error.fields.map(({ path, message }) => ({ path, message }));
  return jsonText({ code: error.code, message: error.message, hint: error.hint, fields });
}

/** What `storeError` wrote. */
export function readError(text: JsonText): StoredError {
  const stored = parseJsonText(text) as unknown as StoredError;
  // A later Tend may have stored a code that this one does not know.
  return stored.code in ERRORS ? stored : { ...stored, code: 'INTERNAL' };
}

/** The error that was stored, to be thrown again. */
export function restoreError(text: JsonText): TendError {
  const { code, message, hint, fields } = readError(text);
  return new TendError(code, message, { hint, fields });
}
