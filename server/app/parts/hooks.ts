import { readFileSync } from 'node:fs';
import { AddressGuard } from '../../collect/pull/address-guard.ts';
import { WebhookSender } from '../../respond/index.ts';
import { PostgresRepeats } from '../../storage/state/repeat-store.ts';
import { PostgresWebhookQueue } from '../../storage/state/webhook-queue.ts';
import { WebhookStore } from '../../storage/state/webhook-store.ts';
import { Webhooks } from '../webhooks.ts';
import type { Base } from './base.ts';
import type { Storage } from './storage.ts';

/** Webhooks, and the memory of calls that may be repeated; nothing is sent before it is started. */
export function createHooks(base: Base, { db, vault }: Storage) {
  const { config, version, log } = base.options;
  const { now } = base;
  const guard = new AddressGuard(config.webhooks.allowHosts);
  const guards = (tenant: string) => guard.of(tenant);
  const sender = new WebhookSender({
    queue: new PostgresWebhookQueue(db, vault, (id) => `${base.publicUrl()}/incidents/${id}`),
    guards,
    ...(config.webhooks.ca === undefined ? {} : { ca: readFileSync(config.webhooks.ca, 'utf8') }),
    version,
    now,
    log,
  });
  base.onStop(() => sender.stop());
  return {
    webhooks: new Webhooks({ store: new WebhookStore(db, vault), guards, wake: () => sender.wake(), now }),
    repeats: new PostgresRepeats(db, vault, now),
    start: () => sender.start(),
  };
}

/** Webhooks and calls that may be repeated. */
export type Hooks = ReturnType<typeof createHooks>;
