import { Agent, type ClientRequest, request } from 'node:http';

/** What came back: the status, or 0 where the connection failed. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** From sending to the last byte, milliseconds. */
  readonly elapsedMs: number;
}

/** A keep-alive client for the candidate's process, without the cost of `fetch` in what is measured. */
export interface CandidateClient extends Disposable {
  readonly post: (
    url: string,
    body: string | Uint8Array,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
  readonly send: (
    method: string,
    url: string,
    body?: string | Uint8Array,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
}

/** A request that takes longer counts as failed. */
const TIMEOUT_MS = 30_000;

/**
 * Opens a client with at most `connections` sockets. `monotonic` is the injected clock. Disposing of it gives
 * up what is not answered by then, those that have not got a socket yet among them.
 */
export function openCandidateClient(connections: number, monotonic: () => number): CandidateClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const open = new Set<ClientRequest>();
  const send: CandidateClient['send'] = (method, url, body, headers = {}) =>
    new Promise((resolve) => {
      const started = monotonic();
      const done = (status: number, text: string): void =>
        resolve({ status, body: text, elapsedMs: monotonic() - started });
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const out = request(
        url,
        { method, agent, timeout: TIMEOUT_MS, headers: { ...length, ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => done(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8')));
          response.on('error', () => done(0, ''));
        },
      );
      open.add(out);
      out.on('close', () => open.delete(out));
      out.on('timeout', () => out.destroy());
      out.on('error', () => done(0, ''));
      out.end(body);
    });
  return {
    send,
    post: (url, body, headers) => send('POST', url, body, { 'content-type': 'application/json', ...headers }),
    [Symbol.dispose]: () => {
      for (const out of open) out.destroy();
      agent.destroy();
    },
  };
}
