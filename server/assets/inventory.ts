import { randomUUID } from 'node:crypto';
import { CRITICALITIES } from '@vigie/contracts';
import { type AssetKind, bareName, type Identifier, identifierOf, keyOf, rankOf } from './identifiers.ts';
import { type Pair, pairsOf, partition } from './partition.ts';
import type {
  AssetRecord,
  Component,
  InventoryTransaction,
  MergeRecord,
  Observation,
  Sighted,
} from './ports.ts';

/** The assets that an observation was found to be about; null: several may be meant, or none was named. */
export interface Placed {
  readonly hostId: string | null;
  readonly userId: string | null;
}

/** An asset of which nothing is known yet. */
export function emptyAsset(kind: AssetKind, name: string, at: number): AssetRecord {
  return {
    id: randomUUID(),
    kind,
    name,
    named: false,
    type: '',
    criticality: 'normal',
    owner: '',
    site: '',
    note: '',
    handling: [],
    phone: '',
    maintenance: null,
    tags: [],
    byHand: [],
    createdAt: at,
    mergedInto: null,
  };
}

/** Takes observations of one tenant into its inventory. @returns where each was placed, in their order */
export async function observe(
  tx: InventoryTransaction,
  observations: readonly Observation[],
  at: number,
): Promise<Placed[]> {
  const hosts = await place(tx, 'host', observations, at);
  const users = await place(tx, 'user', observations, at);
  const seen: Parameters<InventoryTransaction['note']>[0][number][] = [];
  const uses: Parameters<InventoryTransaction['note']>[1][number][] = [];
  observations.forEach((one, index) => {
    const { firstAt, lastAt, source, recorded = false } = one;
    const when = { firstAt, lastAt, recorded, ...(source === undefined ? {} : { source }) };
    const [hostId, userId] = [hosts[index]!, users[index]!];
    if (hostId !== null) seen.push({ ...one.host!, assetId: hostId, ...when });
    if (userId !== null) seen.push({ ...one.user!, assetId: userId, ...when });
    if (hostId !== null && userId !== null) uses.push({ hostId, userId, firstAt, lastAt });
  });
  await tx.note(seen, uses);
  return observations.map((_, index) => ({ hostId: hosts[index]!, userId: users[index]! }));
}

async function place(
  tx: InventoryTransaction,
  kind: AssetKind,
  observations: readonly Observation[],
  at: number,
): Promise<(string | null)[]> {
  const nodes = new Map<string, { firstAt: number; lastAt: number; bare: string | null }>();
  const pairs = new Map<string, Pair>();
  for (const { [kind]: part, firstAt, lastAt } of observations) {
    for (const one of part?.identifiers ?? []) {
      const key = keyOf(one);
      const before = nodes.get(key);
      nodes.set(key, {
        firstAt: Math.min(firstAt, before?.firstAt ?? firstAt),
        lastAt: Math.max(lastAt, before?.lastAt ?? lastAt),
        bare: kind === 'user' ? bareName(one) : null,
      });
    }
    for (const pair of pairsOf(part?.identifiers ?? [])) pairs.set(pair.join('\n'), pair);
  }
  if (nodes.size === 0) return observations.map(() => null);
  const fresh = new Set(await tx.addIdentifiers(kind, nodes));
  for (const pair of await tx.addPairs(kind, [...pairs.values()], 'seen'))
    for (const key of pair) fresh.add(key);
  if (fresh.size > 0) await regroup(tx, kind, [...fresh], at, null);
  const owners = await tx.owners(kind, [...nodes.keys()]);
  return observations.map(({ [kind]: part }) => ownerOf(part, owners));
}

function ownerOf(part: Sighted | undefined, owners: ReadonlyMap<string, string | null>): string | null {
  for (const one of part?.identifiers ?? []) {
    const owner = owners.get(keyOf(one));
    if (owner !== undefined && owner !== null) return owner;
  }
  return null;
}

