import type { Entity } from '@vigie/contracts';

/** Accounts that every machine has: sharing one says nothing, so they never join two alerts. */
const COMMON_USERS = new Set([
  'root',
  'system',
  'local service',
  'network service',
  'localservice',
  'networkservice',
  'anonymous logon',
  'administrator',
  'admin',
  'nobody',
  'www-data',
  'guest',
  'unknown',
  'unknown user',
  'not available',
  'n/a',
  '-',
]);

const COMMON_IPS = new Set(['127.0.0.1', '::1', '0.0.0.0', '::', '255.255.255.255']);

/** Text that identifies an entity within its tenant. */
export function entityKey(entity: Entity): string {
  return `${entity.type}:${entity.value.toLowerCase()}`;
}

/**
 * The keys by which an alert may join an incident: hosts, people and addresses that mean something. Shared
 * accounts, loopback and the names of programs are left out, since two unrelated stories share them daily.
 */
export function joiningKeys(entities: readonly Entity[]): string[] {
  const keys: string[] = [];
  for (const entity of entities) {
    const value = entity.value.toLowerCase();
    if (entity.type === 'host' || entity.type === 'cloud') keys.push(entityKey(entity));
    else if (entity.type === 'user') {
      const bare = value.slice(value.lastIndexOf('\\') + 1);
      if (!COMMON_USERS.has(bare) && !bare.endsWith('$') && !/^(dwm|umfd)-\d+$/.test(bare))
        keys.push(entityKey(entity));
    } else if (entity.type === 'ip' && !COMMON_IPS.has(value)) keys.push(entityKey(entity));
  }
  return keys;
}

/** Both lists without repetition, in order, at most `limit` long. */
export function mergeEntities(a: readonly Entity[], b: readonly Entity[], limit = 60): Entity[] {
  const seen = new Set(a.map(entityKey));
  const merged = [...a];
  for (const entity of b) {
    if (merged.length >= limit) break;
    const key = entityKey(entity);
    if (seen.has(key)) continue;
    seen.add(key);
    merged.push(entity);
  }
  return merged;
}
