import type { IncomingHttpHeaders } from 'node:http';
import { type PlaneReply, problem } from './problem.ts';

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Refuses what a browser would send on behalf of a stranger's page: a name that resolves to the loopback (DNS
 * rebinding; a plane bound to the loopback answers loopback names alone) and requests of another origin.
 * @returns the refusal, or undefined when the request may pass
 */
export function refuseForeign(
  headers: IncomingHttpHeaders,
  boundToLoopback: boolean,
): PlaneReply | undefined {
  const { host, origin } = headers;
  if (boundToLoopback && host !== undefined && !LOOPBACK_HOST.test(host)) {
    return problem(403, 'NOT_ALLOWED', 'the Host header names another machine than this one', {
      hint: 'A plane on the loopback is reached as 127.0.0.1 or localhost; bind it with --host otherwise.',
    });
  }
  if (headers['sec-fetch-site'] === 'cross-site' || (origin !== undefined && !sameOrigin(origin, host))) {
    return problem(403, 'NOT_ALLOWED', 'the request comes from a page of another origin', {
      hint: 'Call the data plane from a server, or through a proxy on your own origin.',
    });
  }
  return undefined;
}

function sameOrigin(origin: string, host: string | undefined): boolean {
  const scheme = /^https?:\/\//i.exec(origin);
  return scheme !== null && origin.slice(scheme[0].length).toLowerCase() === host?.toLowerCase();
}

/** Whether an address is one that only this machine can use. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address === '::1' || address === 'localhost' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(address);
}
