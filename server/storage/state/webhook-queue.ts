import type { WebhookNotice } from '@vigie/contracts/api';
import { type Kysely, sql, type Updateable } from 'kysely';
import type { WebhookDelivery, WebhookQueue } from '../../respond/ports.ts';
import { transaction } from './database.ts';
import type { Database, WebhookDeliveryTable } from './schema.ts';
import type { Vault } from './vault.ts';
import { ownerOf } from './webhook-store.ts';

/** Delivered and given-up ones are kept so long, milliseconds. */
const KEEP = 30 * 86_400_000;
const MAX_ERROR = 1_000;

/** Deliveries over their table. A row is claimed under a lock that other claims skip. */
export class PostgresWebhookQueue implements WebhookQueue {
  readonly #db: Kysely<Database>;
  readonly #vault: Vault;
  readonly #link: (incident: number) => string;

  /** @param link address of an incident for people */
  constructor(db: Kysely<Database>, vault: Vault, link: (incident: number) => string) {
    this.#db = db;
    this.#vault = vault;
    this.#link = link;
  }

  async claim(limit: number, now: number, leaseUntil: number): Promise<readonly WebhookDelivery[]> {
    const rows = await transaction(this.#db, async (trx) => {
      const { rows: claimed } = await sql<{
        tenant: string;
        id: string;
        webhook_id: string;
        kind: WebhookDelivery['kind'];
        incident_id: number | null;
        url: string;
        body: string | null;
        attempts: number;
        created_at: number;
      }>`WITH due AS (
          SELECT d.tenant, d.id FROM webhook_delivery d
          JOIN (SELECT DISTINCT ON (f.tenant, f.webhook_id) f.tenant, f.id FROM webhook_delivery f
            JOIN webhook w ON w.tenant = f.tenant AND w.id = f.webhook_id AND (w.enabled OR f.kind = 'ping')
            WHERE ((f.state = 'pending' AND f.not_before <= ${now}) OR (f.state = 'sending' AND f.lease_until <= ${now}))
              AND NOT EXISTS (SELECT FROM webhook_delivery o WHERE o.tenant = f.tenant AND o.webhook_id = f.webhook_id
                AND o.state = 'sending' AND o.lease_until > ${now})
            ORDER BY f.tenant, f.webhook_id, f.created_at, f.id) first USING (tenant, id)
          ORDER BY d.not_before LIMIT ${limit} FOR UPDATE OF d SKIP LOCKED
        )
        UPDATE webhook_delivery d SET state = 'sending', lease_until = ${leaseUntil}
        FROM due, webhook w
        WHERE d.tenant = due.tenant AND d.id = due.id AND w.tenant = d.tenant AND w.id = d.webhook_id
        RETURNING d.tenant, d.id, d.webhook_id, d.kind, d.incident_id, w.url, d.body, d.attempts, d.created_at`.execute(
        trx,
      );
      return claimed;
    });
    return rows.map((row) => ({
      tenant: row.tenant,
      id: row.id,
      webhook: row.webhook_id,
      kind: row.kind,
      incident: row.incident_id,
      url: row.url,
      body: row.body,
      attempts: row.attempts,
      createdAt: row.created_at,
    }));
  }

  async secret(tenant: string, webhook: string): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('webhook')
      .select('secret')
      .where('tenant', '=', tenant)
      .where('id', '=', webhook)
      .executeTakeFirst();
    return row === undefined ? undefined : this.#vault.open(row.secret, ownerOf(tenant, webhook));
  }

  async write({ tenant, id, kind, incident, createdAt }: WebhookDelivery): Promise<string | undefined> {
    const row =
      incident === null
        ? null
        : await this.#db
            .selectFrom('incident')
            .selectAll()
            .where('tenant', '=', tenant)
            .where('id', '=', incident)
            .executeTakeFirst();
    if (row === undefined) return undefined;
    const iso = (at: number) => new Date(at).toISOString();
    const notice: WebhookNotice = {
      type: kind,
      timestamp: iso(createdAt),
      data: {
        tenant,
        incident:
          row === null
            ? null
            : {
                id: row.id,
                title: row.title,
                status: row.status,
                level: row.level,
                verdict: row.verdict,
                firstAt: iso(row.first_at),
                lastAt: iso(row.last_at),
                createdAt: iso(row.created_at),
                closedAt: row.closed_at === null ? null : iso(row.closed_at),
                alerts: row.alert_count,
                entities: row.entities.slice(0, 100).map(({ type, value }) => ({ type, value })),
                techniques: row.techniques,
                demo: row.demo,
                link: this.#link(row.id),
              },
      },
    };
    const body = JSON.stringify(notice);
    await this.#set({ tenant, id }, { body });
    return body;
  }

  async markSent(delivery: WebhookDelivery, at: number, status: number): Promise<void> {
    await this.#set(delivery, {
      state: 'sent',
      sent_at: at,
      lease_until: null,
      status,
      last_error: null,
      attempts: delivery.attempts + 1,
    });
    await this.#db
      .deleteFrom('webhook_delivery')
      .where('tenant', '=', delivery.tenant)
      .where('webhook_id', '=', delivery.webhook)
      .where('state', 'in', ['sent', 'dead'])
      .where('created_at', '<', at - KEEP)
      .execute();
  }

  markRetry(delivery: WebhookDelivery, at: number, error: string, status: number | null): Promise<void> {
    return this.#set(delivery, {
      state: 'pending',
      not_before: at,
      lease_until: null,
      status,
      last_error: error.slice(0, MAX_ERROR),
      attempts: delivery.attempts + 1,
    });
  }

  markDead(delivery: WebhookDelivery, error: string, status: number | null): Promise<void> {
    return this.#set(delivery, {
      state: 'dead',
      lease_until: null,
      status,
      last_error: error.slice(0, MAX_ERROR),
      attempts: delivery.attempts + 1,
    });
  }

  async disable(tenant: string, webhook: string, reason: string): Promise<void> {
    await this.#db
      .updateTable('webhook')
      .set({ enabled: false, stopped: reason })
      .where('tenant', '=', tenant)
      .where('id', '=', webhook)
      .execute();
  }

  async endClaims(): Promise<void> {
    await this.#db
      .updateTable('webhook_delivery')
      // Counted, since it may have been sent: so a later change is not folded into it.
      .set({ state: 'pending', lease_until: null, attempts: sql`attempts + 1` })
      .where('state', '=', 'sending')
      .execute();
  }

  async nextDueAt(): Promise<number | undefined> {
    const { rows } = await sql<{ at: number | null }>`
      SELECT min(CASE d.state WHEN 'pending' THEN d.not_before ELSE d.lease_until END) AS at
      FROM webhook_delivery d JOIN webhook w ON w.tenant = d.tenant AND w.id = d.webhook_id
      WHERE d.state IN ('pending', 'sending') AND (w.enabled OR d.kind = 'ping')`.execute(this.#db);
    return rows[0]?.at ?? undefined;
  }

  async #set(
    { tenant, id }: Pick<WebhookDelivery, 'tenant' | 'id'>,
    values: Updateable<WebhookDeliveryTable>,
  ): Promise<void> {
    await this.#db
      .updateTable('webhook_delivery')
      .set(values)
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .execute();
  }
}

/** Encrypts the secrets of webhooks with the vault's first key. @returns how many, and those that don't open */
export async function resealWebhooks(
  db: Kysely<Database>,
  vault: Vault,
): Promise<{ readonly resealed: number; readonly unreadable: { tenant: string; source: string }[] }> {
  const unreadable: { tenant: string; source: string }[] = [];
  let resealed = 0;
  for (const { tenant, id, secret } of await db
    .selectFrom('webhook')
    .select(['tenant', 'id', 'secret'])
    .forUpdate()
    .execute()) {
    if (!vault.isOld(secret)) continue;
    let opened: string;
    try {
      opened = vault.open(secret, ownerOf(tenant, id));
    } catch {
      unreadable.push({ tenant, source: `webhook ${id}` });
      continue;
    }
    await db
      .updateTable('webhook')
      .set({ secret: vault.seal(opened, ownerOf(tenant, id)) })
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .execute();
    resealed++;
  }
  // Kept answers are for a day and for convenience: they go rather than keep an old key alive.
  await db.deleteFrom('repeatable_call').where('status', 'is not', null).execute();
  return { resealed, unreadable };
}
