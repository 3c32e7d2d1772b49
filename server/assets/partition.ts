import {
  type AssetKind,
  IDENTIFIER_TYPES,
  type Identifier,
  type IdentifierType,
  identifierOf,
  keyOf,
  rankOf,
} from './identifiers.ts';

/** Two identifiers that one sighting named together, or that a person tied or kept apart; as {@link keyOf} writes them. */
export type Pair = readonly [a: string, b: string];

/** All that is known of how the identifiers of a kind belong together. */
export interface Evidence {
  readonly kind: AssetKind;
  readonly nodes: Iterable<string>;
  /** Seen together. */
  readonly seen: Iterable<Pair>;
  /** A person said that they are one. */
  readonly together?: Iterable<Pair>;
  /** A person said that they are two. */
  readonly apart?: Iterable<Pair>;
}

/** Which identifiers are one asset's. */
export interface Partition {
  /** Each is one asset; keys in order of strength, then of value. */
  readonly groups: readonly (readonly string[])[];
  /** Names that several assets have, with one identifier of each of these: they join nothing. */
  readonly shared: ReadonlyMap<string, readonly string[]>;
}

/** Types of which an asset has one value at most (an id counts within the product that gave it). */
const EXCLUSIVE: ReadonlySet<IdentifierType> = new Set(['guid', 'sid', 'host-id']);

function exclusiveClass({ type, value }: Identifier): string | undefined {
  if (!EXCLUSIVE.has(type)) return undefined;
  return type === 'sid' ? 'sid' : `${type}/${value.slice(0, value.indexOf(':'))}`;
}

/** Names of the kind that count as different machines or people where only something weaker joins them. */
const NAMING: Record<AssetKind, IdentifierType> = { host: 'fqdn', user: 'address' };

interface Group {
  readonly keys: Set<string>;
  /** Values by class, of the classes of which two groups with one each can't be one asset. */
  readonly classes: Map<string, Set<string>>;
}

/** Pairs of a sighting's identifiers: the strongest with each of the others, which says all that the sighting does. */
export function pairsOf(identifiers: readonly Identifier[]): Pair[] {
  const [first, ...rest] = identifiers;
  return first === undefined ? [] : rest.map((one) => [keyOf(first), keyOf(one)] as const);
}

/**
 * The rule by which identifiers are one asset; docs/assets.md explains it. A function of the evidence alone: the
 * order in which it came changes nothing.
 *
 * Types are taken from the strongest to the weakest. An identifier joins the groups that it was seen with, unless
 * that would put two values of an exclusive type into one asset (or two full names, where something weaker than a
 * full name joins), or what a person keeps apart. All joins of one type are judged at once: where they conflict,
 * none of them is made, and the identifiers that would have joined several groups are shared among them.
 */
export function partition({ kind, nodes, seen, together = [], apart = [] }: Evidence): Partition {
  const all = [...new Set(nodes)].sort();
  const neighbours = new Map<string, string[]>(all.map((key) => [key, []]));
  for (const [a, b] of seen) {
    neighbours.get(a)?.push(b);
    neighbours.get(b)?.push(a);
  }
  const groupOf = new Map<string, Group>();
  const shared = new Map<string, string[]>();
  const separated = [...apart];
  const types: readonly IdentifierType[] = IDENTIFIER_TYPES[kind];
  const ties = [...together];

  for (const type of types) {
    const rank = rankOf(kind, type);
    const own = all.filter((key) => identifierOf(key).type === type);
    for (const key of own) groupOf.set(key, alone(kind, key));
    // What a person tied comes first and needs no proof.
    for (const [a, b] of ties) {
      const [one, other] = [groupOf.get(a), groupOf.get(b)];
      if (one !== undefined && other !== undefined && one !== other) unite([one, other], groupOf);
    }
    // The groups of this type's identifiers and those they were seen with, as far as they are connected.
    const links = own.map((key) => {
      const met = new Set<Group>();
      for (const near of neighbours.get(key) ?? [])
        if (rankOf(kind, identifierOf(near).type) <= rank) {
          const group = groupOf.get(near);
          if (group !== undefined && group !== groupOf.get(key)) met.add(group);
        }
      return { key, met };
    });
    for (const cluster of clusters(links, groupOf)) {
      if (admits(cluster.groups, kind, rank, separated)) {
        unite(cluster.groups, groupOf);
        continue;
      }
      // An exclusive identifier stays an asset of its own: it is what tells machines and people apart.
      if (EXCLUSIVE.has(type)) continue;
      const joins: Link[] = [];
      for (const { key, met } of cluster.links) {
        const home = groupOf.get(key)!;
        // Only what is stronger can own it; and what a person tied to others stays there.
        const owners = [...met].filter((group) =>
          [...group.keys].some((each) => rankOf(kind, identifierOf(each).type) < rank),
        );
        if (owners.length === 0 || home.keys.size > 1) continue;
        if (owners.length > 1) shared.set(key, owners.map((group) => strongest(kind, group)).sort());
        else if (admits([home, ...owners], kind, rank, separated)) joins.push({ key, met: new Set(owners) });
      }
      // Afterwards, so that no join is judged by another one of the same conflict.
      for (const { key, met } of joins) unite([...met, groupOf.get(key)!], groupOf);
      // What several assets share joins nothing weaker, either.
      for (const { key } of cluster.links) if (shared.has(key)) groupOf.delete(key);
    }
  }
  const groups = new Set<Group>();
  for (const group of groupOf.values()) groups.add(group);
  return {
    groups: [...groups].map((group) => ordered(kind, group.keys)).sort((a, b) => (a[0]! < b[0]! ? -1 : 1)),
    shared,
  };
}

