import type { Entity, Level, MatchedField } from '@vigie/contracts';
import type { RenderedMail } from './mail/model.ts';

/** A mail as the outbox keeps it: rendered, for one address. */
export interface OutboxMail {
  /** Id of the row; letters, digits and hyphens. The Message-ID is made of it, so it must never be reused. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Mails with the same thread (`incident-42`) are shown as one conversation by mail programs. */
  readonly thread?: string;
  /** Epoch milliseconds; becomes the mail's Date, and limits for how long it is tried. */
  readonly createdAt: number;
  /** Failed attempts so far. */
  readonly attempts: number;
}

/**
 * The outbox as delivery sees it. Implemented in `server/storage/state` over a table.
 *
 * A row is `pending`, `sending` (claimed), `sent` or `dead`. A claim is a lease: it ends by itself, so mails
 * claimed by a process that died are claimed again by the next one.
 */
export interface MailOutbox {
  /**
   * Claims due mails, oldest first: `pending` ones whose time has come, and `sending` ones whose lease ended.
   * A mail is never handed to two callers while a lease lasts.
   *
   * @param limit most mails to return
   * @param now epoch milliseconds
   * @param leaseUntil epoch milliseconds at which the claim ends
   */
  claim(limit: number, now: number, leaseUntil: number): Promise<readonly OutboxMail[]>;
  /** The server took the mail. `response` is its answer. */
  markSent(id: string, at: number, response: string): Promise<void>;
  /** Back to `pending` until `at` (epoch ms); counts one attempt more unless `countAttempt` is false. */
  markRetry(id: string, at: number, error: string, countAttempt: boolean): Promise<void>;
  /** Given up; a person must see it. */
  markDead(id: string, error: string): Promise<void>;
  /**
   * Makes claimed mails pending again. Called when nothing is being sent: after a start, and after the outbox
   * failed in the middle of a round, when a claim or a mark may be lost.
   */
  endClaims?(): Promise<void>;
  /** When the next mail becomes due or the next lease ends, epoch ms; `undefined` with nothing to send. */
  nextDueAt(): Promise<number | undefined>;
}

/** Where delivery writes what an operator should know. */
export interface RespondLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** An incident as its mail tells it. */
export interface NotableIncident {
  readonly id: number;
  readonly tenant: string;
  readonly level: Level;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly entities: readonly Entity[];
  readonly techniques: readonly string[];
  readonly detectionCount: number;
  readonly demo: boolean;
  readonly closed: boolean;
  /** Rank of the level last told, and when; null: nobody was told yet. */
  readonly notifiedRank: number | null;
  readonly notifiedAt: number | null;
  readonly alerts: readonly NotableAlert[];
}

export interface NotableAlert {
  readonly ruleId: string;
  readonly level: Level;
  readonly firstAt: number;
  readonly count: number;
  readonly facts: Readonly<Record<string, string>>;
  readonly matched: readonly MatchedField[];
}

/** A mail to be queued; `key` makes the same one impossible to queue twice. */
export interface QueuedMail {
  readonly key: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly notBefore: number;
}

/** Where incidents are read from and their mails queued. Implemented in `server/storage/state`. */
export interface NotifyStore {
  incident(tenant: string, id: number): Promise<NotableIncident | undefined>;
  /** Open incidents created since `since` whose severity now nobody was told of yet. */
  untold(since: number): Promise<readonly { readonly tenant: string; readonly id: number }[]>;
  /** Queues the mails and notes on the incident what was told, in one transaction. */
  queue(tenant: string, id: number, rank: number, now: number, mails: readonly QueuedMail[]): Promise<void>;
}

/** When mails to one address wait to come together. */
export interface Flood {
  /** Kinds of mails that may wait, and are counted. */
  readonly mayWait: readonly string[];
  /** Time over which they are counted, milliseconds. */
  readonly within: number;
  /** Whether the mail of an incident of a severity never waits. */
  isUrgent(rank: number): boolean;
  /**
   * Until when a mail waits, epoch milliseconds; undefined: it goes at `notBefore`.
   *
   * @param known `lately`: mails to the same address about the same tenant `within`, digests included; `waiting`: when
   *   what waits for it already comes, null: nothing does
   */
  heldUntil(
    known: { readonly lately: number; readonly waiting: number | null },
    mail: { readonly notBefore: number; readonly now: number },
  ): number | undefined;
}

/** Mails to one address that waited together, oldest first; at least one. */
export interface HeldMails {
  /** Null: the provider's own. */
  readonly tenant: string | null;
  readonly recipient: string;
  readonly mails: readonly {
    readonly subject: string;
    /** When it was written, epoch milliseconds. */
    readonly at: number;
    readonly incident: number | null;
  }[];
}

/** Where mails of a flood wait. Implemented in `server/storage/state`. */
export interface DigestStore {
  /** For whom something has waited long enough. */
  due(now: number): Promise<readonly Pick<HeldMails, 'tenant' | 'recipient'>[]>;
  /**
   * Makes one mail of what has waited for somebody, in one transaction; what waited alone goes as it is.
   *
   * @param write undefined: all of them go as they are
   */
  gather(
    group: Pick<HeldMails, 'tenant' | 'recipient'>,
    now: number,
    write: (held: HeldMails) => Promise<RenderedMail | undefined>,
  ): Promise<void>;
}

export type { RenderedMail } from './mail/model.ts';
export type * from './webhook/ports.ts';
