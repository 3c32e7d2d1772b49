import { hashOfLink, LINK_PLACEHOLDER, newLinkToken } from '../../collaboration/index.ts';
import type { MailOutbox, OutboxMail } from '../../respond/ports.ts';
import type { RequestStore } from '../../storage/state/request-store.ts';

/**
 * The outbox as delivery sees it, with tokens put into links at the moment of sending. What is stored, and shown to
 * people as a mail, never held one. Every try has a token of its own; the ones before stay good, since nobody can
 * know whether they arrived.
 */
export class LinkOutbox implements MailOutbox {
  readonly #outbox: MailOutbox;
  readonly #links: Pick<RequestStore, 'noteLink'>;
  readonly #now: () => number;

  constructor(outbox: MailOutbox, links: Pick<RequestStore, 'noteLink'>, now: () => number) {
    this.#outbox = outbox;
    this.#links = links;
    this.#now = now;
  }

  async claim(limit: number, now: number, leaseUntil: number): Promise<readonly OutboxMail[]> {
    const mails = await this.#outbox.claim(limit, now, leaseUntil);
    return Promise.all(mails.map((mail) => this.#linked(mail)));
  }

  async #linked(mail: OutboxMail): Promise<OutboxMail> {
    const recipients = new Set([...mail.text.matchAll(LINK_PLACEHOLDER)].map((match) => match[1]!));
    const tokens = new Map<string, string>();
    for (const recipient of recipients) {
      const token = newLinkToken();
      // Only to the address that the link is for: a text that somebody wrote may hold a placeholder, too.
      if (await this.#links.noteLink(recipient, mail.to, hashOfLink(token)!, this.#now()))
        tokens.set(recipient, token);
    }
    if (tokens.size === 0) return mail;
    const put = (text: string) =>
      text.replace(LINK_PLACEHOLDER, (whole, recipient: string) => tokens.get(recipient) ?? whole);
    return { ...mail, html: put(mail.html), text: put(mail.text) };
  }

  markSent(id: string, at: number, response: string): Promise<void> {
    return this.#outbox.markSent(id, at, response);
  }

  markRetry(id: string, at: number, error: string, countAttempt: boolean): Promise<void> {
    return this.#outbox.markRetry(id, at, error, countAttempt);
  }

  markDead(id: string, error: string): Promise<void> {
    return this.#outbox.markDead(id, error);
  }

  async endClaims(): Promise<void> {
    await this.#outbox.endClaims?.();
  }

  nextDueAt(): Promise<number | undefined> {
    return this.#outbox.nextDueAt();
  }
}
