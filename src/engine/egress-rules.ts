import { BlockList, isIP, isIPv6 } from 'node:net';
import { TendError } from '../kernel/error.ts';

/** What is allowed beyond the public internet: services by host and port, networks by their addresses. */
export interface EgressRules {
  readonly service: (host: string, port: number) => boolean;
  readonly address: (address: string) => boolean;
}

/**
 * Reads `TEND_EGRESS_ALLOW`: entries separated by commas, each `host:port` (`hooks.internal:8443`,
 * `[::1]:9000`) or a network (`10.1.0.0/16`, `fd00::/8`). Nothing is allowed by an empty text.
 * @throws USAGE naming the entry that is neither
 */
export function parseEgressAllow(text: string): EgressRules {
  const services = new Set<string>();
  const networks = new BlockList();
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const network = networkOf(entry);
    const service = network === undefined ? serviceOf(entry) : undefined;
    if (network !== undefined) networks.addSubnet(network.net, network.prefix, network.family);
    else if (service !== undefined) services.add(service);
    else {
      throw new TendError(
        'USAGE',
        `TEND_EGRESS_ALLOW: expected host:port or a network such as 10.1.0.0/16, came ${entry}`,
        { hint: 'Correct the entry; entries are separated by commas.' },
      );
    }
  }
  return {
    service: (host, port) => services.has(`${plainHost(host)}:${port}`),
    address: (address) =>
      isIP(address) !== 0 &&
      !address.includes('%') &&
      networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'),
  };
}

/** A host as it is compared: lower case, without the brackets of IPv6 and the dot of the root. */
export function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

function networkOf(
  entry: string,
): { readonly net: string; readonly prefix: number; readonly family: 'ipv4' | 'ipv6' } | undefined {
  const [, net = '', digits = ''] = /^([0-9A-Fa-f.:]+)\/(\d{1,3})$/.exec(entry) ?? [];
  const version = isIP(net);
  const prefix = Number(digits);
  if (version === 0 || prefix > (version === 4 ? 32 : 128)) return undefined;
  return { net, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

function serviceOf(entry: string): string | undefined {
  const [, host = '', digits = ''] = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(entry) ?? [];
  const port = Number(digits);
  if (host === '' || port < 1 || port > 65_535) return undefined;
  if (host.startsWith('[') && !isIPv6(plainHost(host))) return undefined;
  return `${plainHost(host)}:${port}`;
}
