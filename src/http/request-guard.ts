import { isIP } from 'node:net';
import { TendError } from '../kernel/error.ts';
import { isLoopback } from '../kernel/loopback.ts';

/** Headers by lower-case name, as Node hands them over. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The single value of a header; undefined when it is absent or came more than once. */
export function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** The host of `Host: name:port` without the port and the brackets of IPv6, in lower case. */
export function hostName(host: string): string {
  const bracketed = /^\[([^\]]+)\](:\d+)?$/.exec(host);
  if (bracketed?.[1] !== undefined) return bracketed[1].toLowerCase();
  return host.replace(/:\d*$/, '').toLowerCase();
}

/**
 * Refuses what a page of a stranger can make a browser send (DNS rebinding, cross-site requests), before
 * anything else looks at the request, on the loopback too.
 *
 * A `Host` is taken when it is a loopback name, an address (a rebound name is never one) or listed in
 * `hosts`. An `Origin` must be the `Host` that was asked for: there is no cross-origin use of this server.
 * @throws NOT_ALLOWED
 */
export function guardRequest(method: string, headers: Headers, hosts: ReadonlySet<string>): void {
  const host = headerOf(headers, 'host');
  if (host === undefined) throw new TendError('INVALID_INPUT', 'expected one Host header');
  const name = hostName(host);
  if (!isLoopback(name) && isIP(name) === 0 && !hosts.has(name)) {
    throw new TendError('NOT_ALLOWED', `this server does not answer for the host ${JSON.stringify(name)}`, {
      hint: 'Use its address, or add the name to the public hosts of the server.',
    });
  }
  const origin = headers['origin'];
  if (origin !== undefined && !sameHost(origin, host)) refuseCrossSite(`Origin ${JSON.stringify(origin)}`);
  const site = headers['sec-fetch-site'];
  if (!READING.has(method) && site !== undefined && site !== 'same-origin' && site !== 'none') {
    refuseCrossSite(`Sec-Fetch-Site ${JSON.stringify(site)}`);
  }
}

function sameHost(origin: string | string[], host: string): boolean {
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false;
  return new URL(origin).host === host.toLowerCase();
}

function refuseCrossSite(what: string): never {
  throw new TendError('NOT_ALLOWED', `requests from another site are refused: ${what}`, {
    hint: 'Open the board at the address of this server, or call the API from a program.',
  });
}
