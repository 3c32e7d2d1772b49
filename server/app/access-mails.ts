import { randomUUID } from 'node:crypto';
import type { AccessMails, Account, Identity } from '../api/index.ts';
import { sideOfRole } from '../api/side.ts';
import type { MailRenderer } from '../respond/index.ts';
import type { PostgresOutbox } from '../storage/state/outbox-store.ts';
import type { Addressee } from './collaboration/telling.ts';

/** What is needed to tell people of their accounts. */
export interface AccessMailOptions {
  readonly outbox: PostgresOutbox;
  readonly renderer: MailRenderer;
  readonly tenant: (id: string) => Addressee | undefined;
  /** Name of the provider, as it is now. */
  readonly provider: () => string;
  readonly wakeMailer: () => void;
  readonly now: () => number;
}

/** Tells people what was done to their accounts, in their language. */
export function createAccessMails(options: AccessMailOptions): AccessMails {
  const { outbox, renderer, tenant, provider, wakeMailer, now } = options;
  return {
    async factorsReset(account: Account, by: Identity) {
      const own = account.tenants === null ? undefined : tenant(account.tenants[0] ?? '');
      const theirs = sideOfRole(account.role) === 'client' ? own?.language : undefined;
      const at = now();
      const mail = await renderer.render('factors', account.language ?? theirs ?? 'en', {
        tenant: own?.name ?? provider(),
        timeZone: own?.timeZone ?? 'UTC',
        recipient: account.name,
        by: by.name,
        at,
      });
      await outbox.queue({
        // Of nobody's but the person's own account: no tenant's people read it.
        tenant: null,
        incidentId: null,
        kind: 'factors',
        uniqueKey: `factors:${account.id}:${randomUUID()}`,
        recipient: account.email,
        ...mail,
        now: at,
      });
      wakeMailer();
    },
  };
}
