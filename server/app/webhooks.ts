import type { NewWebhook, WebhookPatch, WebhookView } from '@vigie/contracts/api';
import { ApiFailure, type Identity, type Scope, type WebhookBook } from '../api/index.ts';
import { newWebhookSecret, type WebhookGuard } from '../respond/index.ts';
import type { WebhookStore } from '../storage/state/webhook-store.ts';

/** Webhooks of a tenant at most: each is told of every incident. */
const MOST = 50;

export interface WebhooksOptions {
  readonly store: WebhookStore;
  /** What a tenant's webhooks may call. */
  readonly guards: (tenant: string) => WebhookGuard;
  readonly wake: () => void;
  readonly now: () => number;
}

/** Webhooks for people: what the store keeps, with addresses checked and secrets made. */
export class Webhooks implements WebhookBook {
  readonly #options: WebhooksOptions;

  constructor(options: WebhooksOptions) {
    this.#options = options;
  }

  list(scope: Scope, tenant?: string): Promise<WebhookView[]> {
    return this.#options.store.list(scope, tenant === undefined ? {} : { tenant });
  }

  async add(identity: Identity, wanted: NewWebhook): Promise<{ webhook: WebhookView; secret: string }> {
    const { store, now } = this.#options;
    this.#check(wanted.tenant, wanted.url);
    if ((await store.list(identity.scope, { tenant: wanted.tenant })).length >= MOST)
      throw new ApiFailure(409, 'VIGIE_WEBHOOK_MANY', `a tenant can have ${MOST} webhooks`);
    const secret = newWebhookSecret();
    const id = await store.add(
      identity.scope,
      { ...wanted, createdAt: now(), createdBy: identity.name },
      secret,
    );
    const [webhook] = await store.list(identity.scope, { id });
    return { webhook: webhook!, secret };
  }

  async update(scope: Scope, id: string, patch: WebhookPatch): Promise<WebhookView | undefined> {
    const { store, wake } = this.#options;
    const [known] = await store.list(scope, { id });
    if (known === undefined) return undefined;
    if (patch.url !== undefined) this.#check(known.tenant, patch.url);
    if (!(await store.update(scope, id, patch))) return undefined;
    wake();
    return (await store.list(scope, { id }))[0];
  }

  remove(scope: Scope, id: string): Promise<boolean> {
    return this.#options.store.remove(scope, id);
  }

  async renewSecret(scope: Scope, id: string): Promise<string | undefined> {
    const secret = newWebhookSecret();
    return (await this.#options.store.setSecret(scope, id, secret)) ? secret : undefined;
  }

  async ping(scope: Scope, id: string): Promise<boolean> {
    const { store, now, wake } = this.#options;
    if (!(await store.ping(scope, id, now()))) return false;
    wake();
    return true;
  }

  deliveries(...args: Parameters<WebhookBook['deliveries']>) {
    return this.#options.store.deliveries(...args);
  }

  async retry(scope: Scope, id: string, delivery: string): Promise<boolean> {
    const { store, now, wake } = this.#options;
    if (!(await store.retry(scope, id, delivery, now()))) return false;
    wake();
    return true;
  }

  /** Says at once what each delivery would be refused for; what a name leads to is looked at when it is called. */
  #check(tenant: string, url: string): void {
    try {
      this.#options.guards(tenant).check(new URL(url));
    } catch (error) {
      throw new ApiFailure(
        400,
        'VIGIE_WEBHOOK_ADDRESS',
        `${error instanceof Error ? error.message : String(error)}; the operator can allow it (webhooks.allowHosts)`,
      );
    }
  }
}
