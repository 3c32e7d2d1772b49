import { randomUUID } from 'node:crypto';
import type { AccountStore, HandOver, HandOverMails, Identity } from '../../api/index.ts';
import type { MailRenderer } from '../../respond/mail/render.ts';
import type { PostgresOutbox } from '../../storage/state/outbox-store.ts';
import type { Addressee } from './telling.ts';

export interface HandOversOptions {
  readonly outbox: PostgresOutbox;
  readonly renderer: MailRenderer;
  readonly accounts: Pick<AccountStore, 'users'>;
  readonly tenant: (id: string) => Addressee | undefined;
  /** Name of the provider, for a mail about incidents of several tenants. */
  readonly provider: string;
  /** Address of an incident's page; undefined: of the reader's own queue. */
  readonly link: (incident: number | undefined) => string;
  readonly wakeMailer: () => void;
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
}

/**
 * Mails people what others put into their hands: one mail a change, however many incidents it gave them. The news in
 * the console is written with the change itself; a process that dies in between loses the mail only.
 */
export class HandOvers implements HandOverMails {
  readonly #options: HandOversOptions;

  constructor(options: HandOversOptions) {
    this.#options = options;
  }

  /** Never fails: the incident has changed hands by now, and whoever changed it should not hear that it has not. */
  async mail(by: Identity, handed: readonly HandOver[]): Promise<void> {
    try {
      await this.#mail(by, handed);
    } catch (error) {
      this.#options.log.warn({ err: error }, 'the mail to a new owner could not be written');
    }
  }

  async #mail(by: Identity, handed: readonly HandOver[]): Promise<void> {
    const { outbox, renderer, accounts, tenant, provider, link, wakeMailer, now } = this.#options;
    const given = new Map<string, HandOver[]>();
    for (const one of handed)
      if (one.to !== null && one.to.id !== by.id)
        given.set(one.to.id, [...(given.get(one.to.id) ?? []), one]);
    if (given.size === 0) return;
    const users = await accounts.users();
    for (const [id, items] of given) {
      const user = users.find((each) => each.id === id);
      const [first] = items;
      if (user === undefined || first === undefined) continue;
      const { email } = user;
      const about = items.every((item) => item.tenant === first.tenant) ? tenant(first.tenant) : undefined;
      const mail = await renderer.render('assigned', user.language ?? 'en', {
        tenant: about?.name ?? provider,
        timeZone: about?.timeZone ?? 'UTC',
        link: link(items.length === 1 ? first.id : undefined),
        author: by.name,
        incidents: items.map((item) => ({
          number: item.id,
          tenant: tenant(item.tenant)?.name ?? item.tenant,
          title: item.title,
        })),
      });
      await outbox.queue({
        // The provider's own mail: a client's people don't see who gives what to whom.
        tenant: null,
        incidentId: null,
        kind: 'assigned',
        uniqueKey: `assigned:${randomUUID()}`,
        recipient: email,
        ...mail,
        now: now(),
      });
    }
    wakeMailer();
  }
}
