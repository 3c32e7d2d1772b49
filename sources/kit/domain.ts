import type { EcsFields } from '@vigie/contracts';
import { parse } from 'tldts';
import { BoundedCache } from './bounded-cache.ts';
import { fieldKeys } from './field-keys.ts';

/** A host name cut where its registration begins. */
export interface DomainParts {
  /** `example.co.uk` */
  readonly registered: string;
  /** `co.uk` */
  readonly topLevel: string;
  /** `www`; absent where the name is the registered domain itself. */
  readonly subdomain?: string;
}

const KEYS = fieldKeys('registered_domain', 'top_level_domain', 'subdomain');
const MAX_NAME = 253;
const NONE: { readonly parts?: DomainParts } = {};
const cache = new BoundedCache<{ readonly parts?: DomainParts }>(4_096);
const OPTIONS = { extractHostname: false, validateHostname: false } as const;

/**
 * Cuts a host name by the public suffix list, its part of public registries (`co.uk`, not `github.io`): ECS's
 * registered domain is what somebody registered there.
 *
 * @returns `undefined` for addresses, single labels, and names below no known suffix (`srv.corp.local`)
 */
export function domainParts(host: string): DomainParts | undefined {
  if (host.length < 4 || host.length > MAX_NAME || host.indexOf('.') < 0) return undefined;
  // No top-level domain ends in a digit: most addresses stop here.
  const last = host.charCodeAt(host.length - 1);
  if (last >= 48 && last <= 57) return undefined;
  return cache.get(host, cut).parts;
}

function cut(host: string): { readonly parts?: DomainParts } {
  let name = host.toLowerCase();
  if (name.endsWith('.')) name = name.slice(0, -1);
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    // Blanks, brackets, slashes, colons and the like stand in no host name; `_` and `*` stand in DNS names.
    const letter = code >= 97 && code <= 122;
    if (!letter && !(code >= 48 && code <= 57) && code !== 45 && code !== 46 && code !== 95 && code !== 42)
      if (code < 128) return NONE;
  }
  if (name.startsWith('.') || name.includes('..')) return NONE;
  const { domain, publicSuffix, subdomain, isIcann } = parse(name, OPTIONS);
  if (isIcann !== true || domain === null || publicSuffix === null) return NONE;
  return {
    parts: {
      registered: domain,
      topLevel: publicSuffix,
      ...(subdomain === null || subdomain === '' ? {} : { subdomain }),
    },
  };
}

/**
 * Writes `<prefix>.registered_domain`, `.top_level_domain` and `.subdomain` of a host name, where the parser has
 * not. The reader does this for every field that ECS gives these parts; a parser has no need to.
 *
 * @param prefix `url`, `dns.question`, `source`, `destination`, `client`, `server`
 */
export function putDomainParts(doc: EcsFields, prefix: string, host: string): void {
  const parts = domainParts(host);
  if (parts === undefined) return;
  const keys = KEYS(prefix);
  doc[keys.registered_domain] ??= parts.registered;
  doc[keys.top_level_domain] ??= parts.topLevel;
  if (parts.subdomain !== undefined) doc[keys.subdomain] ??= parts.subdomain;
}
