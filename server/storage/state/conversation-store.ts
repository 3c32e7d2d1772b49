import { randomUUID } from 'node:crypto';
import type { Entity } from '@vigie/contracts';
import type { Audience, Side } from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { confine, transaction } from './database.ts';
import type { AttachmentTable, Database, IncidentCommentTable } from './schema.ts';
import { standOn, type Viewer, withSide } from './side.ts';

/** A comment as stored. Times are epoch milliseconds. */
export type CommentRow = Selectable<IncidentCommentTable>;
/** A file as stored; `size` in bytes. */
export type AttachmentRow = Omit<Selectable<AttachmentTable>, 'size'> & { readonly size: number };

/** The incident that something is said about. */
export interface SpokenOf {
  readonly tenant: string;
  readonly title: string;
  readonly ownerId: string | null;
  readonly entities: readonly Entity[];
}

interface Author {
  readonly id: string;
  readonly name: string;
  readonly side: Side;
}

const MOST_COMMENTS = 2_000;
const MOST_ATTACHMENTS = 500;

/** Comments and files of incidents, under row-level security by tenant and by side. */
export class ConversationStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** The incident; undefined: there is none, or the reader may not see it. */
  incident(viewer: Viewer, id: number): Promise<SpokenOf | undefined> {
    return withSide(this.#db, viewer, async (trx) => {
      const row = await trx
        .selectFrom('incident')
        .select(['tenant', 'title', 'owner_id', 'entities'])
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { tenant, title, owner_id: ownerId, entities } = row;
      return { tenant, title, ownerId, entities };
    });
  }

  /** What was said and sent, oldest first; incidents that went into this one have theirs with it. */
  read(
    viewer: Viewer,
    tenant: string,
    incident: number,
  ): Promise<{ comments: CommentRow[]; attachments: AttachmentRow[] }> {
    return withSide(this.#db, viewer, async (trx) => {
      const ids = await conversationOf(trx, tenant, incident);
      const comments = await trx
        .selectFrom('incident_comment')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('incident_id', 'in', ids)
        .orderBy('created_at')
        .limit(MOST_COMMENTS)
        .execute();
      const attachments = await trx
        .selectFrom('attachment')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('incident_id', 'in', ids)
        .orderBy('created_at')
        .limit(MOST_ATTACHMENTS)
        .execute();
      return { comments, attachments: attachments.map(sized) };
    });
  }

  /** @returns id of the comment */
  addComment(
    viewer: Viewer,
    comment: {
      readonly tenant: string;
      readonly incident: number;
      readonly audience: Audience;
      readonly body: string;
      readonly author: Author;
      readonly mentions: readonly { readonly id: string; readonly name: string }[];
      readonly at: number;
    },
  ): Promise<string> {
    const id = randomUUID();
    return withSide(this.#db, viewer, async (trx) => {
      await trx
        .insertInto('incident_comment')
        .values({
          tenant: comment.tenant,
          id,
          incident_id: comment.incident,
          audience: comment.audience,
          body: comment.body,
          author_id: comment.author.id,
          author_name: comment.author.name,
          author_side: comment.author.side,
          mentions: JSON.stringify(comment.mentions),
          created_at: comment.at,
          edited_at: null,
          deleted_at: null,
          deleted_by: null,
        })
        .execute();
      return id;
    });
  }

  comment(viewer: Viewer, tenant: string, id: string): Promise<CommentRow | undefined> {
    return withSide(this.#db, viewer, (trx) =>
      trx
        .selectFrom('incident_comment')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .executeTakeFirst(),
    );
  }

  /** Puts a new text in the place of the old one, which is kept. False: it is deleted, or was never there. */
  editComment(
    viewer: Viewer,
    tenant: string,
    id: string,
    change: {
      readonly body: string;
      readonly mentions: readonly { readonly id: string; readonly name: string }[];
      readonly at: number;
      readonly actor: string;
    },
  ): Promise<boolean> {
    return withSide(this.#db, viewer, async (trx) => {
      const row = await trx
        .selectFrom('incident_comment')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .forUpdate()
        .executeTakeFirst();
      if (row === undefined) return false;
      if (row.body === change.body) return true;
      await trx
        .insertInto('incident_comment_version')
        .values({
          tenant,
          comment_id: id,
          audience: row.audience,
          body: row.body,
          at: row.edited_at ?? row.created_at,
          actor: change.actor,
        })
        .execute();
      await trx
        .updateTable('incident_comment')
        .set({ body: change.body, mentions: JSON.stringify(change.mentions), edited_at: change.at })
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .execute();
      return true;
    });
  }

  /** Leaves only the mark. False: it is deleted already, or was never there. */
  deleteComment(viewer: Viewer, tenant: string, id: string, by: string, at: number): Promise<boolean> {
    return withSide(this.#db, viewer, async (trx) => {
      const result = await trx
        .updateTable('incident_comment')
        .set({ deleted_at: at, deleted_by: by })
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    });
  }

  /** Texts that a comment had, oldest first. */
  versions(viewer: Viewer, tenant: string, id: string) {
    return withSide(this.#db, viewer, (trx) =>
      trx
        .selectFrom('incident_comment_version')
        .select(['body', 'at', 'actor as by'])
        .where('tenant', '=', tenant)
        .where('comment_id', '=', id)
        .orderBy('id')
        .limit(200)
        .execute(),
    );
  }

  /**
   * @param quota bytes that the files of the tenant may take together
   * @returns id of the file; undefined: incident or tenant have as much as they may have
   */
  async addAttachment(
    viewer: Viewer,
    quota: number,
    attachment: {
      readonly tenant: string;
      readonly incident: number;
      readonly audience: Audience;
      readonly name: string;
      readonly file: string;
      readonly size: number;
      readonly sha256: string;
      readonly type: string;
      readonly author: Author;
      readonly at: number;
    },
  ): Promise<string | undefined> {
    const id = randomUUID();
    return transaction(this.#db, async (trx) => {
      // One file after the other, or all that arrive together would be counted before any of them is there.
      await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`vigie.attachment ${attachment.tenant}`}, 0))`.execute(
        trx,
      );
      // Of the whole tenant: row-level security would leave out what is internal.
      const { taken } = await trx
        .selectFrom('attachment')
        .select((eb) => eb.fn.sum<string | null>('size').as('taken'))
        .where('tenant', '=', attachment.tenant)
        .where('deleted_at', 'is', null)
        .executeTakeFirstOrThrow();
      if (Number(taken) + attachment.size > quota) return undefined;
      await confine(trx, viewer.scope);
      await standOn(trx, viewer.side);
      const { count } = await trx
        .selectFrom('attachment')
        .select((eb) => eb.fn.countAll<string>().as('count'))
        .where('tenant', '=', attachment.tenant)
        .where('incident_id', '=', attachment.incident)
        .where('deleted_at', 'is', null)
        .executeTakeFirstOrThrow();
      if (Number(count) >= MOST_ATTACHMENTS) return undefined;
      const { tenant, incident, author, at, ...rest } = attachment;
      await trx
        .insertInto('attachment')
        .values({
          tenant,
          id,
          incident_id: incident,
          ...rest,
          author_id: author.id,
          author_name: author.name,
          author_side: author.side,
          created_at: at,
          scan_state: 'pending',
          scanned_at: null,
          scan_detail: '',
          deleted_at: null,
          deleted_by: null,
        })
        .execute();
      return id;
    });
  }

  attachment(viewer: Viewer, tenant: string, id: string): Promise<AttachmentRow | undefined> {
    return withSide(this.#db, viewer, async (trx) => {
      const row = await trx
        .selectFrom('attachment')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .executeTakeFirst();
      return row === undefined ? undefined : sized(row);
    });
  }

  deleteAttachment(viewer: Viewer, tenant: string, id: string, by: string, at: number): Promise<boolean> {
    return withSide(this.#db, viewer, async (trx) => {
      const result = await trx
        .updateTable('attachment')
        .set({ deleted_at: at, deleted_by: by })
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    });
  }

  /** Files that a scanner should look at: new ones, and those it could not be asked about since `before`. */
  async toScan(before: number): Promise<AttachmentRow[]> {
    const rows = await this.#db
      .selectFrom('attachment')
      .selectAll()
      .where('deleted_at', 'is', null)
      .where((eb) =>
        eb.or([
          eb('scan_state', '=', 'pending'),
          eb.and([eb('scan_state', '=', 'failed'), eb('scanned_at', '<', before)]),
        ]),
      )
      .orderBy('created_at')
      .limit(50)
      .execute();
    return rows.map(sized);
  }

  async scanned(
    tenant: string,
    id: string,
    verdict: { readonly state: AttachmentRow['scan_state']; readonly detail: string },
    at: number,
  ): Promise<void> {
    await this.#db
      .updateTable('attachment')
      .set({ scan_state: verdict.state, scan_detail: verdict.detail.slice(0, 500), scanned_at: at })
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .execute();
  }

  /** What an infected file of this hash was called by the scanner, wherever it was. */
  async infectedBefore(sha256: string): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('attachment')
      .select('scan_detail')
      .where('sha256', '=', sha256)
      .where('scan_state', '=', 'infected')
      .limit(1)
      .executeTakeFirst();
    return row?.scan_detail;
  }

  /** `tenant/file` of every file that is still to be kept. */
  async files(): Promise<Set<string>> {
    return transaction(this.#db, async (trx) => {
      const rows = await trx
        .selectFrom('attachment')
        .select(['tenant', 'file'])
        .where('deleted_at', 'is', null)
        .execute();
      return new Set(rows.map(({ tenant, file }) => `${tenant}/${file}`));
    });
  }
}

/** An incident and those that went into it, directly. */
export async function conversationOf(
  trx: Transaction<Database>,
  tenant: string,
  incident: number,
): Promise<number[]> {
  const gone = await trx
    .selectFrom('incident')
    .select('id')
    .where('tenant', '=', tenant)
    .where('merged_into', '=', incident)
    .limit(200)
    .execute();
  return [incident, ...gone.map(({ id }) => id)];
}

function sized(row: Selectable<AttachmentTable>): AttachmentRow {
  return { ...row, size: Number(row.size) };
}
