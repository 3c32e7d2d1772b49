import type { EcsFields, Entity } from '@vigie/contracts';
import { CRITICALITIES } from '@vigie/contracts';
import type { Criticality, Handling, MaintenanceHours } from '@vigie/contracts/api';
import {
  type AssetKind,
  bareName,
  hostIdentifiers,
  hostName,
  identifierOf,
  keyOf,
  shortName,
  userIdentifiers,
  userName,
} from './identifiers.ts';

/** What must be said wherever a machine or a person appears. */
export interface Mark {
  readonly id: string;
  readonly kind: AssetKind;
  readonly name: string;
  readonly criticality: Criticality;
  readonly owner: string;
  readonly note: string;
  readonly handling: readonly Handling[];
  readonly phone: string;
  readonly maintenance: MaintenanceHours | null;
}

/** A marked asset with all identifiers by which it may be named. */
export interface MarkedAsset extends Mark {
  readonly tenant: string;
  readonly keys: readonly string[];
}

/** By {@link markKey}. Plain data, so that it can be sent to threads. */
export type MarkTable = ReadonlyMap<string, readonly Mark[]>;

const markKey = (tenant: string, kind: AssetKind, key: string) => `${tenant}\n${kind}\n${key}`;

/** Names of accounts that many machines have: without a machine or a domain they name nobody. */
const COMMON = new Set([
  'administrator',
  'admin',
  'root',
  'guest',
  'user',
  'test',
  'support',
  'service',
  'ubuntu',
  'pi',
]);

/** Whether many machines have an account of this name. */
export function isCommonName(name: string): boolean {
  return COMMON.has(name);
}

/** Puts marked assets in reach of their names. An identifier that several share leads to all of them. */
export function markTable(assets: readonly MarkedAsset[]): MarkTable {
  const table = new Map<string, Mark[]>();
  for (const { tenant, keys, ...mark } of assets) {
    const names = new Set(keys);
    // A directory's user may be named without the domain; a machine's own account may not.
    if (mark.kind === 'user' && keys.some((key) => /^(?:guid|sid|address):/.test(key)))
      for (const key of keys) {
        const bare = bareName(identifierOf(key));
        if (bare !== null && !COMMON.has(bare)) names.add(`bare:${bare}`);
      }
    for (const key of names) {
      const at = markKey(tenant, mark.kind, key);
      const list = table.get(at);
      if (list === undefined) table.set(at, [mark]);
      else if (list.every(({ id }) => id !== mark.id)) list.push(mark);
    }
  }
  return table;
}

/** Resolves what events and alerts name to what is known of it: one way for enrichment, console, mails and automation. */
export class MarkIndex {
  #table: MarkTable = new Map();
  #tenants: ReadonlySet<string> = new Set();
  #ids = new Map<string, Mark>();
  /** Answers for the hosts and users of events; few of them come often. */
  readonly #cache = new Map<string, Mark | undefined>();

  set(table: MarkTable): void {
    this.#table = table;
    this.#tenants = new Set([...table.keys()].map((key) => key.slice(0, key.indexOf('\n'))));
    this.#ids = new Map();
    for (const [key, marks] of table)
      for (const mark of marks) this.#ids.set(`${key.slice(0, key.indexOf('\n'))}\n${mark.id}`, mark);
    this.#cache.clear();
  }

  /** Whether something was written down about any asset of a tenant. */
  knows(tenant: string): boolean {
    return this.#tenants.has(tenant);
  }

  byId(tenant: string, id: string): Mark | undefined {
    return this.#ids.get(`${tenant}\n${id}`);
  }

