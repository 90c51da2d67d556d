import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { asTendError, TendError } from '../kernel/error.ts';
import type { EgressPolicy, HostAddress } from './egress-policy.ts';

/** What a receiver may take, from the name to the end of its answer. */
const TIMEOUT_MS = 10_000;

/** What is read of an answer; no receiver needs more to say how it went. */
const ANSWER_BYTES_MAX = 65_536;

/** What goes out. */
export interface EgressRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Posts to where the policy lets it. The name is resolved once, and the connection goes to an address that
 * was checked; redirects are not followed; no proxy of the environment is used. Answers the status.
 * @throws NOT_ALLOWED by policy, before anything is sent; UNAVAILABLE when there is no whole answer in time
 */
export async function postEgress(
  policy: EgressPolicy,
  request: EgressRequest,
  options: { readonly timeoutMs?: number } = {},
): Promise<number> {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const { url, addresses } = await within(policy.resolve(request.url), signal);
    return await post(url, request, { signal, lookup: pinned(addresses) });
  } catch (error) {
    if (error instanceof TendError) throw error;
    const message = signal.aborted
      ? `no whole answer within ${timeoutMs / 1_000} s`
      : asTendError(error).message || 'the connection failed';
    throw new TendError('UNAVAILABLE', message, { cause: error });
  }
}

/** A lookup with one answer: a name that changes its mind between check and connection gains nothing. */
function pinned(addresses: readonly HostAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (first === undefined) callback(new Error('no address'), '', 0);
    else if (options.all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const ended = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([work, ended]);
}

function post(
  url: URL,
  { headers, body }: EgressRequest,
  connection: { readonly signal: AbortSignal; readonly lookup: LookupFunction },
): Promise<number> {
  const send = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' },
        // An agent of its own: the shared one may be told by the environment to use a proxy.
        agent: false,
        ...connection,
      },
      (answer) => {
        let read = 0;
        answer.on('data', (chunk: Buffer) => {
          read += chunk.length;
          if (read > ANSWER_BYTES_MAX) answer.destroy(new Error(`an answer of more than 64 kB`));
        });
        answer.on('error', reject);
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