function alone(kind: AssetKind, key: string): Group {
  const identifier = identifierOf(key);
  const found = exclusiveClass(identifier) ?? (identifier.type === NAMING[kind] ? NAMING[kind] : undefined);
  return { keys: new Set([key]), classes: new Map(found === undefined ? [] : [[found, new Set([key])]]) };
}

function ordered(kind: AssetKind, keys: Iterable<string>): string[] {
  return [...keys].sort(
    (a, b) => rankOf(kind, identifierOf(a).type) - rankOf(kind, identifierOf(b).type) || (a < b ? -1 : 1),
  );
}

function strongest(kind: AssetKind, group: Group): string {
  return ordered(kind, group.keys)[0]!;
}

/** Whether groups may be one asset by joins of this rank. */
function admits(groups: readonly Group[], kind: AssetKind, rank: number, apart: readonly Pair[]): boolean {
  const held = new Set<string>();
  for (const group of groups)
    for (const name of group.classes.keys()) {
      // Full names may differ where they themselves, or something stronger, are what joins.
      if (name === NAMING[kind] && rank <= rankOf(kind, NAMING[kind])) continue;
      if (held.has(name)) return false;
      held.add(name);
    }
  const where = (key: string) => groups.findIndex(({ keys }) => keys.has(key));
  return apart.every(([a, b]) => {
    const [one, other] = [where(a), where(b)];
    return one < 0 || other < 0 || one === other;
  });
}

function unite(groups: readonly Group[], groupOf: Map<string, Group>): void {
  const [first, ...rest] = groups;
  for (const group of rest) {
    for (const key of group.keys) {
      first!.keys.add(key);
      groupOf.set(key, first!);
    }
    for (const [name, values] of group.classes)
      first!.classes.set(name, new Set([...(first!.classes.get(name) ?? []), ...values]));
  }
}

interface Link {
  readonly key: string;
  readonly met: ReadonlySet<Group>;
}

/** Links that touch common groups, together with all groups of theirs. */
function clusters(links: readonly Link[], groupOf: ReadonlyMap<string, Group>) {
  const byGroup = new Map<Group, Link[]>();
  const touched = (link: Link) => [groupOf.get(link.key)!, ...link.met];
  for (const link of links)
    for (const group of touched(link)) {
      const list = byGroup.get(group);
      if (list === undefined) byGroup.set(group, [link]);
      else list.push(link);
    }
  const done = new Set<Link>();
  const found: { groups: Group[]; links: Link[] }[] = [];
  for (const start of links) {
    if (done.has(start) || start.met.size === 0) continue;
    const groups = new Set<Group>();
    const members: Link[] = [];
    const open = [start];
    done.add(start);
    for (let link = open.pop(); link !== undefined; link = open.pop()) {
      members.push(link);
      for (const group of touched(link)) {
        if (groups.has(group)) continue;
        groups.add(group);
        for (const next of byGroup.get(group) ?? [])
          if (!done.has(next)) {
            done.add(next);
            open.push(next);
          }
      }
    }
    found.push({ groups: [...groups], links: members });
  }
  return found;
}
