import { randomUUID } from 'node:crypto';
import { type NewQueueView, QueueFilter, type QueueView, type QueueViewPatch } from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Identity, QueueViews } from '../../api/ports.ts';
import { withTenants } from './database.ts';
import type { Database, QueueViewTable } from './schema.ts';

/** Views that one person may keep. */
const MOST = 100;
const SHOWN = 500;

/** Saved views; row-level security shows a person their own and those shared with them. */
export class PostgresQueueViews implements QueueViews {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;

  constructor(db: Kysely<Database>, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  list(identity: Identity): Promise<QueueView[]> {
    return this.#as(identity, async (trx) => {
      const rows = await trx.selectFrom('queue_view').selectAll().orderBy('name').limit(SHOWN).execute();
      return rows.map((row) => viewOf(row, identity));
    });
  }

  add(identity: Identity, view: NewQueueView): Promise<QueueView | undefined> {
    return this.#as(identity, async (trx) => {
      const { count } = await trx
        .selectFrom('queue_view')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('owner_id', '=', identity.id)
        .executeTakeFirstOrThrow();
      if (Number(count) >= MOST) return undefined;
      const row = await trx
        .insertInto('queue_view')
        .values({
          id: randomUUID(),
          tenant: view.query.tenant ?? null,
          owner_id: identity.id,
          owner_name: identity.name,
          name: view.name,
          shared: view.shared,
          query: JSON.stringify(view.query),
          changed_at: this.#now(),
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return viewOf(row, identity);
    });
  }

  change(identity: Identity, id: string, { name, shared, query }: QueueViewPatch) {
    return this.#as(identity, async (trx) => {
      const row = await trx
        .updateTable('queue_view')
        .set({
          changed_at: this.#now(),
          ...(name === undefined ? {} : { name }),
          ...(shared === undefined ? {} : { shared }),
          ...(query === undefined ? {} : { query: JSON.stringify(query), tenant: query.tenant ?? null }),
        })
        .where('id', '=', id)
        .where('owner_id', '=', identity.id)
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? undefined : viewOf(row, identity);
    });
  }

  remove(identity: Identity, id: string): Promise<boolean> {
    return this.#as(identity, async (trx) => {
      const result = await trx
        .deleteFrom('queue_view')
        .where('id', '=', id)
        .where('owner_id', '=', identity.id)
        .executeTakeFirst();
      return result.numDeletedRows > 0n;
    });
  }

  #as<T>(identity: Identity, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> {
    return withTenants(this.#db, identity.scope, async (trx) => {
      await sql`SELECT set_config('vigie.account', ${identity.id}, true)`.execute(trx);
      return work(trx);
    });
  }
}

function viewOf(row: Selectable<QueueViewTable>, identity: Identity): QueueView {
  return {
    id: row.id,
    name: row.name,
    shared: row.shared,
    own: row.owner_id === identity.id,
    owner: row.owner_name,
    // A view kept by an older version may hold what this one does not know.
    query: QueueFilter.partial().catch({}).parse(row.query),
  };
}
