import type { LookupFunction } from 'node:net';

/** Kinds of notices; `ping` is a person's test. */
export const NOTICE_KINDS = ['incident.opened', 'incident.changed', 'incident.closed'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** A delivery as the sender sees it. */
export interface WebhookDelivery {
  readonly tenant: string;
  /** Also the `webhook-id` of every attempt: receivers know a repeat by it. */
  readonly id: string;
  readonly webhook: string;
  readonly kind: NoticeKind | 'ping';
  readonly incident: number | null;
  readonly url: string;
  /** Null: to be written now, and kept. */
  readonly body: string | null;
  /** Failed attempts so far. */
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Deliveries, as leases: claimed by a process that died, they are claimed again. */
export interface WebhookQueue {
  /** Claims due ones, oldest first, at most one of each webhook, so that one that hangs holds up only itself. */
  claim(limit: number, now: number, leaseUntil: number): Promise<readonly WebhookDelivery[]>;
  /** Signing secret of a webhook; undefined: it is gone. */
  secret(tenant: string, webhook: string): Promise<string | undefined>;
  /** The notice's text; kept, so that every attempt sends the same. Undefined: the incident is gone. */
  write(delivery: WebhookDelivery): Promise<string | undefined>;
  markSent(delivery: WebhookDelivery, at: number, status: number): Promise<void>;
  /** Back to `pending` until `at`. */
  markRetry(delivery: WebhookDelivery, at: number, error: string, status: number | null): Promise<void>;
  markDead(delivery: WebhookDelivery, error: string, status: number | null): Promise<void>;
  /** The receiver does not want it any more. */
  disable(tenant: string, webhook: string, reason: string): Promise<void>;
  /** Nothing is being sent: claims that are left are nobody's. */
  endClaims(): Promise<void>;
  nextDueAt(): Promise<number | undefined>;
}

/** Says which addresses may be called. */
export interface WebhookGuard {
  /** @throws Error with a sentence, when the address may not be called by what it says of itself */
  check(url: URL): void;
  /** Looks a name up and refuses it where one of its addresses may not be called. */
  lookup(url: URL): LookupFunction;
  /** Whether the address that a connection has reached may be called. */
  accepts(url: URL, address: string): boolean;
}
