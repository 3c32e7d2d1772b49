import { type Kysely, sql } from 'kysely';
import type { Flood, MailOutbox, OutboxMail } from '../../respond/ports.ts';
import { transaction } from './database.ts';
import { insertMail } from './outbox-flood.ts';
import type { Database } from './schema.ts';

/** A rendered mail to be queued. */
export interface NewMail {
  readonly tenant: string | null;
  readonly incidentId: number | null;
  readonly kind: string;
  readonly uniqueKey: string;
  readonly recipient: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The outbox over its table. A row is claimed under a lock that other claims skip. */
export class PostgresOutbox implements MailOutbox {
  readonly #db: Kysely<Database>;
  readonly #flood: Flood | undefined;

  /** @param flood when mails wait to come together; left out: none does */
  constructor(db: Kysely<Database>, flood?: Flood) {
    this.#db = db;
    this.#flood = flood;
  }

  /**
   * Queues a mail once: a second one with the same key is ignored.
   *
   * @returns whether it was new
   */
  async queue(mail: NewMail, db: Kysely<Database> = this.#db): Promise<boolean> {
    return insertMail(
      db,
      {
        tenant: mail.tenant,
        incident_id: mail.incidentId,
        kind: mail.kind,
        unique_key: mail.uniqueKey,
        recipient: mail.recipient,
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        not_before: mail.now,
        created_at: mail.now,
      },
      this.#flood,
    );
  }

  async claim(limit: number, now: number, leaseUntil: number): Promise<readonly OutboxMail[]> {
    const rows = await transaction(this.#db, async (trx) => {
      const isDue = sql`((state = 'pending' AND NOT held AND not_before <= ${now}) OR (state = 'sending' AND lease_until <= ${now}))`;
      // One of each tenant after the other, its oldest first: who has thousands of incidents waits for themselves.
      const { rows: due } = await sql<{ id: string }>`
        SELECT o.id FROM outbox o JOIN (
          SELECT id, row_number() OVER (PARTITION BY tenant ORDER BY created_at, id) AS turn
          FROM outbox WHERE ${isDue}
        ) t ON t.id = o.id
        WHERE ${isDue} ORDER BY t.turn, o.created_at, o.id LIMIT ${limit} FOR UPDATE OF o SKIP LOCKED`.execute(
        trx,
      );
      if (due.length === 0) return [];
      return trx
        .updateTable('outbox')
        .set({ state: 'sending', lease_until: leaseUntil })
        .where(
          'id',
          'in',
          due.map((row) => row.id),
        )
        .returningAll()
        .execute();
    });
    rows.sort((a, b) => a.created_at - b.created_at);
    return rows.map((row) => ({
      id: row.id,
      to: row.recipient,
      subject: row.subject,
      html: row.html,
      text: row.text,
      ...(row.incident_id === null ? {} : { thread: `incident-${row.incident_id}` }),
      createdAt: row.created_at,
      attempts: row.attempts,
    }));
  }

  /** One process sends, so whatever is claimed while it sends nothing is a claim that nobody holds. */
  async endClaims(): Promise<void> {
    await this.#db
      .updateTable('outbox')
      .set({ state: 'pending', lease_until: null })
      .where('state', '=', 'sending')
      .execute();
  }

  async markSent(id: string, at: number, _response: string): Promise<void> {
    await this.#db
      .updateTable('outbox')
      .set({ state: 'sent', sent_at: at, lease_until: null, last_error: null, attempts: sql`attempts + 1` })
      .where('id', '=', id)
      .execute();
  }

  async markRetry(id: string, at: number, error: string, countAttempt: boolean): Promise<void> {
    await this.#db
      .updateTable('outbox')
      .set({
        state: 'pending',
        not_before: at,
        lease_until: null,
        last_error: error.slice(0, 1000),
        attempts: countAttempt ? sql`attempts + 1` : sql`attempts`,
      })
      .where('id', '=', id)
      .execute();
  }

  async markDead(id: string, error: string): Promise<void> {
    await this.#db
      .updateTable('outbox')
      .set({
        state: 'dead',
        lease_until: null,
        last_error: error.slice(0, 1000),
        attempts: sql`attempts + 1`,
      })
      .where('id', '=', id)
      .execute();
  }

  async nextDueAt(): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom('outbox')
      .select(
        sql<number | null>`min(CASE state WHEN 'pending' THEN not_before ELSE lease_until END)`.as('at'),
      )
      .where('state', 'in', ['pending', 'sending'])
      .where('digest', 'is', null)
      .executeTakeFirst();
    return row?.at ?? undefined;
  }
}
