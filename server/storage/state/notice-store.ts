import { randomUUID } from 'node:crypto';
import type { NoticeView } from '@vigie/contracts/api';
import type { Kysely } from 'kysely';
import { type TenantScope, withTenants } from './database.ts';
import type { Database } from './schema.ts';

/** Something that a person is to hear of. */
export interface NewNotice {
  readonly tenant: string;
  readonly account: string;
  readonly incident: number;
  readonly kind: NoticeView['kind'];
  readonly actor: string;
  /** Text it is about; its beginning is kept. */
  readonly excerpt: string;
  /** Id of the asset it is about. */
  readonly asset?: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

const SHOWN = 100;
/** Longest excerpt, characters. */
const EXCERPT = 200;
const KEPT_FOR = 90 * 86_400_000;

/** The row of a notice that nobody has read yet. */
export function noticeRow({ account, incident, asset, excerpt, ...rest }: NewNotice) {
  return {
    id: randomUUID(),
    account_id: account,
    incident_id: incident,
    asset_id: asset ?? null,
    read_at: null,
    excerpt: excerptOf(excerpt),
    ...rest,
  };
}

/** The beginning of a text on one line. */
function excerptOf(text: string): string {
  const line = text.replaceAll('\0', '').replace(/\s+/g, ' ').trim();
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT - 1)}…` : line;
}

/** What each person is told in the console. */
export class NoticeStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** Ids that are no account's (API keys, accounts that are gone) are left out. */
  async add(notices: readonly NewNotice[]): Promise<void> {
    if (notices.length === 0) return;
    const accounts = await this.#db
      .selectFrom('account')
      .select('id')
      .where(
        'id',
        'in',
        notices.map(({ account }) => account),
      )
      .execute();
    const known = new Set(accounts.map(({ id }) => id));
    const rows = notices.filter(({ account }) => known.has(account));
    if (rows.length === 0) return;
    await this.#db.insertInto('notice').values(rows.map(noticeRow)).execute();
  }

  /** The newest of one person, within the tenants they may see now. */
  list(scope: TenantScope, account: string): Promise<{ items: NoticeView[]; unread: number }> {
    return withTenants(this.#db, scope, async (trx) => {
      const rows = await trx
        .selectFrom('notice')
        .selectAll()
        .where('account_id', '=', account)
        .orderBy('at', 'desc')
        .limit(SHOWN)
        .execute();
      const { count } = await trx
        .selectFrom('notice')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('account_id', '=', account)
        .where('read_at', 'is', null)
        .executeTakeFirstOrThrow();
      return {
        unread: Number(count),
        items: rows.map((row) => ({
          id: row.id,
          kind: row.kind as NoticeView['kind'],
          tenant: row.tenant,
          incident: row.incident_id,
          actor: row.actor,
          excerpt: row.excerpt,
          asset: row.asset_id,
          at: row.at,
          readAt: row.read_at,
        })),
      };
    });
  }

  /** @param ids undefined: all of this person's */
  async read(
    scope: TenantScope,
    account: string,
    ids: readonly string[] | undefined,
    at: number,
  ): Promise<void> {
    if (ids?.length === 0) return;
    await withTenants(this.#db, scope, async (trx) => {
      let update = trx
        .updateTable('notice')
        .set({ read_at: at })
        .where('account_id', '=', account)
        .where('read_at', 'is', null);
      if (ids !== undefined) update = update.where('id', 'in', [...ids]);
      await update.execute();
    });
  }

  /** Removes what is older than ninety days. */
  async forget(now: number): Promise<void> {
    await this.#db
      .deleteFrom('notice')
      .where('at', '<', now - KEPT_FOR)
      .execute();
  }
}
