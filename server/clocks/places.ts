import { BlockList, isIPv6 } from 'node:net';
import type { SiteMember } from '@vigie/contracts/api';
import type { Whereabouts } from './ports.ts';

/** What makes something belong to a site. */
export interface Place {
  /** Id of the site. */
  readonly site: string;
  readonly by: 'name' | 'pattern' | 'network';
  /** The name, pattern or network, as the site has it. */
  readonly rule: string;
  /** The address that lies in the network. */
  readonly address: string | null;
}

/** A machine, a person, or an address alone. */
export interface Placed {
  readonly kind: 'host' | 'user' | 'ip';
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

export type Membership = Pick<SiteMember, 'kind' | 'name'> & { readonly site: string };

/**
 * Finds out to which site of a tenant something belongs. The order of precedence: its exact name, a pattern of names
 * (`*` stands for any characters; the one with more other characters first), a network of its address (the narrower
 * first). Where two are equal, the first by alphabet.
 */
export class Places {
  readonly #names = new Map<string, Membership>();
  readonly #patterns: readonly Membership[];
  readonly #networks: readonly {
    readonly member: Membership;
    readonly prefix: number;
    readonly list: BlockList;
  }[];

  constructor(members: readonly Membership[]) {
    const sorted = [...members].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
    for (const member of sorted)
      if ((member.kind === 'host' && !isPattern(member.name)) || member.kind === 'user')
        this.#names.set(`${member.kind} ${member.name.toLowerCase()}`, member);
    this.#patterns = sorted
      .filter(({ kind, name }) => kind === 'host' && isPattern(name))
      .sort((a, b) => said(b.name) - said(a.name));
    this.#networks = sorted
      .flatMap((member) => (member.kind === 'network' ? (networkOf(member) ?? []) : []))
      .sort((a, b) => b.prefix - a.prefix);
  }

  /** Undefined: to none. */
  of({ kind, names, addresses }: Placed): Place | undefined {
    for (const name of names) {
      const member = this.#names.get(`${kind} ${name.toLowerCase()}`);
      if (member !== undefined) return placed(member, 'name');
    }
    if (kind === 'user') return undefined;
    const pattern =
      kind === 'host' &&
      this.#patterns.find(({ name }) =>
        names.some((each) => matches(name.toLowerCase(), each.toLowerCase())),
      );
    if (pattern) return placed(pattern, 'pattern');
    for (const { member, list } of this.#networks) {
      const address = addresses.find((each) => list.check(each, isIPv6(each) ? 'ipv6' : 'ipv4'));
      if (address !== undefined) return placed(member, 'network', address);
    }
    return undefined;
  }
}

/**
 * The one site that an incident belongs to: that of its machines and people; where none of them has one, of its
 * addresses, then of its log sources. Null: there is none, or several.
 */
export function siteOf({ members, assets, addresses, sources }: Whereabouts): string | null {
  const places = new Places(members);
  const ofSource = new Map(
    members.flatMap(({ kind, name, site }) => (kind === 'source' ? [[name, site] as const] : [])),
  );
  for (const found of [
    assets.map((asset) => places.of(asset)?.site),
    addresses.map((address) => places.of({ kind: 'ip', names: [], addresses: [address] })?.site),
    sources.map((source) => ofSource.get(source)),
  ]) {
    const sites = new Set(found.filter((site) => site !== undefined));
    if (sites.size > 0) return sites.size === 1 ? [...sites][0]! : null;
  }
  return null;
}

function placed({ site, name }: Membership, by: Place['by'], address: string | null = null): Place {
  return { site, by, rule: name, address };
}

function isPattern(name: string): boolean {
  return name.includes('*');
}

/** Characters of a pattern that say something. */
function said(pattern: string): number {
  return pattern.replaceAll('*', '').length;
}

function networkOf(member: Membership) {
  const [address = '', bits = ''] = member.name.split('/', 2);
  const list = new BlockList();
  try {
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  } catch {
    // What was stored was checked; a network that can't be read holds nobody.
    return undefined;
  }
  return [{ member, prefix: Number(bits), list }];
}

/**
 * Whether a name is as a pattern says. Greedy with one place to return to: at most pattern × name steps, whatever they
 * hold.
 */
function matches(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let from = 0;
  for (let index = 0; index < name.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      from = index;
    } else if (pattern[at] === name[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++from;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