/**
 * Applies the rule of {@link partition} to everything that hangs together with some identifiers, and gives the
 * groups their assets: an asset stays with the group that has most of its identifiers; where several meet, the
 * oldest one stays and the others go into it; a group without one gets back the asset that once went into another
 * with these identifiers, or else a new one, which inherits what people had written down.
 *
 * @param actor who caused it; null: it follows from what was seen
 */
export async function regroup(
  tx: InventoryTransaction,
  kind: AssetKind,
  keys: readonly string[],
  at: number,
  actor: string | null,
): Promise<void> {
  const component = await tx.component(kind, keys);
  if (component === undefined) return;
  const { groups, shared } = partition({ kind, ...component, nodes: component.nodes.keys() });
  const ids = [...new Set([...component.nodes.values()].flatMap(({ assetId }) => assetId ?? []))];
  const known = new Map((await tx.assets(ids)).map((record) => [record.id, record]));
  const merges = ids.length === 0 ? [] : await tx.merges(ids);
  const wonBy = winners(groups, component, merges);
  const owners = new Map<string, string | null>();
  const created: AssetRecord[] = [];
  const saved: AssetRecord[] = [];
  const notes: Parameters<InventoryTransaction['log']>[0][number][] = [];
  const mergeRecords: { kept: string; gone: string; keys: string[] }[] = [];
  const undone: string[] = [];
  const ownerByKey = (key: string) => component.nodes.get(key)?.assetId ?? null;

  for (const [index, group] of groups.entries()) {
    const won = [...wonBy]
      .filter(([, winner]) => winner === index)
      .map(([id]) => known.get(id)!)
      .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    let [asset, ...others] = won;
    if (asset === undefined) {
      const from = group.map(ownerByKey).find((id) => id !== null) ?? null;
      const back =
        from === null
          ? undefined
          : merges.find(
              ({ kept, keys: own, id }) =>
                kept === from && !undone.includes(id) && own.some((key) => group.includes(key)),
            );
      if (back !== undefined) {
        const [gone] = await tx.assets([back.gone]);
        asset = { ...gone!, mergedInto: null };
        undone.push(back.id);
        saved.push(asset);
        notes.push({ assetId: asset.id, at, kind: 'split', text: known.get(from!)?.name ?? '', actor });
      } else {
        const origin = from === null ? undefined : known.get(from);
        const fresh = emptyAsset(kind, nameOf(kind, group, component), at);
        // What must not be isolated stays so for both, until a person says which one it is.
        asset =
          origin === undefined
            ? fresh
            : { ...origin, id: fresh.id, name: fresh.name, named: false, createdAt: at };
        created.push(asset);
        if (origin !== undefined)
          notes.push({ assetId: asset.id, at, kind: 'split', text: origin.name, actor });
      }
    }
    const before = asset;
    for (const gone of others) {
      asset = joined(asset, gone);
      saved.push({ ...gone, mergedInto: asset.id });
      mergeRecords.push({
        kept: asset.id,
        gone: gone.id,
        keys: group.filter((key) => ownerByKey(key) === gone.id),
      });
      notes.push({ assetId: asset.id, at, kind: 'merge', text: gone.name, actor });
    }
    if (!asset.named) asset = { ...asset, name: nameOf(kind, group, component) };
    if (JSON.stringify(asset) !== JSON.stringify(before)) {
      const made = created.indexOf(before);
      if (made >= 0) created[made] = asset;
      else saved.push(asset);
    }
    for (const key of group)
      if (ownerByKey(key) !== asset.id || created.includes(asset)) owners.set(key, asset.id);
  }
  const ownerNow = (key: string) => owners.get(key) ?? ownerByKey(key);
  const sharing = new Map<string, string[]>();
  for (const [key, strongest] of shared) {
    owners.set(key, null);
    const list = strongest.map(ownerNow).filter((id) => id !== null);
    // An asset that was only this name keeps it, and its warnings with it.
    const before = ownerByKey(key);
    if (before !== null && !wonBy.has(before)) list.push(before);
    sharing.set(key, [...new Set(list)]);
  }
  await tx.create(created);
  await tx.save(saved, at);
  await tx.own(kind, owners);
  await tx.share(kind, sharing);
  for (const merge of mergeRecords) await tx.recordMerge(merge, at, actor);
  for (const id of undone) await tx.undoMerge(id, at);
  await tx.log(notes);
}

