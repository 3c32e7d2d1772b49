import type { Entity, Level } from '@vigie/contracts';
import type { IncidentStatus, LooseAlertTies } from '@vigie/contracts/api';
import { sql, type Transaction } from 'kysely';
import type { IncidentGrouping } from '../../api/ports.ts';
import type { Nearness } from '../../triage/ports.ts';
import type { Database } from './schema.ts';

/** From this on an alert is called rare; the score at which triage lets one keep an incident going. */
export const RARE = 2;
/** Incidents that are named as those in which a loose alert could be. */
const TIES_NAMED = 5;
/** Incidents that are held against it, those that were active last. */
const TIES_READ = 50;

/** What triage knows of how near an alert is to an incident, and the storage does not. */
export interface TieWords {
  readonly joiningKeys: (entities: readonly Entity[]) => readonly string[];
  /** Points with which an alert joins an incident, points of rarity that open one, and how far back to look, ms. */
  readonly limits: { readonly joinsAt: number; readonly opensAt: number; readonly lookback: number };
  readonly near: (
    alert: {
      readonly ruleId: string;
      readonly level: Level;
      readonly rarity: number;
      readonly routine: boolean;
      readonly firstAt: number;
      readonly lastAt: number;
      readonly entities: readonly Entity[];
    },
    incident: {
      readonly firstAt: number;
      readonly activeAt: number;
      readonly signalRules: string[];
      readonly keys: readonly string[];
    },
  ) => Nearness | undefined;
}

/** A page of the alerts in no incident that the transaction may see. @throws SyntaxError for a cursor of others */
export async function looseAlerts(
  trx: Transaction<Database>,
  filter: Parameters<IncidentGrouping['loose']>[1],
) {
  let query = trx.selectFrom('alert').selectAll().where('incident_id', 'is', null);
  if (filter.tenant !== undefined) query = query.where('tenant', '=', filter.tenant);
  if (filter.group === 'routine') query = query.where('routine', '=', true);
  if (filter.group === 'rare') query = query.where('routine', '=', false).where('rarity', '>=', RARE);
  if (filter.review === 'open') query = query.where('reviewed_at', 'is', null);
  if (filter.review === 'done') query = query.where('reviewed_at', 'is not', null);
  const cursor = readCursor(filter.cursor);
  if (cursor !== undefined)
    query = query.where(
      filter.sort === 'rare'
        ? sql<boolean>`(rarity, last_at, id) < (${cursor.rarity}, ${cursor.at}, ${cursor.id})`
        : sql<boolean>`(last_at, id) < (${cursor.at}, ${cursor.id})`,
    );
  if (filter.sort === 'rare') query = query.orderBy('rarity', 'desc');
  const rows = await query
    .orderBy('last_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  const items = rows.slice(0, filter.limit);
  const last = items.at(-1);
  return {
    items: items.map((row) => ({
      id: row.id,
      tenant: row.tenant,
      ruleId: row.rule_id,
      title: row.title,
      level: row.level,
      count: row.count,
      firstAt: row.first_at,
      lastAt: row.last_at,
      entities: row.entities,
      rarity: row.rarity,
      routine: row.routine,
      verdict: row.verdict,
      reviewed: row.reviewed_at === null ? null : { at: row.reviewed_at, by: row.reviewed_by ?? '' },
    })),
    ...(rows.length > filter.limit && last !== undefined
      ? { next: `${last.rarity}_${last.last_at}_${last.id}` }
      : {}),
  };
}

/**
 * The open incidents that have something in common with a loose alert, what fits best first; none for an alert that
 * is in an incident by now, which is named.
 */
export async function tiesOf(
  trx: Transaction<Database>,
  words: TieWords,
  tenant: string,
  id: string,
): Promise<LooseAlertTies | undefined> {
  const row = await trx
    .selectFrom('alert')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { joinsAt, opensAt, lookback } = words.limits;
  // Somebody else, or triage itself, was quicker.
  if (row.incident_id !== null)
    return { alert: id, incident: row.incident_id, joinsAt, opensAt, incidents: [] };
  const keys = words.joiningKeys(row.entities) as string[];
  const incidents = await trx
    .selectFrom('incident as i')
    .select(['i.id', 'i.title', 'i.level', 'i.status', 'i.first_at', 'i.active_at', 'i.signal_rules'])
    .select(
      sql<string[]>`ARRAY(SELECT e.entity FROM incident_entity e
        WHERE e.tenant = i.tenant AND e.incident_id = i.id AND e.entity = ANY(${keys}))`.as('keys'),
    )
    .where('i.tenant', '=', tenant)
    .where('i.status', '<>', 'closed')
    .where('i.active_at', '>=', row.first_at - lookback)
    .where('i.first_at', '<=', row.last_at + lookback)
    .where(
      sql<boolean>`(i.signal_rules @> ARRAY[${row.rule_id}]::text[] OR EXISTS (SELECT FROM incident_entity e
        WHERE e.tenant = i.tenant AND e.incident_id = i.id AND e.entity = ANY(${keys})))`,
    )
    .orderBy('i.active_at', 'desc')
    .limit(TIES_READ)
    .execute();
  const alert = {
    ruleId: row.rule_id,
    level: row.level as Level,
    rarity: row.rarity,
    routine: row.routine,
    firstAt: row.first_at,
    lastAt: row.last_at,
    entities: row.entities,
  };
  const ties = incidents.flatMap((incident) => {
    const near = words.near(alert, {
      firstAt: incident.first_at,
      activeAt: incident.active_at,
      signalRules: incident.signal_rules,
      keys: incident.keys,
    });
    if (near === undefined) return [];
    return [
      {
        id: incident.id,
        title: incident.title,
        level: incident.level as Level,
        status: incident.status as IncidentStatus,
        shared: row.entities.filter((entity) =>
          words.joiningKeys([entity]).some((key) => near.shared.includes(key)),
        ),
        apart: near.apart,
        sameRule: near.sameRule,
        total: near.total,
      },
    ];
  });
  ties.sort((a, b) => (b.total ?? -1) - (a.total ?? -1) || Math.abs(a.apart) - Math.abs(b.apart));
  return { alert: id, incident: null, joinsAt, opensAt, incidents: ties.slice(0, TIES_NAMED) };
}

function readCursor(
  text: string | undefined,
): { readonly rarity: number; readonly at: number; readonly id: string } | undefined {
  if (text === undefined) return undefined;
  const [, rarity, at, id] = /^([\d.e-]+)_([\d.e+]+)_(.{1,64})$/.exec(text) ?? [];
  if (id === undefined || !Number.isFinite(Number(rarity)) || !Number.isFinite(Number(at)))
    throw new SyntaxError('cursor: not one of ours');
  return { rarity: Number(rarity), at: Number(at), id };
}
