import { randomUUID } from 'node:crypto';
import { type Insertable, type Kysely, sql, type Transaction } from 'kysely';
import type { DigestStore, Flood, HeldMails, RenderedMail } from '../../respond/ports.ts';
import { transaction } from './database.ts';
import type { Database, OutboxTable } from './schema.ts';

/** A row of the outbox before it has an id. */
export type NewOutboxRow = Omit<
  Insertable<OutboxTable>,
  'id' | 'state' | 'attempts' | 'lease_until' | 'sent_at' | 'last_error' | 'held' | 'digest'
>;

/**
 * Puts a mail into the outbox once: a second one with the same key is ignored.
 *
 * @param rule undefined: it does not wait, whatever else its address gets
 * @param promised epoch milliseconds at which it has to be there: it does not wait until then or longer
 * @returns whether it was new
 */
export async function insertMail(
  db: Kysely<Database>,
  row: NewOutboxRow,
  rule: Flood | undefined,
  promised = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  if (rule === undefined || !rule.mayWait.includes(row.kind)) return insert(db, row);
  const counted = async (trx: Kysely<Database>) => {
    const until = await waits(trx, row, rule);
    const goes = until === undefined || until >= promised;
    return insert(trx, goes ? row : { ...row, held: true, not_before: until });
  };
  return db.isTransaction ? counted(db) : transaction(db, counted);
}

async function insert(
  db: Kysely<Database>,
  row: NewOutboxRow & { readonly held?: boolean },
): Promise<boolean> {
  const result = await db
    .insertInto('outbox')
    .values({ ...row, id: randomUUID() })
    .onConflict((oc) => oc.column('unique_key').doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

async function waits(db: Kysely<Database>, row: NewOutboxRow, rule: Flood): Promise<number | undefined> {
  const now = row.created_at;
  const { tenant, recipient } = row;
  // A flood is what is written at the same moment: one after the other, or none of them would see the others.
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`mail:${tenant ?? ''}:${recipient.toLowerCase()}`}, 0))`.execute(
    db,
  );
  const { rows } = await sql<{ lately: number; waiting: number | null }>`
    SELECT count(*) FILTER (WHERE NOT held AND kind = ANY (${[...rule.mayWait, 'digest']})
        AND created_at > ${now - rule.within})::int AS lately,
      min(not_before) FILTER (WHERE held AND digest IS NULL AND state = 'pending') AS waiting
    FROM outbox WHERE lower(recipient) = lower(${recipient}) AND tenant IS NOT DISTINCT FROM ${tenant}
      AND (held OR created_at > ${now - rule.within})`.execute(db);
  return rule.heldUntil(rows[0]!, { notBefore: row.not_before, now });
}

/** What waits in the outbox to come as one mail. */
export class PostgresDigests implements DigestStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async due(now: number): Promise<readonly Pick<HeldMails, 'tenant' | 'recipient'>[]> {
    return this.#db
      .selectFrom('outbox')
      .select(['tenant', (eb) => eb.fn<string>('lower', ['recipient']).as('recipient')])
      .where('state', '=', 'pending')
      .where('held', '=', true)
      .where('digest', 'is', null)
      .where('not_before', '<=', now)
      .distinct()
      .limit(200)
      .execute();
  }

  async gather(
    group: Pick<HeldMails, 'tenant' | 'recipient'>,
    now: number,
    write: (held: HeldMails) => Promise<RenderedMail | undefined>,
  ): Promise<void> {
    await transaction(this.#db, async (trx) => {
      const rows = await trx
        .selectFrom('outbox')
        .selectAll()
        .where('state', '=', 'pending')
        .where('held', '=', true)
        .where('digest', 'is', null)
        .where('not_before', '<=', now)
        .where(sql<boolean>`lower(recipient) = ${group.recipient}`)
        .where(sql<boolean>`tenant IS NOT DISTINCT FROM ${group.tenant}`)
        .orderBy('created_at')
        .orderBy('id')
        .forUpdate()
        .execute();
      const [first] = rows;
      if (first === undefined) return;
      const held = {
        tenant: first.tenant,
        recipient: first.recipient,
        mails: rows.map((row) => ({ subject: row.subject, at: row.created_at, incident: row.incident_id })),
      };
      const mail = rows.length === 1 ? undefined : await write(held);
      const ids = rows.map(({ id }) => id);
      // One that waited alone comes as it is, and so do all where nothing could be written around them.
      if (mail === undefined) await set(trx, ids, { held: false });
      else {
        const id = randomUUID();
        await trx
          .insertInto('outbox')
          .values({
            id,
            tenant: first.tenant,
            incident_id: null,
            kind: 'digest',
            unique_key: `digest:${id}`,
            recipient: first.recipient,
            ...mail,
            not_before: now,
            created_at: now,
          })
          .execute();
        await set(trx, ids, { digest: id });
      }
    });
  }
}

async function set(
  trx: Transaction<Database>,
  ids: readonly string[],
  to: { held: boolean } | { digest: string },
): Promise<void> {
  await trx.updateTable('outbox').set(to).where('id', 'in', ids).execute();
}
