import { randomUUID } from 'node:crypto';
import type { RequestState } from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Wait } from '../../collaboration/ports.ts';
import { conversationOf } from './conversation-store.ts';
import { transaction } from './database.ts';
import { PostgresOutbox } from './outbox-store.ts';
import type {
  ClientRequestAnswerTable,
  ClientRequestRecipientTable,
  ClientRequestTable,
  Database,
} from './schema.ts';
import { type Viewer, withSide } from './side.ts';

export type RecipientRow = Selectable<ClientRequestRecipientTable>;
export type AnswerRow = Selectable<ClientRequestAnswerTable>;

/** A question or a decision, with whom it was sent to and what they said. */
export interface RequestRecord {
  readonly request: Selectable<ClientRequestTable>;
  readonly recipients: readonly RecipientRow[];
  readonly answers: readonly AnswerRow[];
}

/** A mail about a request, rendered; `recipientId` names whom it is for. */
export interface RequestMail {
  readonly key: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly notBefore: number;
}

export interface NewRequest {
  readonly tenant: string;
  readonly incident: number;
  readonly kind: 'question' | 'decision';
  readonly title: string | null;
  readonly text: string;
  readonly choices: readonly string[];
  readonly risk: 'low' | 'medium' | 'high' | null;
  readonly approverRole: 'client-administrator' | 'client-responder' | null;
  readonly needed: number;
  readonly action: object | null;
  readonly askedBy: { readonly id: string; readonly name: string };
  readonly askedAt: number;
  readonly dueAt: number;
  readonly pauses: boolean;
  readonly recipients: readonly {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly expiresAt: number;
  }[];
}

/** An answer to be kept. */
export interface NewAnswer {
  readonly person: string;
  readonly name: string;
  readonly how: 'link' | 'session';
  readonly email: string;
  readonly verdict: 'approve' | 'refuse' | null;
  readonly choice: string | null;
  readonly text: string;
  readonly at: number;
  /** Whose link it was. */
  readonly recipientId?: string;
}

/** Questions and decisions. What comes by a link has no identity: it is read as the pipeline, by its token alone. */
export class RequestStore {
  readonly #db: Kysely<Database>;
  readonly #outbox: PostgresOutbox;

  constructor(db: Kysely<Database>) {
    this.#db = db;
    this.#outbox = new PostgresOutbox(db);
  }

