import {
  type ConversationView,
  type LinkedRequest,
  type NewDecision,
  type NewQuestion,
  permissionsOf,
  type RequestAnswer,
} from '@vigie/contracts/api';
import type { AccountStore, CollaborationProblem, Contact, Identity, RequestBook } from '../../api/index.ts';
import { sideOf } from '../../api/side.ts';
import type { Conversations } from './conversation.ts';
import { type Reader, readersOf } from './people.ts';
import type { RequestDesk } from './requests.ts';
import type { Teller } from './telling.ts';

export interface RequestBookOptions {
  readonly desk: RequestDesk;
  readonly conversations: Conversations;
  readonly teller: Teller;
  readonly accounts: Pick<AccountStore, 'users'>;
  readonly contacts: (tenant: string) => readonly Contact[];
}

const NOT_OURS: CollaborationProblem = {
  code: 'forbidden',
  message: 'only the provider’s own people ask clients',
};

/** Questions and decisions as the API offers them: who may do what, and the conversation after it. */
export class Requests implements RequestBook {
  readonly #options: RequestBookOptions;

  constructor(options: RequestBookOptions) {
    this.#options = options;
  }

  ask(identity: Identity, incident: number, question: NewQuestion) {
    return this.#ask(identity, incident, { kind: 'question', ...question });
  }

  propose(identity: Identity, incident: number, decision: NewDecision) {
    return this.#ask(identity, incident, { kind: 'decision', ...decision });
  }

  async #ask(
    identity: Identity,
    incident: number,
    wanted: Parameters<RequestDesk['ask']>[3],
  ): Promise<ConversationView | CollaborationProblem> {
    const { desk, teller } = this.#options;
    return this.#about(identity, incident, true, async (tenant) => {
      const stranger = await this.#stranger(tenant, wanted.recipients);
      if (stranger !== undefined)
        return {
          code: 'invalid',
          message: `${stranger} is no contact of the client; add it to the contacts first`,
        };
      const able = await this.#able(tenant, wanted);
      const people = new Set([...able, ...wanted.recipients].map(({ email }) => email.toLowerCase()));
      if (people.size < (wanted.kind === 'decision' && wanted.fourEyes ? 2 : 1))
        return { code: 'invalid', message: 'too few people of the client could decide; name more contacts' };
      const made = await desk.ask(tenant, incident, { id: identity.id, name: identity.name }, wanted);
      if (typeof made !== 'string') return made;
      await teller.notify(
        able.map(({ id }) => id),
        {
          tenant,
          incident,
          kind: 'asked',
          actor: identity.name,
          text: wanted.kind === 'decision' ? `${wanted.title}: ${wanted.text}` : wanted.text,
        },
      );
      return undefined;
    });
  }

  /** Accounts of the client that may answer when they are signed in. */
  async #able(tenant: string, wanted: Parameters<RequestDesk['ask']>[3]): Promise<Reader[]> {
    const named = new Set(wanted.recipients.map(({ email }) => email.toLowerCase()));
    return (await readersOf(this.#options.accounts, tenant)).filter(
      ({ side, role, email }) =>
        side === 'client' &&
        permissionsOf(role).has(wanted.kind === 'question' ? 'incidents.respond' : 'decisions.approve') &&
        (wanted.kind === 'question' ||
          named.has(email.toLowerCase()) ||
          (wanted.approverRole !== null &&
            (role === 'client-administrator' || role === wanted.approverRole))),
    );
  }

  /**
   * An address that is neither a contact nor an account of the client: nobody can mail the client's say to
   * themselves. Accounts of the provider's own people are none, even where they are written down as a contact.
   */
  async #stranger(
    tenant: string,
    recipients: readonly { readonly email: string }[],
  ): Promise<string | undefined> {
    const { accounts, contacts } = this.#options;
    const readers = await readersOf(accounts, tenant);
    const ours = new Set(
      readers.filter(({ side }) => side === 'provider').map(({ email }) => email.toLowerCase()),
    );
    const theirs = new Set(
      [...contacts(tenant), ...readers.filter(({ side }) => side === 'client')].map(({ email }) =>
        email.toLowerCase(),
      ),
    );
    return recipients.find(({ email }) => !theirs.has(email.toLowerCase()) || ours.has(email.toLowerCase()))
      ?.email;
  }

  withdraw(identity: Identity, incident: number, request: string) {
    return this.#about(identity, incident, true, (tenant) =>
      this.#options.desk.withdraw(identity, tenant, request),
    );
  }

  revoke(identity: Identity, incident: number, request: string, recipient: string) {
    return this.#about(identity, incident, true, (tenant) =>
      this.#options.desk.revoke(identity, tenant, request, recipient),
    );
  }

  answer(identity: Identity, incident: number, request: string, answer: RequestAnswer) {
    return this.#about(identity, incident, false, (tenant) =>
      this.#options.desk.answer(identity, tenant, request, answer),
    );
  }

  byLink(token: string): Promise<LinkedRequest | undefined> {
    return this.#options.desk.byLink(token);
  }

  answerByLink(token: string, answer: RequestAnswer) {
    return this.#options.desk.answerByLink(token, answer);
  }

  /** Does something about an incident that is there for the caller, and shows the conversation after it. */
  async #about(
    identity: Identity,
    incident: number,
    provider: boolean,
    act: (tenant: string) => Promise<CollaborationProblem | undefined>,
  ): Promise<ConversationView | CollaborationProblem> {
    const { conversations } = this.#options;
    const before = await conversations.read(identity, incident);
    if (!('tenant' in before)) return before;
    if (provider && sideOf(identity) !== 'provider') return NOT_OURS;
    const problem = await act(before.tenant);
    return problem ?? conversations.read(identity, incident);
  }
}
