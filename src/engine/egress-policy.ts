import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { TendError } from '../kernel/error.ts';
import { type EgressRules, parseEgressAllow, plainHost } from './egress-rules.ts';
import { isPublicAddress } from './public-address.ts';

/** One address of a host, as the system's resolver answers. */
export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** A URL that may be called, with the addresses that were checked: the connection goes to one of them. */
export interface EgressTarget {
  readonly url: URL;
  readonly addresses: readonly HostAddress[];
}

/** Where the server may call. */
export interface EgressPolicy {
  /**
   * Resolves a URL once and checks every address of it.
   * @throws NOT_ALLOWED for what must not be called; UNAVAILABLE when the name does not resolve
   */
  readonly resolve: (url: string) => Promise<EgressTarget>;
}

/** A URL longer than this is no address of a receiver. */
const URL_LENGTH_MAX = 2_000;

/**
 * The policy: https to public addresses, and what `allow` (the text of TEND_EGRESS_ALLOW) names, by http
 * too. A name whose addresses are partly private is refused as a whole. `lookup` resolves names; the
 * system's resolver unless given.
 */
export function createEgressPolicy(options: {
  readonly allow: string;
  readonly lookup?: (host: string) => Promise<readonly HostAddress[]>;
}): EgressPolicy {
  const rules = parseEgressAllow(options.allow);
  const lookup = options.lookup ?? ((host: string) => systemLookup(host, { all: true }));
  return {
    resolve: async (text) => {
      const url = readUrl(text);
      const host = plainHost(url.hostname);
      const addresses = await addressesOf(host, lookup);
      const named = isNamed(rules, url, host, addresses);
      const refused = named ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
      if (refused !== undefined) {
        throw notAllowed(`${host} leads to ${refused.address}, which is not a public address`);
      }
      if (!named && url.protocol === 'http:') {
        throw notAllowed(`expected https for ${host}: what is sent would be readable on the way`);
      }
      return { url, addresses };
    },
  };
}

function readUrl(text: string): URL {
  const url = text.length <= URL_LENGTH_MAX ? URL.parse(text) : null;
  if (url === null) throw notAllowed('expected a URL such as https://hooks.example/tend');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw notAllowed(`expected https, came ${url.protocol.slice(0, -1)}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw notAllowed('expected a URL without a user and password: it is shown to whoever lists webhooks');
  }
  return url;
}

async function addressesOf(
  host: string,
  lookup: (host: string) => Promise<readonly HostAddress[]>,
): Promise<readonly HostAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  try {
    const found = await lookup(host);
    if (found.length > 0) return found;
  } catch (cause) {
    throw new TendError('UNAVAILABLE', `the name ${host} does not resolve`, { cause });
  }
  throw new TendError('UNAVAILABLE', `the name ${host} has no address`);
}

function isNamed(rules: EgressRules, url: URL, host: string, addresses: readonly HostAddress[]): boolean {
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  return rules.service(host, port) || addresses.every(({ address }) => rules.address(address));
}

function notAllowed(message: string): TendError {
  return new TendError('NOT_ALLOWED', message, {
    hint: 'Name it in TEND_EGRESS_ALLOW (host:port, or a network) if the server shall call it.',
  });
}