  /** Saves a request and queues its mails, in one transaction. */
  async add(request: NewRequest, mails: readonly RequestMail[]): Promise<string> {
    const id = randomUUID();
    await transaction(this.#db, async (trx) => {
      await trx
        .insertInto('client_request')
        .values({
          tenant: request.tenant,
          id,
          incident_id: request.incident,
          kind: request.kind,
          title: request.title,
          text: request.text,
          choices: [...request.choices],
          risk: request.risk,
          approver_role: request.approverRole,
          needed: request.needed,
          action: request.action === null ? null! : JSON.stringify(request.action),
          asked_by_id: request.askedBy.id,
          asked_by: request.askedBy.name,
          asked_at: request.askedAt,
          due_at: request.dueAt,
          closed_at: null,
          pauses: request.pauses,
          overdue_told_at: null,
        })
        .execute();
      if (request.recipients.length > 0)
        await trx
          .insertInto('client_request_recipient')
          .values(
            request.recipients.map(({ id: recipient, name, email, expiresAt }) => ({
              tenant: request.tenant,
              request_id: id,
              id: recipient,
              name,
              email,
              expires_at: expiresAt,
              sent_at: null,
              reminded_at: null,
              revoked_at: null,
              used_at: null,
            })),
          )
          .execute();
      await this.#queue(trx, request.tenant, request.incident, mails, request.askedAt);
    });
    return id;
  }

  async #queue(
    trx: Transaction<Database>,
    tenant: string,
    incident: number,
    mails: readonly RequestMail[],
    now: number,
  ): Promise<void> {
    for (const mail of mails)
      await this.#outbox.queue(
        {
          tenant,
          incidentId: incident,
          kind: 'request',
          uniqueKey: mail.key,
          recipient: mail.to,
          subject: mail.subject,
          html: mail.html,
          text: mail.text,
          now,
        },
        trx,
      );
  }

  /** The requests of an incident and of those that went into it, oldest first. */
  of(viewer: Viewer, tenant: string, incident: number): Promise<RequestRecord[]> {
    return withSide(this.#db, viewer, async (trx) => {
      const ids = await conversationOf(trx, tenant, incident);
      const requests = await trx
        .selectFrom('client_request')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('incident_id', 'in', ids)
        .orderBy('asked_at')
        .limit(500)
        .execute();
      return requests.length === 0 ? [] : this.#records(trx, tenant, requests);
    });
  }

  /** One request; undefined: there is none of the id that the reader may see. */
  get(viewer: Viewer, tenant: string, id: string): Promise<RequestRecord | undefined> {
    return withSide(this.#db, viewer, (trx) => this.#one(trx, tenant, id));
  }

  /** As {@link get}, for the platform itself. */
  known(tenant: string, id: string): Promise<RequestRecord | undefined> {
    return transaction(this.#db, (trx) => this.#one(trx, tenant, id));
  }

  async #one(trx: Transaction<Database>, tenant: string, id: string): Promise<RequestRecord | undefined> {
    const request = await trx
      .selectFrom('client_request')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .executeTakeFirst();
    return request === undefined ? undefined : (await this.#records(trx, tenant, [request]))[0];
  }

  async #records(
    trx: Transaction<Database>,
    tenant: string,
    requests: readonly Selectable<ClientRequestTable>[],
  ): Promise<RequestRecord[]> {
    const ids = requests.map(({ id }) => id);
    const recipients = await trx
      .selectFrom('client_request_recipient')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('request_id', 'in', ids)
      .orderBy('name')
      .execute();
    const answers = await trx
      .selectFrom('client_request_answer')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('request_id', 'in', ids)
      .orderBy('id')
      .execute();
    return requests.map((request) => ({
      request,
      recipients: recipients.filter((one) => one.request_id === request.id),
      answers: answers.filter((one) => one.request_id === request.id),
    }));
  }

  /**
   * Keeps an answer and what it makes of the request, under the request's lock.
   *
   * @param judge sees the request as it is under the lock; gives its next state, or a refusal that is handed back
   */
  async answer<Refusal extends object>(
    tenant: string,
    id: string,
    answer: NewAnswer,
    judge: (record: RequestRecord) => RequestState | Refusal,
  ): Promise<RequestRecord | Refusal | undefined> {
    return transaction(this.#db, async (trx) => {
      await sql`SELECT FROM client_request WHERE tenant = ${tenant} AND id = ${id} FOR UPDATE`.execute(trx);
      const record = await this.#one(trx, tenant, id);
      if (record === undefined) return undefined;
      const state = judge(record);
      if (typeof state === 'object') return state;
      const { recipientId, ...kept } = answer;
      await trx
        .insertInto('client_request_answer')
        .values({ tenant, request_id: id, ...kept })
        .execute();
      // Somebody who answered, by whichever way, has used their link.
      await trx
        .updateTable('client_request_recipient')
        .set({ used_at: answer.at })
        .where('tenant', '=', tenant)
        .where('request_id', '=', id)
        .where((eb) =>
          eb.or([
            sql<boolean>`lower(email) = ${answer.person}`,
            ...(recipientId === undefined ? [] : [eb('id', '=', recipientId)]),
          ]),
        )
        .execute();
      if (state !== 'open')
        await trx
          .updateTable('client_request')
          .set({ state, closed_at: answer.at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .execute();
      return this.#one(trx, tenant, id);
    });
  }

  /** Ends a request that is open. False: it is not. */
  close(
    viewer: Viewer,
    tenant: string,
    id: string,
    state: 'withdrawn' | 'expired',
    at: number,
  ): Promise<boolean> {
    return withSide(this.#db, viewer, async (trx) => {
      const result = await trx
        .updateTable('client_request')
        .set({ state, closed_at: at })
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .where('state', '=', 'open')
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    });
  }

  /** Makes the links of one recipient worthless. False: there is no such recipient, or it was done before. */
  revoke(viewer: Viewer, tenant: string, request: string, recipient: string, at: number): Promise<boolean> {
    return withSide(this.#db, viewer, async (trx) => {
      const result = await trx
        .updateTable('client_request_recipient')
        .set({ revoked_at: at })
        .where('tenant', '=', tenant)
        .where('request_id', '=', request)
        .where('id', '=', recipient)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    });
  }

  /**
   * Notes a token that is about to be mailed to a recipient.
   *
   * @returns false: to this address no token of that recipient may go (any more)
   */
  async noteLink(recipientId: string, to: string, hash: Buffer, at: number): Promise<boolean> {
    return transaction(this.#db, async (trx) => {
      const row = await trx
        .selectFrom('client_request_recipient as r')
        .innerJoin('client_request as q', (join) =>
          join.onRef('q.tenant', '=', 'r.tenant').onRef('q.id', '=', 'r.request_id'),
        )
        .select(['r.tenant', 'r.email'])
        .where('r.id', '=', recipientId)
        .where('r.revoked_at', 'is', null)
        .where('r.used_at', 'is', null)
        .where('r.expires_at', '>', at)
        .where('q.state', '=', 'open')
        .executeTakeFirst();
      if (row === undefined || row.email.toLowerCase() !== to.toLowerCase()) return false;
      await trx
        .insertInto('client_request_link')
        .values({ token_hash: hash, tenant: row.tenant, recipient_id: recipientId, created_at: at })
        .execute();
      await trx
        .updateTable('client_request_recipient')
        .set({ sent_at: at })
        .where('tenant', '=', row.tenant)
        .where('id', '=', recipientId)
        .execute();
      return true;
    });
  }

  /** Whom a token was sent to, as long as it is good: not used, revoked or run out, and its request open. */
  async byToken(
    hash: Buffer,
    now: number,
  ): Promise<{ readonly record: RequestRecord; readonly recipient: RecipientRow } | undefined> {
    return transaction(this.#db, async (trx) => {
      const found = await trx
        .selectFrom('client_request_link as l')
        .innerJoin('client_request_recipient as r', (join) =>
          join.onRef('r.tenant', '=', 'l.tenant').onRef('r.id', '=', 'l.recipient_id'),
        )
        .select(['r.tenant', 'r.request_id', 'r.id'])
        .where('l.token_hash', '=', hash)
        .where('r.revoked_at', 'is', null)
        .where('r.used_at', 'is', null)
        .where('r.expires_at', '>', now)
        .executeTakeFirst();
      if (found === undefined) return undefined;
      const record = await this.#one(trx, found.tenant, found.request_id);
      const recipient = record?.recipients.find(({ id }) => id === found.id);
      if (record === undefined || recipient === undefined || record.request.state !== 'open')
        return undefined;
      return { record, recipient };
    });
  }

  /** Every open request, the next due first. */
  async open(): Promise<RequestRecord[]> {
    return transaction(this.#db, async (trx) => {
      const rows = await trx
        .selectFrom('client_request')
        .selectAll()
        .where('state', '=', 'open')
        .orderBy('due_at')
        .limit(5_000)
        .execute();
      const records: RequestRecord[] = [];
      for (const row of rows) records.push(...(await this.#records(trx, row.tenant, [row])));
      return records;
    });
  }

  /** Marks recipients as reminded and queues their mails; those reminded before are left alone. */
  async remind(record: RequestRecord, mails: ReadonlyMap<string, RequestMail>, at: number): Promise<void> {
    await transaction(this.#db, async (trx) => {
      const { tenant, incident_id } = record.request;
      for (const [recipient, mail] of mails) {
        const marked = await trx
          .updateTable('client_request_recipient')
          .set({ reminded_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', recipient)
          .where('reminded_at', 'is', null)
          .executeTakeFirst();
        if (marked.numUpdatedRows > 0n) await this.#queue(trx, tenant, incident_id, [mail], at);
      }
    });
  }

  /** @returns whether this call was the first to say it */
  async tellOverdue(tenant: string, id: string, at: number): Promise<boolean> {
    const result = await this.#db
      .updateTable('client_request')
      .set({ overdue_told_at: at })
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .where('overdue_told_at', 'is', null)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  /**
   * Notes on the incident that it waits for its client, or does not any more; the clocks follow its status. One that
   * is contained or closed keeps what it is.
   */
  async markWaiting(tenant: string, incident: number, waiting: boolean, at: number): Promise<void> {
    await transaction(this.#db, async (trx) => {
      const next = waiting ? 'waiting-for-client' : 'in-progress';
      const moved = await trx
        .updateTable('incident')
        .set({ status: next })
        .where('tenant', '=', tenant)
        .where('id', '=', incident)
        .where('status', 'in', waiting ? ['new', 'in-progress'] : ['waiting-for-client'])
        .executeTakeFirst();
      if (moved.numUpdatedRows === 0n) return;
      await trx
        .insertInto('incident_log')
        .values({
          tenant,
          incident_id: incident,
          at,
          kind: 'status',
          text: waiting ? 'Waiting for the client' : 'The client has answered, or is not waited for any more',
          actor: null,
        })
        .execute();
    });
  }

  /** When requests that stop the clocks were open, in any order. */
  async waits(tenant: string, incident: number): Promise<Wait[]> {
    const rows = await this.#db
      .selectFrom('client_request')
      .select(['asked_at as from', 'closed_at as to'])
      .where('tenant', '=', tenant)
      .where('incident_id', '=', incident)
      .where('pauses', '=', true)
      .execute();
    return rows;
  }
}
