import type { Language } from '@vigie/contracts/api';
import type { MailRenderer } from './mail/render.ts';
import type { DigestStore, HeldMails, MailOutbox, RenderedMail, RespondLog } from './ports.ts';

export interface DigestOptions {
  readonly outbox: MailOutbox;
  readonly digests: DigestStore;
  readonly renderer: MailRenderer;
  /** How a tenant is named, and its zone; null: mails to the provider's own people. Undefined: it is gone. */
  readonly about: (tenant: string | null) => { readonly name: string; readonly timeZone: string } | undefined;
  /** The language in which somebody is written to, by their address. */
  readonly language: (tenant: string | null, email: string) => Promise<Language>;
  /** Address of an incident's page; undefined: of the list. */
  readonly link: (incident: number | undefined) => string;
  readonly log: RespondLog;
}

/** The outbox as delivery sees it, which makes one mail of those that have waited together before it hands any out. */
export class DigestOutbox implements MailOutbox {
  readonly #options: DigestOptions;

  constructor(options: DigestOptions) {
    this.#options = options;
  }

  async claim(limit: number, now: number, leaseUntil: number) {
    const { outbox, digests } = this.#options;
    for (const group of await digests.due(now)) await digests.gather(group, now, (held) => this.#write(held));
    return outbox.claim(limit, now, leaseUntil);
  }

  /** Undefined: it can't be written; what waited goes out mail by mail rather than not at all. */
  async #write({ tenant, recipient, mails }: HeldMails): Promise<RenderedMail | undefined> {
    const { renderer, about, language, link, log } = this.#options;
    const named = about(tenant);
    if (named === undefined) return undefined;
    try {
      return await renderer.render('digest', await language(tenant, recipient), {
        tenant: named.name,
        timeZone: named.timeZone,
        link: link(undefined),
        mails: mails.map(({ subject, at, incident }) => ({
          subject,
          at,
          ...(incident === null ? {} : { link: link(incident) }),
        })),
      });
    } catch (error) {
      log.error({ err: error, tenant }, 'mails that waited together could not be written as one');
      return undefined;
    }
  }

  markSent(id: string, at: number, response: string): Promise<void> {
    return this.#options.outbox.markSent(id, at, response);
  }

  markRetry(id: string, at: number, error: string, countAttempt: boolean): Promise<void> {
    return this.#options.outbox.markRetry(id, at, error, countAttempt);
  }

  markDead(id: string, error: string): Promise<void> {
    return this.#options.outbox.markDead(id, error);
  }

  async endClaims(): Promise<void> {
    await this.#options.outbox.endClaims?.();
  }

  nextDueAt(): Promise<number | undefined> {
    return this.#options.outbox.nextDueAt();
  }
}