/**
 * By asset, the group that has most of its identifiers; of as many, the first. What came to it with another asset
 * hardly counts, so that each is itself again when they part.
 */
function winners(
  groups: readonly (readonly string[])[],
  { nodes }: Component,
  merges: readonly MergeRecord[],
): Map<string, number> {
  const brought = new Set(merges.flatMap(({ kept, keys }) => keys.map((key) => `${kept}\n${key}`)));
  const counts = new Map<string, Map<number, number>>();
  for (const [index, group] of groups.entries())
    for (const key of group) {
      const id = nodes.get(key)?.assetId;
      if (id === undefined || id === null) continue;
      const own = counts.get(id) ?? new Map<number, number>();
      own.set(index, (own.get(index) ?? 0) + (brought.has(`${id}\n${key}`) ? 1e-6 : 1));
      counts.set(id, own);
    }
  return new Map(
    [...counts].map(([id, own]) => [id, [...own].reduce((best, one) => (one[1] > best[1] ? one : best))[0]]),
  );
}

/** What is known of two assets that are one: the more careful of both. */
export function joined(kept: AssetRecord, gone: AssetRecord): AssetRecord {
  const rank = (record: AssetRecord) => CRITICALITIES.indexOf(record.criticality);
  const notes = [...new Set([kept.note, gone.note].filter((note) => note !== ''))].join('\n');
  return {
    ...kept,
    ...(gone.named && !kept.named ? { name: gone.name, named: true } : {}),
    type: kept.type || gone.type,
    criticality: rank(gone) > rank(kept) ? gone.criticality : kept.criticality,
    owner: kept.owner || gone.owner,
    site: kept.site || gone.site,
    note: notes.slice(0, 1000),
    handling: [...new Set([...kept.handling, ...gone.handling])],
    phone: kept.phone || gone.phone,
    maintenance: kept.maintenance ?? gone.maintenance,
    tags: [...new Set([...kept.tags, ...gone.tags])].slice(0, 30),
    byHand: [...new Set([...kept.byHand, ...gone.byHand])],
  };
}

const NAMES = {
  host: ['fqdn', 'name', 'host-id', 'mac', 'sid', 'guid'],
  user: ['address', 'account', 'local', 'name', 'sid', 'guid'],
} as const;

/** The best of an asset's identifiers to call it by; of several, the one seen last. */
function nameOf(kind: AssetKind, group: readonly string[], { nodes }: Component): string {
  const place = (one: Identifier) => (NAMES[kind] as readonly string[]).indexOf(one.type);
  const [best] = [...group].sort((a, b) => {
    const [one, other] = [identifierOf(a), identifierOf(b)];
    return (
      place(one) - place(other) ||
      (nodes.get(b)?.lastAt ?? 0) - (nodes.get(a)?.lastAt ?? 0) ||
      (a < b ? -1 : 1)
    );
  });
  const { type, value } = identifierOf(best!);
  return type === 'host-id' || type === 'guid' ? value.slice(value.indexOf(':') + 1) : value;
}

/** The strongest of some identifiers' keys. */
export function strongestOf(kind: AssetKind, keys: readonly string[]): string | undefined {
  return [...keys].sort(
    (a, b) => rankOf(kind, identifierOf(a).type) - rankOf(kind, identifierOf(b).type) || (a < b ? -1 : 1),
  )[0];
}
