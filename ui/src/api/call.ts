import { ApiError, apiErrorOf } from './api-error.ts';
import { apiRequest } from './request.ts';
import type { OperationName } from './request.ts';
import type { Operations } from './schema.gen.ts';

interface CallOptions {
  readonly signal?: AbortSignal;
  /** The same key on a retry makes the server do the thing once. */
  readonly idempotencyKey?: string;
}

/** Calls an operation of the control plane, with its cookie. Throws ApiError for anything but a success. */
export async function call<N extends OperationName>(
  name: N,
  input: Operations[N]['input'],
  options: CallOptions = {},
): Promise<Operations[N]['output']> {
  const request = apiRequest(name, input);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  if (options.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey;
  const init: RequestInit = { method: request.method, headers, credentials: 'same-origin' };
  if (request.body !== undefined) init.body = request.body;
  if (options.signal !== undefined) init.signal = options.signal;
  const response = await reached(request.url, init);
  const text = await response.text();
  const answer = parsed(text);
  if (!response.ok) throw apiErrorOf(response.status, answer);
  return answer as Operations[N]['output']; // the server validates its answers against the same schema
}

async function reached(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(0, 'UNREACHABLE', 'The server does not answer.', 'Is `tend up` still running?', cause);
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null; // a page of a proxy, not ours: the status says enough
  }
}
