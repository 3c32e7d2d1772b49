import type { EcsFields, EcsValue } from '@vigie/contracts';
import { putDomainParts } from './domain.ts';
import { parseIp } from './ip.ts';
import { putAgentParts } from './user-agent.ts';

type Related = 'related.ip' | 'related.user' | 'related.hosts' | 'related.hash';

/** What follows from a field. */
interface Consequence {
  /** The list its values go to. */
  readonly related?: Related;
  /** Prefix below which the parts of a host name go. */
  readonly domainOf?: string;
  readonly isAgent?: true;
}

const MAX_VALUES = 100;

/** Field name → what follows from it; worked out once for each name seen. */
const memo = new Map<string, Consequence>();
const MAX_MEMO = 20_000;
const NOTHING: Consequence = {};

const IP_FIELD =
  /^(?:(?:source|destination|client|server)\.(?:nat\.)?ip|(?:host|observer|orchestrator\.resource|threat\.indicator)\.ip|network\.forwarded_ip|dns\.resolved_ip|process\.entry_meta\.source\.ip)$/;
const USER_FIELD =
  /^(?:(?:source|destination|client|server)\.)?user\.(?:(?:target|effective|changes)\.)?name$|^process\.(?:parent\.)?(?:user|real_user)\.name$/;
const HOST_FIELD =
  /^(?:host\.(?:name|hostname)|observer\.hostname|(?:source|destination|client|server)\.domain|url\.domain|dns\.question\.name|log\.syslog\.hostname)$/;
const HASH_FIELD =
  /\.hash\.(?:md5|sha1|sha256|sha384|sha512|ssdeep|tlsh|imphash|all)$|\.pe\.(?:imphash|pehash)$/;
/** The field sets that ECS gives `registered_domain`, `subdomain` and `top_level_domain`. */
const DOMAIN_FIELD = /^(url|source|destination|client|server)\.domain$|^(dns\.question)\.name$/;

function consequenceOf(field: string): Consequence {
  if (field === 'user_agent.original') return { isAgent: true };
  const domain = DOMAIN_FIELD.exec(field);
  const related = listOf(field);
  if (related === undefined && domain === null) return NOTHING;
  const prefix = domain?.[1] ?? domain?.[2];
  return {
    ...(related === undefined ? {} : { related }),
    ...(prefix === undefined ? {} : { domainOf: prefix }),
  };
}

function listOf(field: string): Related | undefined {
  if (IP_FIELD.test(field)) return 'related.ip';
  if (USER_FIELD.test(field)) return 'related.user';
  if (HOST_FIELD.test(field)) return 'related.hosts';
  if (HASH_FIELD.test(field)) return 'related.hash';
  return undefined;
}

/**
 * Adds what follows from a finished document, the same way for every source:
 *
 * - `related.ip`, `related.user`, `related.hosts`, `related.hash`: each value once, in the order of the document,
 *   after those that the parser put there itself; at most 100 a list;
 * - `registered_domain`, `subdomain` and `top_level_domain` of every host name that ECS gives them;
 * - `user_agent.*` from `user_agent.original`.
 *
 * What the parser has written itself is left alone.
 */
export function addDerived(doc: EcsFields): void {
  for (const field of Object.keys(doc)) {
    let consequence = memo.get(field);
    if (consequence === undefined) {
      consequence = consequenceOf(field);
      if (memo.size >= MAX_MEMO) memo.clear();
      memo.set(field, consequence);
    }
    if (consequence === NOTHING) continue;
    const value = doc[field]!;
    const { related, domainOf } = consequence;
    if (related !== undefined) {
      if (Array.isArray(value)) for (const item of value) append(doc, related, item);
      else append(doc, related, value);
    }
    if (typeof value !== 'string') continue;
    if (domainOf !== undefined) putDomainParts(doc, domainOf, value);
    else if (consequence.isAgent === true) putAgentParts(doc, value);
  }
}

function append(doc: EcsFields, list: Related, item: EcsValue): void {
  if (typeof item !== 'string') return;
  if (list === 'related.hosts') {
    // A host written as its address is an address.
    const ip = parseIp(item);
    if (ip !== undefined) {
      append(doc, 'related.ip', ip);
      return;
    }
  }
  const seen = doc[list];
  if (seen === undefined) doc[list] = [item];
  else if (Array.isArray(seen)) {
    if (seen.length < MAX_VALUES && !seen.includes(item)) seen.push(item);
  } else if (seen !== item) doc[list] = [seen, item];
}
