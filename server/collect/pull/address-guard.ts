import { lookup as resolve } from 'node:dns/promises';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';
import { PullError } from './errors.ts';

/**
 * Networks that are not the public internet (IANA's special-purpose registries, RFC 6890 and its successors).
 * A tenant's connector must not reach what stands beside Vigie: its own ports, the cloud's metadata service,
 * the provider's network.
 */
const CLOSED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // The metadata and platform address of Azure, which is a public one.
  '168.63.129.16/32',
];
/** Of IPv6 only global unicast is open, without what carries or documents other addresses. */
const OPEN_V6 = '2000::/3';
const CLOSED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '2620:4f:8000::/48'];

const list = (networks: readonly string[], family: 'ipv4' | 'ipv6') => {
  const block = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    block.addSubnet(address, Number(bits), family);
  }
  return block;
};
const closedV4 = list(CLOSED_V4, 'ipv4');
const closedV6 = list(CLOSED_V6, 'ipv6');
const openV6 = list([OPEN_V6], 'ipv6');

/** Whether an address is on the public internet. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !closedV4.check(address, 'ipv4');
    case 6:
      return openV6.check(address, 'ipv6') && !closedV6.check(address, 'ipv6');
    default:
      return false;
  }
}

/** An address of a host, checked. */
export interface Resolved {
  readonly address: string;
  readonly family: number;
}

/** Which hosts connectors, single sign-on and webhooks may reach. */
export class AddressGuard {
  readonly #entries: readonly string[];
  readonly #allowed: ReadonlySet<string>;
  readonly #resolve: (host: string) => Promise<readonly Resolved[]>;

  /**
   * @param allowed hosts (`host` or `host:port`, addresses without brackets) that the operator allows although
   *   they are not public, or speak plain HTTP; `tenant=host` for one tenant alone, see {@link AddressGuard.of}
   * @param resolveAll looks a name up; default: the system's resolver
   */
  constructor(
    allowed: readonly string[],
    resolveAll: (host: string) => Promise<readonly Resolved[]> = (host) => resolve(host, { all: true }),
  ) {
    this.#entries = allowed;
    // No host holds the sign, so what is allowed to a tenant is nobody's here.
    this.#allowed = new Set(allowed.map((host) => host.toLowerCase()));
    this.#resolve = resolveAll;
  }

  /** The guard for what a tenant does: also what is allowed to it alone. Null: the provider itself. */
  of(tenant: string | null): AddressGuard {
    const own = `${tenant}=`;
    const allowed = this.#entries.map((entry) =>
      tenant !== null && entry.startsWith(own) ? entry.slice(own.length) : entry,
    );
    return new AddressGuard(allowed, this.#resolve);
  }

  /**
   * Whether an address may be called at all, by what it says of itself.
   *
   * @throws PullError `VIGIE_PULL_ADDRESS` with a sentence for the person
   */
  check(url: URL): void {
    if (url.username !== '' || url.password !== '')
      throw closed('an address must not hold a name or a password; there are fields for them');
    if (this.#isAllowed(url)) {
      if (url.protocol !== 'https:' && url.protocol !== 'http:') throw closed(`${url.protocol} is not http`);
      return;
    }
    if (url.protocol !== 'https:') throw closed(`${url.origin} is not https`);
    const host = hostOf(url);
    if (isIP(host) !== 0 && !isPublic(host)) throw closed(`${host} is not a public address`);
  }

  /**
   * The look-up of a request: the addresses that were checked are the ones that are connected to, so that a
   * name can't mean another address a moment later.
   */
  lookup(url: URL): LookupFunction {
    const allowed = this.#isAllowed(url);
    return (host, options, callback) => {
      this.#resolve(host)
        .then((found) => {
          const bad = allowed ? undefined : found.find(({ address }) => !isPublic(address));
          // Which one it is would tell a tenant of the names and machines of the network that Vigie stands in.
          if (bad !== undefined) throw closed(`${host} has an address that is not a public address`);
          const first = found[0];
          if (first === undefined) throw new PullError('VIGIE_PULL_UNAVAILABLE', `${host} has no address`);
          if (options.all === true) callback(null, [...found]);
          else callback(null, first.address, first.family);
        })
        .catch((error: NodeJS.ErrnoException) => callback(error, '', 0));
    };
  }

  /** Whether the address that a connection has reached may be called: the last look, after every look-up. */
  accepts(url: URL, address: string): boolean {
    return this.#isAllowed(url) || isPublic(address);
  }

  #isAllowed(url: URL): boolean {
    const host = hostOf(url);
    const port = url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80';
    return (
      this.#allowed.has(host) || this.#allowed.has(isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`)
    );
  }
}

function hostOf(url: URL): string {
  return url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

function closed(message: string): PullError {
  return new PullError('VIGIE_PULL_ADDRESS', message);
}
