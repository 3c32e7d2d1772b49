import type { AssetDetail, AssetPatch, Criticality, Handling } from '@vigie/contracts/api';
import type { AssetRecord, InventoryTransaction } from '../assets/index.ts';

const EMPTY: ReadonlySet<unknown> = new Set(['', undefined]);

/**
 * Writes down what is said of assets. What people say counts over what a directory says: that fills only what no
 * person has set, and never with nothing.
 *
 * @param facts by asset id
 * @returns the assets, and whether nothing had been known of each before
 */
export async function recordFacts(
  tx: InventoryTransaction,
  facts: ReadonlyMap<string, AssetPatch>,
  how: {
    readonly at: number;
    readonly actor: string;
    readonly byHand: boolean;
    readonly names?: ReadonlyMap<string, string>;
  },
): Promise<{ id: string; fresh: boolean }[]> {
  const { at, actor, byHand, names } = how;
  const records = await tx.assets([...facts.keys()]);
  const changed: AssetRecord[] = [];
  const log: Parameters<InventoryTransaction['log']>[0][number][] = [];
  for (const record of records) {
    const given = Object.entries(facts.get(record.id)!).filter(
      ([field, value]) => byHand || (!EMPTY.has(value) && !record.byHand.includes(field)),
    );
    const differing = given.filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(record[field as keyof AssetRecord]),
    );
    const name = names?.get(record.id);
    const renamed = name !== undefined && name !== record.name ? { name, named: true } : {};
    if (differing.length === 0 && !('name' in renamed)) continue;
    const patch = Object.fromEntries(differing) as Partial<{
      criticality: Criticality;
      handling: Handling[];
    }>;
    changed.push({
      ...record,
      ...patch,
      ...renamed,
      byHand: byHand ? [...new Set([...record.byHand, ...given.map(([field]) => field)])] : record.byHand,
    });
    if (differing.length > 0)
      log.push({
        assetId: record.id,
        at,
        kind: 'change',
        actor,
        text: differing
          .map(([field, value]) => `${field}: ${told(value)}`)
          .join('; ')
          .slice(0, 4000),
      });
  }
  await tx.save(changed, at);
  await tx.log(log);
  return records.map(({ id, createdAt }) => ({ id, fresh: createdAt === at }));
}

function told(value: unknown): string {
  return Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value) || '–';
}

/** The keys of an asset's own identifiers, without those that others share. */
export function keysOf(asset: Pick<AssetDetail, 'identifiers'>): string[] {
  return asset.identifiers.filter(({ shared }) => !shared).map(({ type, value }) => `${type}:${value}`);
}
