import { randomUUID } from 'node:crypto';
import type { CampaignView } from '@vigie/contracts/api';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { SharedKind } from '../../collaboration/ports.ts';
import { withTenants } from './database.ts';
import type { Database } from './schema.ts';

/** A value of an incident by which others may be found. */
export interface Indicator {
  readonly kind: SharedKind;
  readonly value: string;
}

/** An incident of another tenant and the values it shares. */
export interface Kin {
  readonly tenant: string;
  readonly incident: number;
  readonly title: string;
  readonly level: CampaignView['members'][number]['level'];
  readonly lastAt: number;
  readonly shared: readonly Indicator[];
  readonly campaigns: readonly string[];
}

/** Fields of a rule's facts that hold what an attacker brings along. */
const FIELDS: Readonly<Record<string, SharedKind>> = {
  'source.ip': 'address',
  'destination.ip': 'address',
  'client.ip': 'address',
  'server.ip': 'address',
  'dns.question.name': 'domain',
  'url.domain': 'domain',
  'destination.domain': 'domain',
  'file.hash.md5': 'hash',
  'file.hash.sha1': 'hash',
  'file.hash.sha256': 'hash',
  'process.hash.md5': 'hash',
  'process.hash.sha1': 'hash',
  'process.hash.sha256': 'hash',
};
const MOST_INDICATORS = 200;
const MOST_KIN = 200;

