import { sql, type Transaction } from 'kysely';
import type { Database } from './schema.ts';

/**
 * Waits until nobody else groups alerts of the tenant, triage or person, and keeps them out until the transaction
 * ends: triage writes back what it has read.
 */
export async function lockGrouping(trx: Transaction<Database>, tenant: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`vigie.grouping:${tenant}`}, 0))`.execute(trx);
}

/** Puts the alerts of `gone` into `kept` and closes `gone`; a row remembers what brings it back. */
export async function mergeRows(
  trx: Transaction<Database>,
  merge: {
    readonly tenant: string;
    readonly kept: number;
    readonly gone: number;
    readonly at: number;
    readonly actor: string | null;
  },
): Promise<void> {
  const { tenant, kept, gone, at, actor } = merge;
  const moved = await trx
    .updateTable('alert')
    .set({ incident_id: kept })
    .where('tenant', '=', tenant)
    .where('incident_id', '=', gone)
    .returning('id')
    .execute();
  await sql`INSERT INTO incident_entity (tenant, entity, incident_id, last_at)
    SELECT tenant, entity, ${kept}, last_at FROM incident_entity WHERE tenant = ${tenant} AND incident_id = ${gone}
    ON CONFLICT DO NOTHING`.execute(trx);
  await sql`INSERT INTO incident_merge (tenant, kept, gone, at, actor, alerts, status)
    SELECT tenant, ${kept}, id, ${at}, ${actor}, ${moved.map(({ id }) => id)}::text[], status
    FROM incident WHERE tenant = ${tenant} AND id = ${gone}`.execute(trx);
  await sql`UPDATE incident k SET active_at = greatest(k.active_at, g.active_at), signal_rules =
      (SELECT coalesce(array_agg(r), '{}') FROM (SELECT DISTINCT unnest(k.signal_rules || g.signal_rules) AS r LIMIT 40) u)
    FROM incident g WHERE k.tenant = ${tenant} AND k.id = ${kept} AND g.tenant = ${tenant} AND g.id = ${gone}`.execute(
    trx,
  );
  await trx
    .updateTable('incident')
    .set({ status: 'closed', closed_at: at, merged_into: kept })
    .where('tenant', '=', tenant)
    .where('id', '=', gone)
    .execute();
}
