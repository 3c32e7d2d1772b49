import { type Selectable, sql, type Transaction } from 'kysely';
import type { AssetTable, Database } from './schema.ts';

/**
 * Takes everything that tells who it is from an asset's record: name, identifiers, addresses, comments. What stays is
 * that there was one, and that it was erased.
 *
 * @param ids the asset and those that went into it
 */
export async function eraseAsset(
  trx: Transaction<Database>,
  tenant: string,
  row: Selectable<AssetTable>,
  ids: readonly string[],
  actor: string,
  at: number,
): Promise<void> {
  const of = sql`tenant = ${tenant} AND asset_id = ANY(${ids}::text[])`;
  await sql`DELETE FROM asset_pair p WHERE p.tenant = ${tenant} AND p.kind = ${row.kind} AND EXISTS (
    SELECT FROM asset_identifier i WHERE i.tenant = p.tenant AND i.kind = p.kind AND i.asset_id = ANY(${ids}::text[]) AND i.key IN (p.a, p.b))`.execute(
    trx,
  );
  for (const table of [
    'asset_identifier',
    'asset_shared',
    'asset_address',
    'asset_software',
    'asset_log',
  ] as const)
    await sql`DELETE FROM ${sql.table(table)} WHERE ${of}`.execute(trx);
  await sql`DELETE FROM notice WHERE ${of}`.execute(trx);
  await sql`UPDATE asset_merge SET keys = '{}', undone_at = coalesce(undone_at, ${at}) WHERE tenant = ${tenant} AND (kept = ANY(${ids}::text[]) OR gone = ANY(${ids}::text[]))`.execute(
    trx,
  );
  await sql`UPDATE asset_log SET text = '' WHERE tenant = ${tenant} AND kind IN ('merge', 'split') AND text = ${row.name}`.execute(
    trx,
  );
  await sql`UPDATE asset SET name = 'erased-' || left(md5(id), 8), named = true, owner = '', site = '', note = '', phone = '',
      tags = '{}', os = '', by_hand = '{}', risk = 0, erased_at = ${at}, changed_at = ${at}
    WHERE tenant = ${tenant} AND id = ANY(${ids}::text[])`.execute(trx);
  await trx
    .insertInto('asset_log')
    .values({ tenant, asset_id: row.id, at, kind: 'change', actor, text: 'erased' })
    .execute();
}
