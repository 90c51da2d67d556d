import type { FieldError } from '../kernel/error.ts';
import { type InputField, readFieldText } from '../kernel/operation-input.ts';
import { TendError } from '../kernel/error.ts';
import { type Headers, headerOf } from './request-guard.ts';
import { HttpError } from './http-error.ts';
import { isDeeperThan, JSON_DEPTH_MAX } from '../kernel/json-depth.ts';

/** The three places from which an operation's input comes. */
export interface InputParts {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Decoded JSON body; undefined when there is none. */
  readonly body: unknown;
}

/**
 * Path, query and body as one object for the input schema. A field that comes from two places, and one that
 * comes twice without being a list, is a mistake: which of them was meant cannot be told.
 */
export function readInput(
  fields: readonly InputField[],
  parts: InputParts,
): { readonly input: Record<string, unknown>; readonly mistakes: readonly FieldError[] } {
  const known = new Map(fields.map((field) => [field.name, field]));
  const values = new Map<string, unknown>();
  const mistakes: FieldError[] = [];
  const put = (name: string, value: unknown): void => {
    if (values.has(name)) mistakes.push({ path: name, message: 'given twice' });
    else values.set(name, value);
  };
  for (const [name, text] of Object.entries(parts.params)) put(name, readText(known.get(name), text));
  for (const name of new Set(parts.query.keys())) {
    const texts = parts.query.getAll(name);
    const field = known.get(name);
    if (field?.list)
      put(
        name,
        texts.map((text) => readFieldText(field, text)),
      );
    else for (const text of texts) put(name, readText(field, text));
  }
  if (parts.body !== undefined) {
    if (typeof parts.body !== 'object' || parts.body === null || Array.isArray(parts.body)) {
      throw new TendError('INVALID_INPUT', 'expected a JSON object as the body', {
        fields: [{ path: '', message: 'expected an object' }],
      });
    }
    for (const [name, value] of Object.entries(parts.body)) put(name, value);
  }
  return { input: Object.fromEntries(values), mistakes };
}

function readText(field: InputField | undefined, text: string): unknown {
  return field === undefined ? text : readFieldText(field, text);
}

/**
 * The JSON in a body. A write must say that it is JSON: the content types that a form of another site can
 * send are not taken. @throws INVALID_INPUT, HttpError 415
 */
export function readJsonBody(body: Uint8Array, headers: Headers): unknown {
  const type = headerOf(headers, 'content-type');
  if (body.length === 0 && type === undefined) return undefined;
  if (type === undefined || !/^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(type)) {
    throw new HttpError(
      415,
      'INVALID_INPUT',
      `expected Content-Type application/json, got ${type ?? 'none'}`,
      {
        hint: 'Send the header `Content-Type: application/json`.',
      },
    );
  }
  if (body.length === 0) return undefined;
  if (isDeeperThan(JSON_DEPTH_MAX, body)) {
    const message = `expected at most ${JSON_DEPTH_MAX} lists and objects inside each other`;
    throw new TendError('INVALID_INPUT', 'the body nests too deep', { fields: [{ path: '', message }] });
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch (error) {
    const message = error instanceof SyntaxError ? error.message : 'not UTF-8';
    throw new TendError('INVALID_INPUT', 'the body is not valid JSON', {
      fields: [{ path: '', message: message.slice(0, 200) }],
      cause: error,
    });
  }
}
