import assert from 'node:assert/strict';
import type { Random } from '../kernel/clock.ts';
import { TendError } from '../kernel/error.ts';
import type { AnyOperation } from '../kernel/operation.ts';
import { API_PREFIX, type InvokeOptions, type Invoker } from './invoker.ts';
import { problemError } from './problem-error.ts';
import { readEvents } from './read-events.ts';

/** Which server, and as whom. */
export interface RemoteOptions {
  readonly operations: readonly Pick<AnyOperation<never>, 'name' | 'method' | 'path'>[];
  /** `http://127.0.0.1:4600`; a path in it is kept in front of every other. */
  readonly url: string;
  readonly token?: string;
  readonly random: Random;
}

/** Operations carried out by a server. A reply that is a problem becomes the error that it was there. */
export function remoteInvoker(options: RemoteOptions): Invoker {
  const base = options.url.replace(/\/+$/, '');
  assertUsable(base, options.token);
  const byName = new Map(options.operations.map((operation) => [operation.name, operation]));
  const send = (method: string, path: string, body: unknown, call: InvokeOptions): Promise<unknown> =>
    exchange(options, base + path, method, body, call);
  return {
    invoke: (name, input, call) => {
      const operation = byName.get(name);
      assert(operation !== undefined, `there is no operation ${name}`);
      const { path, body } = place(operation, (input ?? {}) as Record<string, unknown>);
      return send(operation.method, API_PREFIX + path, body, call);
    },
    request: (method, path, body, call) => {
      const absolute = path.startsWith('/') ? path : `/${path}`;
      return send(
        method,
        /^\/(api|ajax-api)\//.test(absolute) ? absolute : API_PREFIX + absolute,
        body,
        call,
      );
    },
    close: async () => undefined,
  };
}

/** What no request could be made with is said before one is made. @throws USAGE naming the variable */
function assertUsable(url: string, token: string | undefined): void {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new TendError('USAGE', `TEND_URL: expected an address such as http://127.0.0.1:4600, came ${url}`, {
      hint: 'Correct TEND_URL, or leave it away to work on the folder.',
    });
  }
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new TendError('USAGE', 'TEND_TOKEN: expected a token (tend_…), came text with other characters', {
      hint: 'Set TEND_TOKEN to the line that `tend tokens create` printed.',
    });
  }
}

/** Path, query and body of an input, as the server will put them together again. */
function place(
  operation: Pick<AnyOperation<never>, 'method' | 'path'>,
  input: Record<string, unknown>,
): { readonly path: string; readonly body: unknown } {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_whole, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    if (value === undefined || value === '') throw new TendError('USAGE', `${name} must not be empty`);
    return encodeURIComponent(textOf(value));
  });
  if (operation.method !== 'GET' && operation.method !== 'DELETE')
    return { path, body: Object.fromEntries(rest) };
  const query = new URLSearchParams();
  for (const [name, value] of rest) {
    for (const item of Array.isArray(value) ? value : [value]) {
      query.append(name, textOf(item));
    }
  }
  return { path: query.size === 0 ? path : `${path}?${query.toString()}`, body: undefined };
}

/** A value as it stands in a URL: text as it is, all else as JSON. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

async function exchange(
  options: RemoteOptions,
  url: string,
  method: string,
  body: unknown,
  call: InvokeOptions,
): Promise<unknown> {
  const headers: Record<string, string> = { accept: 'application/json, text/event-stream' };
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method === 'POST')
    headers['idempotency-key'] = Buffer.from(options.random.bytes(16)).toString('base64url');
  try {
    const response = await fetch(url, {
      method,
      headers,
      signal: call.signal,
      // A redirect could carry the token to another host.
      redirect: 'error',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.ok && response.headers.get('content-type')?.startsWith('text/event-stream')) {
      return await follow(response, call);
    }
    const text = await response.text();
    if (!response.ok) throw problemError(response.status, text);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    if (error instanceof TendError) throw error;
    if (call.signal.aborted) throw new TendError('INTERRUPTED', 'interrupted', { cause: error });
    throw new TendError(
      'UNAVAILABLE',
      `the server at ${new URL(url).origin} does not answer as one of ours`,
      {
        hint: 'Check TEND_URL, and that the server runs.',
        cause: error,
      },
    );
  }
}

async function follow(response: Response, call: InvokeOptions): Promise<undefined> {
  if (response.body === null) return undefined;
  for await (const { event, data } of readEvents(response.body)) {
    if (event === 'end') return undefined;
    if (event === 'problem') throw problemError(500, data);
    call.onItem?.(JSON.parse(data) as unknown);
  }
  throw new TendError('UNAVAILABLE', 'the server ended the stream before it was complete');
}
