import { randomUUID } from 'node:crypto';
import type {
  WebhookDeliveryPage,
  WebhookDeliveryView,
  WebhookKind,
  WebhookPatch,
  WebhookView,
} from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Scope } from '../../api/ports.ts';
import { withTenants } from './database.ts';
import type { Database, WebhookDeliveryTable } from './schema.ts';
import type { Vault } from './vault.ts';

/** A webhook to be saved. */
export interface WebhookRow {
  readonly tenant: string;
  readonly name: string;
  readonly url: string;
  readonly kinds: readonly WebhookKind[];
  readonly createdAt: number;
  readonly createdBy: string;
}

/** Webhooks as people see and change them, under row-level security. Secrets are sealed before they are stored. */
export class WebhookStore {
  readonly #db: Kysely<Database>;
  readonly #vault: Vault;

  constructor(db: Kysely<Database>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  list(
    scope: Scope,
    filter: { readonly tenant?: string; readonly id?: string } = {},
  ): Promise<WebhookView[]> {
    return withTenants(this.#db, scope, async (trx) => {
      let wanted = trx
        .selectFrom('webhook as w')
        .select([
          'w.tenant',
          'w.id',
          'w.name',
          'w.url',
          'w.kinds',
          'w.enabled',
          'w.stopped',
          'w.created_at',
          'w.created_by',
        ])
        .select([
          sql<number>`(SELECT count(*)::int FROM webhook_delivery d WHERE d.tenant = w.tenant AND d.webhook_id = w.id AND d.state IN ('pending', 'sending'))`.as(
            'waiting',
          ),
          sql<number>`(SELECT count(*)::int FROM webhook_delivery d WHERE d.tenant = w.tenant AND d.webhook_id = w.id AND d.state = 'dead')`.as(
            'dead',
          ),
          sql<
            number | null
          >`(SELECT max(sent_at) FROM webhook_delivery d WHERE d.tenant = w.tenant AND d.webhook_id = w.id)`.as(
            'last_sent_at',
          ),
        ]);
      if (filter.tenant !== undefined) wanted = wanted.where('w.tenant', '=', filter.tenant);
      if (filter.id !== undefined) wanted = wanted.where('w.id', '=', filter.id);
      const rows = await wanted.orderBy('w.tenant').orderBy('w.created_at').execute();
      return rows.map((row) => ({
        tenant: row.tenant,
        id: row.id,
        name: row.name,
        url: row.url,
        kinds: row.kinds as WebhookKind[],
        enabled: row.enabled,
        stopped: row.stopped,
        createdAt: row.created_at,
        createdBy: row.created_by,
        waiting: row.waiting,
        dead: row.dead,
        lastSentAt: row.last_sent_at,
      }));
    });
  }

  async add(scope: Scope, row: WebhookRow, secret: string): Promise<string> {
    const id = randomUUID();
    await withTenants(this.#db, scope, (trx) =>
      trx
        .insertInto('webhook')
        .values({
          tenant: row.tenant,
          id,
          name: row.name,
          url: row.url,
          kinds: [...row.kinds],
          stopped: null,
          secret: this.#vault.seal(secret, ownerOf(row.tenant, id)),
          created_at: row.createdAt,
          created_by: row.createdBy,
        })
        .execute(),
    );
    return id;
  }

  update(scope: Scope, id: string, patch: WebhookPatch): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const { name, url, kinds, enabled } = patch;
      const { numUpdatedRows } = await trx
        .updateTable('webhook')
        .set({
          ...(name === undefined ? {} : { name }),
          ...(url === undefined ? {} : { url }),
          ...(kinds === undefined ? {} : { kinds: [...kinds] }),
          ...(enabled === undefined ? {} : { enabled }),
          // Whoever changes it has seen why it was stopped.
          stopped: null,
        })
        .where('id', '=', id)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  remove(scope: Scope, id: string): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const { numDeletedRows } = await trx.deleteFrom('webhook').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  setSecret(scope: Scope, id: string, secret: string): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx.selectFrom('webhook').select('tenant').where('id', '=', id).executeTakeFirst();
      if (row === undefined) return false;
      await trx
        .updateTable('webhook')
        .set({ secret: this.#vault.seal(secret, ownerOf(row.tenant, id)) })
        .where('id', '=', id)
        .execute();
      return true;
    });
  }

  /** Queues a test. False: no such webhook. */
  ping(scope: Scope, id: string, now: number): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx.selectFrom('webhook').select('tenant').where('id', '=', id).executeTakeFirst();
      if (row === undefined) return false;
      await trx
        .insertInto('webhook_delivery')
        .values({
          tenant: row.tenant,
          id: `msg_${randomUUID().replaceAll('-', '')}`,
          webhook_id: id,
          kind: 'ping',
          incident_id: null,
          body: null,
          not_before: now,
          lease_until: null,
          created_at: now,
          sent_at: null,
          status: null,
          last_error: null,
        })
        .execute();
      return true;
    });
  }

  /** Newest first; undefined: no such webhook. */
  deliveries(
    scope: Scope,
    id: string,
    page: { readonly state?: string; readonly cursor?: string; readonly limit: number },
  ): Promise<WebhookDeliveryPage | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const webhook = await trx
        .selectFrom('webhook')
        .select('tenant')
        .where('id', '=', id)
        .executeTakeFirst();
      if (webhook === undefined) return undefined;
      let wanted = trx
        .selectFrom('webhook_delivery')
        .selectAll()
        .where('tenant', '=', webhook.tenant)
        .where('webhook_id', '=', id);
      if (page.state !== undefined) wanted = wanted.where('state', '=', page.state as never);
      const cursor = /^(\d{1,16})_(msg_[0-9a-f]{32})$/.exec(page.cursor ?? '');
      if (cursor !== null)
        wanted = wanted.where(sql<boolean>`(created_at, id) < (${Number(cursor[1])}, ${cursor[2]})`);
      const rows = await wanted
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit + 1)
        .execute();
      const items = rows.slice(0, page.limit);
      const last = items.at(-1);
      return {
        items: items.map(deliveryView),
        ...(rows.length > page.limit && last !== undefined ? { next: `${last.created_at}_${last.id}` } : {}),
      };
    });
  }

  /** Sends a given-up delivery again, with the time to be tried that a new one has. */
  retry(scope: Scope, id: string, delivery: string, now: number): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('webhook_delivery')
        .set({ state: 'pending', attempts: 1, not_before: now, created_at: now, lease_until: null })
        .where('id', '=', delivery)
        .where('webhook_id', '=', id)
        .where('state', '=', 'dead')
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }
}

/** What a webhook's secret is bound to. */
export function ownerOf(tenant: string, id: string): readonly string[] {
  return ['webhook', tenant, id];
}

function deliveryView(row: Selectable<WebhookDeliveryTable>): WebhookDeliveryView {
  return {
    id: row.id,
    kind: row.kind as WebhookDeliveryView['kind'],
    incident: row.incident_id,
    state: row.state,
    attempts: row.attempts,
    createdAt: row.created_at,
    nextAttemptAt: row.state === 'pending' ? row.not_before : null,
    sentAt: row.sent_at,
    status: row.status,
    lastError: row.last_error,
  };
}
