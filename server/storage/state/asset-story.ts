import type { Level } from '@vigie/contracts';
import type { AssetTimelineEntry } from '@vigie/contracts/api';
import { sql, type Transaction } from 'kysely';
import type { Database } from './schema.ts';

/** How alerts and incidents name an asset: keys of `entityKey`, such as `host:ws01`. */
export type EntityKeys = readonly string[];

/** Whether a row's entities name an asset, as `entityNames` of `server/assets` spells it. */
export function named(table: string, keys: EntityKeys) {
  const entities = sql`jsonb_array_elements(${sql.ref(`${table}.entities`)})`;
  const one = sql`EXISTS (SELECT FROM ${entities} e WHERE lower((e->>'type') || ':' || (e->>'value')) = ANY(${keys as string[]}::text[]))`;
  const local = keys.filter((key) => /^user:[^\\@]+\\/.test(key));
  if (local.length === 0) return one;
  return sql`(${one} OR EXISTS (SELECT FROM ${entities} u CROSS JOIN ${entities} h WHERE u->>'type' = 'user' AND h->>'type' = 'host'
    AND 'user:' || lower(split_part(h->>'value', '.', 1)) || '\\' || lower(u->>'value') = ANY(${local}::text[])))`;
}

/**
 * What the state knows of an asset's story before a time, newest first of each kind.
 *
 * @param ids the asset and those that went into it
 * @param limit most entries of each kind
 */
export async function readStory(
  trx: Transaction<Database>,
  tenant: string,
  ids: readonly string[],
  keys: EntityKeys,
  before: number,
  limit: number,
): Promise<AssetTimelineEntry[]> {
  const log = await trx
    .selectFrom('asset_log')
    .select(['at', 'kind', 'text', 'actor'])
    .where('tenant', '=', tenant)
    .where(sql<boolean>`asset_id = ANY(${ids}::text[])`)
    .where('at', '<', before)
    .orderBy('at', 'desc')
    .limit(limit)
    .execute();
  const software = await sql<{ name: string; version: string; at: number }>`
    SELECT name, version, first_at AS at FROM asset_software WHERE tenant = ${tenant} AND asset_id = ANY(${ids}::text[])
      AND first_at < ${before} ORDER BY first_at DESC LIMIT ${limit}`.execute(trx);
  const incidents = await sql<{ id: number; title: string; level: Level; at: number }>`
    SELECT i.id, i.title, i.level, i.created_at AS at FROM incident i
    WHERE i.tenant = ${tenant} AND i.created_at < ${before} AND ${named('i', keys)}
    ORDER BY i.created_at DESC LIMIT ${limit}`.execute(trx);
  const alerts = await sql<{ title: string; level: Level; at: number; incident_id: number | null }>`
    SELECT a.title, a.level, a.first_at AS at, a.incident_id FROM alert a
    WHERE a.tenant = ${tenant} AND a.first_at < ${before} AND a.first_at >= ${before - 400 * 86_400_000} AND ${named('a', keys)}
    ORDER BY a.first_at DESC LIMIT ${limit}`.execute(trx);
  return [
    ...log.map(
      (entry): AssetTimelineEntry => ({
        at: entry.at,
        kind: entry.kind === 'comment' ? 'comment' : 'record',
        text:
          entry.kind === 'merge'
            ? `+ ${entry.text}`
            : entry.kind === 'split'
              ? `− ${entry.text}`
              : entry.text,
        ...(entry.actor === null ? {} : { actor: entry.actor }),
      }),
    ),
    ...software.rows.map(
      ({ name, version, at }): AssetTimelineEntry => ({
        at,
        kind: 'software',
        text: `${name} ${version}`.trim(),
      }),
    ),
    ...incidents.rows.map(
      ({ id: incident, title, level, at }): AssetTimelineEntry => ({
        at,
        kind: 'incident',
        text: title,
        level,
        incident,
      }),
    ),
    ...alerts.rows.map(
      ({ title, level, at, incident_id }): AssetTimelineEntry => ({
        at,
        kind: 'alert',
        text: title,
        level,
        ...(incident_id === null ? {} : { incident: incident_id }),
      }),
    ),
  ];
}
