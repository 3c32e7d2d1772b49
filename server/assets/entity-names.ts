import type { Entity } from '@vigie/contracts';
import { type AssetKind, bareName, identifierOf, shortName } from './identifiers.ts';
import { isCommonName } from './marks.ts';

/**
 * The names by which an alert's or incident's entities may be counted for assets: each as it is, and each user
 * also as a user of each of the hosts beside it, since a name without a domain may be a machine's own account.
 */
export function entityNames(entities: readonly Entity[]): string[] {
  const names = entities.map(({ type, value }) => `${type}:${value.toLowerCase()}`);
  const hosts = entities.filter(({ type }) => type === 'host').map(({ value }) => shortName(value));
  for (const { type, value } of entities)
    if (type === 'user' && !/[\\@]/.test(value))
      for (const host of hosts) names.push(`user:${host}\\${value.toLowerCase()}`);
  return names;
}

/** How alerts name an asset: the counterpart of {@link entityNames}, from the keys of its identifiers. */
export function namesOf(kind: AssetKind, keys: readonly string[]): string[] {
  const names = new Set<string>();
  const identifiers = keys.map(identifierOf);
  const inDirectory = identifiers.some(({ type }) => type === 'guid' || type === 'sid' || type === 'address');
  for (const one of identifiers) {
    if (kind === 'host') {
      if (one.type === 'fqdn' || one.type === 'name') names.add(`host:${one.value}`);
      continue;
    }
    if (one.type === 'address' || one.type === 'account' || one.type === 'local' || one.type === 'name')
      names.add(`user:${one.value}`);
    const bare = bareName(one);
    if (inDirectory && bare !== null && !isCommonName(bare)) names.add(`user:${bare}`);
  }
  return [...names];
}
