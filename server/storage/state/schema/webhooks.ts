import type { Generated } from 'kysely';

/** Webhooks and their deliveries; answers of calls that may be repeated. */
export interface WebhooksTables {
  webhook: WebhookTable;
  webhook_delivery: WebhookDeliveryTable;
  repeatable_call: RepeatableCallTable;
}

export interface WebhookTable {
  tenant: string;
  id: string;
  name: string;
  url: string;
  kinds: string[];
  enabled: Generated<boolean>;
  /** Why Vigie itself switched it off. */
  stopped: string | null;
  /** Encrypted by the vault; its owner is `webhook`, tenant and id. */
  secret: string;
  created_at: number;
  created_by: string;
}

/** A row is `pending`, `sending` (claimed until `lease_until`), `sent` or `dead`, like a mail of the outbox. */
export interface WebhookDeliveryTable {
  tenant: string;
  id: string;
  webhook_id: string;
  kind: string;
  incident_id: number | null;
  /** Null until the first attempt. */
  body: string | null;
  state: Generated<'pending' | 'sending' | 'sent' | 'dead'>;
  attempts: Generated<number>;
  not_before: number;
  lease_until: number | null;
  created_at: number;
  sent_at: number | null;
  /** HTTP status of the last answer. */
  status: number | null;
  last_error: string | null;
}

/** What a caller's key stands for: one call, and its answer when there is one. */
export interface RepeatableCallTable {
  caller: string;
  key: string;
  request: string;
  status: number | null;
  answer: string | null;
  created_at: number;
}
