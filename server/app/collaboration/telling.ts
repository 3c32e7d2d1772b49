import type { Language, NoticeView } from '@vigie/contracts/api';
import type { MailRenderer } from '../../respond/mail/render.ts';
import type { NewNotice, NoticeStore } from '../../storage/state/notice-store.ts';
import type { PostgresOutbox } from '../../storage/state/outbox-store.ts';
import type { Reader } from './people.ts';

/** How a tenant is written to. */
export interface Addressee {
  readonly name: string;
  readonly language: Language;
  readonly timeZone: string;
}

export interface TellingOptions {
  readonly notices: NoticeStore;
  readonly outbox: PostgresOutbox;
  readonly renderer: MailRenderer;
  readonly tenant: (id: string) => Addressee | undefined;
  readonly link: (incident: number) => string;
  readonly wakeMailer: () => void;
  readonly publish: (notice: { type: 'incident'; id: number; tenant: string }) => void;
  readonly now: () => number;
}

/** Tells people of what others said: in the console, and by mail where they were mentioned. */
export class Teller {
  readonly #options: TellingOptions;

  constructor(options: TellingOptions) {
    this.#options = options;
  }

  /** Open consoles read the incident anew. */
  changed(tenant: string, incident: number): void {
    this.#options.publish({ type: 'incident', id: incident, tenant });
  }

  /** Puts a line into the lists of some people; each gets one, and `but` none. */
  async notify(
    people: Iterable<string>,
    notice: {
      readonly tenant: string;
      readonly incident: number;
      readonly kind: NoticeView['kind'];
      readonly actor: string;
      readonly text: string;
      /** Id of the asset it is about. */
      readonly asset?: string;
    },
    but?: string,
  ): Promise<void> {
    const { text, ...rest } = notice;
    const at = this.#options.now();
    const rows: NewNotice[] = [...new Set(people)]
      .filter((account) => account !== but)
      .map((account) => ({ ...rest, account, excerpt: text, at }));
    await this.#options.notices.add(rows);
  }

  /** Mails to people who were mentioned. */
  async mention(
    readers: readonly Reader[],
    comment: {
      readonly tenant: string;
      readonly incident: number;
      readonly id: string;
      readonly title: string;
      readonly author: string;
      readonly body: string;
    },
  ): Promise<void> {
    const { outbox, renderer, tenant, link, now } = this.#options;
    const addressee = tenant(comment.tenant);
    if (addressee === undefined) return;
    for (const reader of readers) {
      const language = reader.language ?? (reader.side === 'client' ? addressee.language : 'en');
      const mail = await renderer.render('mention', language, {
        tenant: addressee.name,
        timeZone: addressee.timeZone,
        link: link(comment.incident),
        number: comment.incident,
        title: comment.title,
        author: comment.author,
        body: comment.body,
      });
      const ours = reader.side === 'provider';
      await outbox.queue({
        // The client's people see the mails of their tenant: one to the provider's own is of no tenant.
        tenant: ours ? null : comment.tenant,
        incidentId: ours ? null : comment.incident,
        kind: 'mention',
        uniqueKey: `mention:${comment.id}:${reader.id}`,
        recipient: reader.email,
        ...mail,
        now: now(),
      });
    }
    if (readers.length > 0) this.#options.wakeMailer();
  }
}
