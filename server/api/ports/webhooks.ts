import type { NewWebhook, WebhookDeliveryPage, WebhookPatch, WebhookView } from '@vigie/contracts/api';
import type { Identity, Scope } from './access.ts';

/** Webhooks as people set them up. What concerns other tenants is not found. */
export interface WebhookBook {
  list(scope: Scope, tenant?: string): Promise<WebhookView[]>;
  /** @throws Error with `code` `VIGIE_WEBHOOK_ADDRESS` when the address may not be called */
  add(identity: Identity, webhook: NewWebhook): Promise<{ webhook: WebhookView; secret: string }>;
  update(scope: Scope, id: string, patch: WebhookPatch): Promise<WebhookView | undefined>;
  remove(scope: Scope, id: string): Promise<boolean>;
  /** Makes a new signing secret; undefined: no such webhook. */
  renewSecret(scope: Scope, id: string): Promise<string | undefined>;
  /** Queues a test; false: no such webhook. */
  ping(scope: Scope, id: string): Promise<boolean>;
  deliveries(
    scope: Scope,
    id: string,
    page: { readonly state?: string; readonly cursor?: string; readonly limit: number },
  ): Promise<WebhookDeliveryPage | undefined>;
  /** Sends a given-up one again. */
  retry(scope: Scope, id: string, delivery: string): Promise<boolean>;
}

/** What a caller's key stands for. */
export type Repeat =
  | { readonly kind: 'first' }
  | { readonly kind: 'answered'; readonly status: number; readonly type: string; readonly body: string }
  /** Under way, or its process ended in the middle: nobody knows what became of it. */
  | { readonly kind: 'open' }
  /** The key was used for another call. */
  | { readonly kind: 'other' };

/** Keeps answers of calls with a key, for a day. */
export interface RepeatBook {
  /** @param request digest of method, address and body */
  begin(caller: string, key: string, request: string): Promise<Repeat>;
  /** Keeps the answer. */
  finish(caller: string, key: string, answer: { status: number; type: string; body: string }): Promise<void>;
  /** Forgets the key: the call was not carried out, and may be tried again. */
  forget(caller: string, key: string): Promise<void>;
}