/** Campaigns over several tenants. Every statement runs in the sight of all tenants: only the provider may call it. */
export class CampaignStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** @returns undefined: one of the incidents is not there */
  add(campaign: {
    readonly name: string;
    readonly note: string;
    readonly incidents: readonly number[];
    readonly by: string;
    readonly at: number;
  }): Promise<string | undefined> {
    const id = randomUUID();
    return withTenants(this.#db, 'all', async (trx) => {
      const members = await tenantsOf(trx, campaign.incidents);
      if (members === undefined) return undefined;
      await trx
        .insertInto('campaign')
        .values({
          id,
          name: campaign.name,
          note: campaign.note,
          created_by: campaign.by,
          created_at: campaign.at,
          closed_at: null,
        })
        .execute();
      await join(trx, id, members, campaign.by, campaign.at);
      return id;
    });
  }

  /** Changes one. `missing`: there is no such campaign; `incident`: one to be added is not there. */
  change(
    id: string,
    change: {
      readonly name?: string;
      readonly note?: string;
      readonly closed?: boolean;
      readonly add: readonly number[];
      readonly remove: readonly number[];
      readonly by: string;
      readonly at: number;
    },
  ): Promise<'done' | 'missing' | 'incident' | 'closed'> {
    return withTenants(this.#db, 'all', async (trx) => {
      const row = await trx.selectFrom('campaign').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return 'missing';
      const closed = change.closed ?? row.closed_at !== null;
      if (closed && change.add.length > 0) return 'closed';
      const members = await tenantsOf(trx, change.add);
      if (members === undefined) return 'incident';
      await trx
        .updateTable('campaign')
        .set({
          name: change.name ?? row.name,
          note: change.note ?? row.note,
          closed_at: closed ? (row.closed_at ?? change.at) : null,
        })
        .where('id', '=', id)
        .execute();
      await join(trx, id, members, change.by, change.at);
      if (change.remove.length > 0)
        await trx
          .deleteFrom('campaign_incident')
          .where('campaign_id', '=', id)
          .where('incident_id', 'in', [...change.remove])
          .execute();
      return 'done';
    });
  }

  /** All campaigns, those of one incident, or one; the newest first. */
  list(of: { readonly incident?: number; readonly id?: string } = {}): Promise<CampaignView[]> {
    return withTenants(this.#db, 'all', async (trx) => {
      let query = trx.selectFrom('campaign').selectAll();
      if (of.id !== undefined) query = query.where('id', '=', of.id);
      if (of.incident !== undefined)
        query = query.where('id', 'in', (eb) =>
          eb.selectFrom('campaign_incident').select('campaign_id').where('incident_id', '=', of.incident!),
        );
      const rows = await query.orderBy('created_at', 'desc').limit(200).execute();
      if (rows.length === 0) return [];
      const members = await trx
        .selectFrom('campaign_incident as m')
        .innerJoin('incident as i', (on) =>
          on.onRef('i.tenant', '=', 'm.tenant').onRef('i.id', '=', 'm.incident_id'),
        )
        .select(['m.campaign_id', 'm.tenant', 'm.incident_id', 'm.added_by', 'm.added_at'])
        .select(['i.title', 'i.level', 'i.status'])
        .where(
          'm.campaign_id',
          'in',
          rows.map(({ id }) => id),
        )
        .orderBy('m.added_at')
        .execute();
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        note: row.note,
        createdBy: row.created_by,
        createdAt: row.created_at,
        closedAt: row.closed_at,
        members: members
          .filter((member) => member.campaign_id === row.id)
          .map((member) => ({
            tenant: member.tenant,
            incident: member.incident_id,
            title: member.title,
            level: member.level,
            status: member.status,
            addedBy: member.added_by,
            addedAt: member.added_at,
          })),
      }));
    });
  }

  /** What an incident's alerts and entities name of an attacker's means; undefined: there is no such incident. */
  indicators(
    incident: number,
  ): Promise<
    { readonly tenant: string; readonly at: number; readonly indicators: readonly Indicator[] } | undefined
  > {
    return withTenants(this.#db, 'all', async (trx) => {
      const row = await trx
        .selectFrom('incident')
        .select(['tenant', 'entities', 'last_at'])
        .where('id', '=', incident)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const alerts = await trx
        .selectFrom('alert')
        .select(['rule_id', 'facts'])
        .where('tenant', '=', row.tenant)
        .where('incident_id', '=', incident)
        .limit(500)
        .execute();
      const found = new Map<string, Indicator>();
      const add = (kind: SharedKind, value: string) => {
        const low = kind === 'rule' ? value : value.toLowerCase();
        if (found.size < MOST_INDICATORS) found.set(`${kind} ${low}`, { kind, value: low });
      };
      for (const { type, value } of row.entities) {
        if (type === 'ip') add('address', value);
        else if (type === 'domain') add('domain', value);
      }
      for (const alert of alerts) {
        add('rule', alert.rule_id);
        for (const [field, value] of Object.entries(alert.facts)) {
          const kind = FIELDS[field];
          if (kind !== undefined && typeof value === 'string') add(kind, value);
        }
      }
      return { tenant: row.tenant, at: row.last_at, indicators: [...found.values()] };
    });
  }

  /** Incidents of other tenants, no further away in time than `within` (ms), that share one of these values. */
  kin(tenant: string, at: number, within: number, indicators: readonly Indicator[]): Promise<readonly Kin[]> {
    const rules = indicators.filter(({ kind }) => kind === 'rule').map(({ value }) => value);
    const values = indicators.filter(({ kind }) => kind !== 'rule').map(({ value }) => value);
    const kinds = new Map(indicators.map(({ kind, value }) => [value, kind]));
    return withTenants(this.#db, 'all', async (trx) => {
      const { rows } = await sql<{
        tenant: string;
        id: number;
        title: string;
        level: Kin['level'];
        last_at: number;
        shared: string[];
        campaigns: string[];
      }>`
        WITH near AS (
          SELECT tenant, id, title, level, last_at, entities FROM incident
          WHERE tenant <> ${tenant} AND NOT demo AND merged_into IS NULL
            AND last_at BETWEEN ${at - within} AND ${at + within}
          ORDER BY last_at DESC LIMIT 5000
        ), hit AS (
          SELECT n.tenant, n.id, lower(e ->> 'value') AS value FROM near n, jsonb_array_elements(n.entities) e
          WHERE lower(e ->> 'value') = ANY (${values}::text[])
          UNION
          SELECT n.tenant, n.id, lower(f.value) FROM near n
          JOIN alert a ON a.tenant = n.tenant AND a.incident_id = n.id, jsonb_each_text(a.facts) f
          WHERE f.key = ANY (${Object.keys(FIELDS)}::text[]) AND lower(f.value) = ANY (${values}::text[])
          UNION
          SELECT n.tenant, n.id, a.rule_id FROM near n
          JOIN alert a ON a.tenant = n.tenant AND a.incident_id = n.id
          WHERE a.rule_id = ANY (${rules}::text[])
        )
        SELECT n.tenant, n.id, n.title, n.level, n.last_at, array_agg(DISTINCT h.value) AS shared,
          ARRAY(SELECT c.name FROM campaign_incident m JOIN campaign c ON c.id = m.campaign_id
            WHERE m.tenant = n.tenant AND m.incident_id = n.id) AS campaigns
        FROM near n JOIN hit h ON h.tenant = n.tenant AND h.id = n.id
        GROUP BY n.tenant, n.id, n.title, n.level, n.last_at
        ORDER BY count(DISTINCT h.value) DESC, n.last_at DESC LIMIT ${MOST_KIN}`.execute(trx);
      return rows.map((row) => ({
        tenant: row.tenant,
        incident: row.id,
        title: row.title,
        level: row.level,
        lastAt: row.last_at,
        shared: row.shared.map((value) => ({ kind: kinds.get(value) ?? 'rule', value })),
        campaigns: row.campaigns,
      }));
    });
  }
}

async function tenantsOf(
  trx: Transaction<Database>,
  incidents: readonly number[],
): Promise<{ tenant: string; id: number }[] | undefined> {
  if (incidents.length === 0) return [];
  const rows = await trx
    .selectFrom('incident')
    .select(['tenant', 'id'])
    .where('id', 'in', [...incidents])
    .execute();
  return rows.length === new Set(incidents).size ? rows : undefined;
}

async function join(
  trx: Transaction<Database>,
  campaign: string,
  members: readonly { readonly tenant: string; readonly id: number }[],
  by: string,
  at: number,
): Promise<void> {
  if (members.length === 0) return;
  await trx
    .insertInto('campaign_incident')
    .values(
      members.map(({ tenant, id }) => ({
        tenant,
        campaign_id: campaign,
        incident_id: id,
        added_by: by,
        added_at: at,
      })),
    )
    .onConflict((oc) => oc.doNothing())
    .execute();
}
