import type { Entity } from '@vigie/contracts';
import type { Language } from '@vigie/contracts/api';
import type { Mark } from '../../assets/index.ts';
import { placeholderFor } from '../../collaboration/index.ts';
import type { MailRenderer } from '../../respond/mail/render.ts';
import type { ConversationStore } from '../../storage/state/conversation-store.ts';
import type { NewRequest, RequestMail, RequestRecord } from '../../storage/state/request-store.ts';
import type { Addressee } from './telling.ts';

export interface RequestMailsOptions {
  readonly conversation: Pick<ConversationStore, 'incident'>;
  readonly renderer: MailRenderer;
  readonly tenant: (id: string) => Addressee | undefined;
  /** The language in which somebody at a tenant is written to, by their address. */
  readonly language: (tenant: string, email: string) => Promise<Language>;
  /** What must be minded of the machines and people that an incident names. */
  readonly minded: (tenant: string, entities: readonly Entity[]) => readonly Mark[];
  /** Address of the page where a link's token is answered, without the token. */
  readonly answerPage: () => string;
  readonly now: () => number;
}

/** What is asked, as its mail shows it. */
type Asked = Pick<
  NewRequest,
  'tenant' | 'incident' | 'kind' | 'title' | 'text' | 'choices' | 'risk' | 'dueAt'
>;

interface Recipient {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Writes the mails that ask a client's people, each with a place for the link, which is put in when it is sent. */
export class RequestMails {
  readonly #options: RequestMailsOptions;

  constructor(options: RequestMailsOptions) {
    this.#options = options;
  }

  /** The first mail to each recipient; none to a tenant that is gone. */
  async first(asked: Asked, recipients: readonly Recipient[]): Promise<RequestMail[]> {
    const mails: RequestMail[] = [];
    for (const recipient of recipients) {
      const mail = await this.#write(asked, recipient, 'new');
      if (mail !== undefined) mails.push(mail);
    }
    return mails;
  }

  /** A mail that reminds one of its recipients, with a link of its own. */
  reminder({ request }: RequestRecord, recipient: Recipient): Promise<RequestMail | undefined> {
    const { incident_id: incident, due_at: dueAt, ...asked } = request;
    return this.#write({ ...asked, incident, dueAt }, recipient, 'reminder');
  }

  /**
   * What whoever decides must know of the machines and people concerned, as it is now. A question says nothing of its
   * incident: who is asked may be who it is about.
   */
  async mind(kind: 'question' | 'decision', tenant: string, incident: number): Promise<readonly Mark[]> {
    if (kind === 'question') return [];
    const about = await this.#options.conversation.incident({ scope: [tenant], side: 'client' }, incident);
    return about === undefined ? [] : this.#options.minded(tenant, about.entities);
  }

  async #write(
    asked: Asked,
    recipient: Recipient,
    occasion: 'new' | 'reminder',
  ): Promise<RequestMail | undefined> {
    const { renderer, tenant, language, answerPage, now } = this.#options;
    const addressee = tenant(asked.tenant);
    if (addressee === undefined) return undefined;
    const mail = await renderer.render('request', await language(asked.tenant, recipient.email), {
      tenant: addressee.name,
      timeZone: addressee.timeZone,
      link: `${answerPage()}#${placeholderFor(recipient.id)}`,
      occasion,
      kind: asked.kind,
      number: asked.incident,
      title: asked.title,
      text: asked.text,
      choices: asked.choices,
      risk: asked.risk,
      dueAt: asked.dueAt,
      mind: await this.mind(asked.kind, asked.tenant, asked.incident),
      recipient: recipient.name,
    });
    return {
      key: `request:${occasion}:${recipient.id}`,
      to: recipient.email,
      ...mail,
      notBefore: now(),
    };
  }
}