  /** What is known of the machine of an event. */
  host(tenant: string, fields: EcsFields): Mark | undefined {
    if (!this.#tenants.has(tenant)) return undefined;
    const key = `h\n${tenant}\n${fields['host.name']}\n${fields['host.id']}\n${fields['host.mac']}\n${fields['event.module']}`;
    return this.#cached(key, () =>
      strictest(this.#first(tenant, 'host', hostIdentifiers(fields).map(keyOf))),
    );
  }

  /** What is known of the user of an event. */
  user(tenant: string, fields: EcsFields): Mark | undefined {
    if (!this.#tenants.has(tenant)) return undefined;
    const key = `u\n${tenant}\n${fields['user.name']}\n${fields['user.domain']}\n${fields['user.id']}\n${fields['user.email']}\n${fields['host.name']}`;
    return this.#cached(key, () => strictest(this.#user(tenant, userIdentifiers(fields), [])));
  }

  /** The marked assets that an entity names, beside the others of its alert or incident. */
  entity(tenant: string, entity: Entity, beside: readonly Entity[] = []): readonly Mark[] {
    if (!this.#tenants.has(tenant)) return [];
    if (entity.type === 'host') return this.#first(tenant, 'host', hostName(entity.value).map(keyOf));
    if (entity.type !== 'user') return [];
    const hosts = beside.filter(({ type }) => type === 'host').map(({ value }) => shortName(value));
    return this.#user(tenant, userName(entity.value), hosts);
  }

  #user(
    tenant: string,
    identifiers: readonly { type: string; value: string }[],
    hosts: readonly string[],
  ): readonly Mark[] {
    const keys: string[] = [];
    for (const one of identifiers as ReturnType<typeof userName>) {
      if (one.type === 'name')
        for (const host of hosts) keys.push(`local:${host}\\${one.value}`, `account:${host}\\${one.value}`);
      keys.push(keyOf(one));
      // Windows names a machine's own accounts by its name as the domain.
      if (one.type === 'local') keys.push(`account:${one.value}`);
      if (one.type === 'account') keys.push(`local:${one.value}`);
    }
    const exact = this.#first(tenant, 'user', keys);
    if (exact.length > 0) return exact;
    // A name without a domain: the users of that name in the directory, and what was written down by name alone.
    const loose = (identifiers as ReturnType<typeof userName>)
      .filter(({ type }) => type === 'name' || type === 'local')
      .flatMap((one) => bareName(one) ?? []);
    const byName = loose.flatMap((name) => [`bare:${name}`, `name:${name}`]);
    // What was written down as a bare name means that name with any domain.
    const written = identifiers.flatMap((one) => bareName(one as never) ?? []).map((name) => `name:${name}`);
    return this.#first(tenant, 'user', [...byName, ...written]);
  }

  #first(tenant: string, kind: AssetKind, keys: readonly string[]): readonly Mark[] {
    for (const key of keys) {
      const found = this.#table.get(markKey(tenant, kind, key));
      if (found !== undefined) return found;
    }
    return [];
  }

  #cached(key: string, find: () => Mark | undefined): Mark | undefined {
    if (this.#cache.has(key)) return this.#cache.get(key);
    const found = find();
    if (this.#cache.size >= 20_000) this.#cache.clear();
    this.#cache.set(key, found);
    return found;
  }
}

/** Of several that may be meant, the most careful answer. */
export function strictest(marks: readonly Mark[]): Mark | undefined {
  const [first, ...rest] = marks;
  if (first === undefined || rest.length === 0) return first;
  const by = (a: Mark, b: Mark) =>
    CRITICALITIES.indexOf(b.criticality) - CRITICALITIES.indexOf(a.criticality);
  const sorted = [...marks].sort(by);
  const [top] = sorted;
  const said = (texts: readonly string[]) => [...new Set(texts.filter((text) => text !== ''))].join(' · ');
  return {
    ...top!,
    owner: said(sorted.map(({ owner }) => owner)),
    note: said(sorted.map(({ note }) => note)),
    handling: [...new Set(sorted.flatMap(({ handling }) => handling))],
    phone: said(sorted.map(({ phone }) => phone)),
  };
}
