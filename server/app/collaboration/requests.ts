import { randomUUID } from 'node:crypto';
import type {
  LinkedRequest,
  NewDecision,
  NewQuestion,
  RequestAnswer,
  RequestState,
  RequestView,
} from '@vigie/contracts/api';
import type { AccountStore, AnsweredByLink, CollaborationProblem, Identity } from '../../api/index.ts';
import {
  answerable,
  type ClientWaits,
  type Decided,
  type DecisionDesk,
  hashOfLink,
  type Judged,
  joinWaits,
  judgeAnswers,
  judgeProposal,
  refusalOf,
  type Wait,
  type WaitChange,
} from '../../collaboration/index.ts';
import type { ConversationStore } from '../../storage/state/conversation-store.ts';
import type {
  NewAnswer,
  NewRequest,
  RequestRecord,
  RequestStore,
} from '../../storage/state/request-store.ts';
import { RequestMails, type RequestMailsOptions } from './request-mails.ts';
import type { Teller } from './telling.ts';
import { viewerOf } from './viewer.ts';
import { mayAnswer, requestView } from './views.ts';

export interface RequestDeskOptions extends RequestMailsOptions {
  readonly store: RequestStore;
  readonly conversation: ConversationStore;
  readonly teller: Teller;
  readonly accounts: Pick<AccountStore, 'users'>;
  readonly provider: { readonly name: string; readonly phone?: string | undefined };
  readonly wakeMailer: () => void;
}

type Wanted = ({ kind: 'question' } & NewQuestion) | ({ kind: 'decision' } & NewDecision);

const GONE: CollaborationProblem = { code: 'gone', message: 'it is not open any more' };
const NOT_FOUND: CollaborationProblem = { code: 'not_found', message: 'not found' };
const ALL = { scope: 'all', side: 'provider' } as const;

/**
 * Asks clients and takes what they answer, whichever way: signed in, or by the link of a mail. Nothing is decided
 * here that `server/collaboration/requests.ts` does not say.
 */
export class RequestDesk implements ClientWaits, DecisionDesk {
  readonly #options: RequestDeskOptions;
  readonly #mails: RequestMails;
  readonly #waiting = new Set<(change: WaitChange) => void>();
  readonly #deciding = new Set<(decided: Decided) => void>();

  constructor(options: RequestDeskOptions) {
    this.#options = options;
    this.#mails = new RequestMails(options);
  }

  onWait(listener: (change: WaitChange) => void): () => void {
    this.#waiting.add(listener);
    return () => this.#waiting.delete(listener);
  }

  onDecided(listener: (decided: Decided) => void): () => void {
    this.#deciding.add(listener);
    return () => this.#deciding.delete(listener);
  }

  async waits(tenant: string, incident: number): Promise<readonly Wait[]> {
    return joinWaits(await this.#options.store.waits(tenant, incident));
  }

  async views(identity: Identity, tenant: string, incident: number): Promise<RequestView[]> {
    const records = await this.#options.store.of(viewerOf(identity), tenant, incident);
    return records.map((record) => requestView(record, identity, this.#options.now()));
  }

  async propose(
    tenant: string,
    incident: number,
    by: { readonly id: string; readonly name: string },
    decision: NewDecision,
    action: object,
  ): Promise<string | undefined> {
    const about = await this.#options.conversation.incident({ scope: [tenant], side: 'provider' }, incident);
    if (about === undefined) return undefined;
    const made = await this.ask(about.tenant, incident, by, { kind: 'decision', ...decision }, action);
    if (typeof made !== 'string') throw new RangeError(made.message);
    return made;
  }

  async decision(tenant: string, id: string): Promise<Decided | undefined> {
    const record = await this.#options.store.known(tenant, id);
    return record === undefined ? undefined : decidedOf(record);
  }

  /** Saves a request, mails its links and stops the clocks. @returns its id, or why it can't be asked */
  async ask(
    tenant: string,
    incident: number,
    by: { readonly id: string; readonly name: string },
    wanted: Wanted,
    action: object | null = null,
  ): Promise<string | CollaborationProblem> {
    const { store, teller, wakeMailer, now } = this.#options;
    const at = now();
    const needed = wanted.kind === 'decision' && wanted.fourEyes ? 2 : 1;
    const problem = judgeProposal({ ...wanted, needed }, at);
    if (problem !== undefined) return { code: 'invalid', message: problem };
    const request: NewRequest = {
      tenant,
      incident,
      kind: wanted.kind,
      title: wanted.kind === 'decision' ? wanted.title : null,
      text: wanted.text,
      choices: wanted.choices,
      risk: wanted.kind === 'decision' ? wanted.risk : null,
      approverRole: wanted.kind === 'decision' ? wanted.approverRole : null,
      needed,
      action,
      askedBy: by,
      askedAt: at,
      dueAt: wanted.dueAt,
      pauses: wanted.pauses,
      recipients: wanted.recipients.map((one) => ({
        ...one,
        id: randomUUID(),
        expiresAt: answerable(wanted),
      })),
    };
    const waited = await this.#waitsNow(tenant, incident);
    const mails = await this.#mails.first(request, request.recipients);
    const id = await store.add(request, mails);
    if (mails.length > 0) wakeMailer();
    if (request.pauses && !waited) await this.#sayWait({ tenant, incident, waiting: true, at });
    teller.changed(tenant, incident);
    return id;
  }

  /** Takes a request back. */
  async withdraw(identity: Identity, tenant: string, id: string): Promise<CollaborationProblem | undefined> {
    const { store, now } = this.#options;
    const record = await store.get(viewerOf(identity), tenant, id);
    if (record === undefined) return NOT_FOUND;
    return (await this.#close(record, 'withdrawn', now())) ? undefined : GONE;
  }

  /** Closes what can't be answered any more. */
  async expire(record: RequestRecord): Promise<void> {
    await this.#close(record, 'expired', this.#options.now());
  }

  async #close(record: RequestRecord, state: 'withdrawn' | 'expired', at: number): Promise<boolean> {
    const { tenant, id, incident_id: incident } = record.request;
    if (!(await this.#options.store.close(ALL, tenant, id, state, at))) return false;
    await this.#closed({ ...record, request: { ...record.request, state, closed_at: at } }, at);
    this.#options.teller.changed(tenant, incident);
    return true;
  }

  async revoke(
    identity: Identity,
    tenant: string,
    id: string,
    recipient: string,
  ): Promise<CollaborationProblem | undefined> {
    const { store, teller, now } = this.#options;
    const viewer = viewerOf(identity);
    const record = await store.get(viewer, tenant, id);
    if (record === undefined || !record.recipients.some((one) => one.id === recipient)) return NOT_FOUND;
    await store.revoke(viewer, tenant, id, recipient, now());
    teller.changed(tenant, record.request.incident_id);
    return undefined;
  }

  /** By somebody of the client who is signed in. */
  async answer(
    identity: Identity,
    tenant: string,
    id: string,
    answer: RequestAnswer,
  ): Promise<CollaborationProblem | undefined> {
    const { store, now } = this.#options;
    const record = await store.get(viewerOf(identity), tenant, id);
    if (record === undefined) return NOT_FOUND;
    if (record.request.state === 'open' && !mayAnswer(record, identity, now())) {
      const person = identity.email.toLowerCase();
      if (record.answers.some((one) => one.person === person))
        return { code: 'gone', message: 'this person has answered already' };
      if (now() <= answerable({ kind: record.request.kind, dueAt: record.request.due_at }))
        return { code: 'forbidden', message: 'it is for somebody else of the client to answer' };
    }
    return this.#take(record, answer, {
      person: identity.email.toLowerCase(),
      name: identity.name,
      how: 'session',
      email: identity.email,
    });
  }

  async byLink(token: string): Promise<LinkedRequest | undefined> {
    const found = await this.#found(token);
    if (found === undefined) return undefined;
    const { request } = found.record;
    const { provider, tenant } = this.#options;
    const addressee = tenant(request.tenant);
    if (addressee === undefined) return undefined;
    return {
      kind: request.kind,
      provider: provider.name,
      phone: provider.phone ?? null,
      tenant: addressee.name,
      language: await this.#options.language(request.tenant, found.recipient.email),
      timeZone: addressee.timeZone,
      title: request.title,
      text: request.text,
      choices: request.choices,
      risk: request.risk,
      dueAt: request.due_at,
      mind: (await this.#mails.mind(request.kind, request.tenant, request.incident_id)).map(
        ({ name, criticality, note, handling, phone, maintenance }) => ({
          name,
          criticality,
          note,
          handling: [...handling],
          phone,
          maintenance,
        }),
      ),
      recipient: found.recipient.name,
    };
  }

  async answerByLink(
    token: string,
    answer: RequestAnswer,
  ): Promise<AnsweredByLink | CollaborationProblem | undefined> {
    const found = await this.#found(token);
    if (found === undefined) return undefined;
    const { record, recipient } = found;
    const problem = await this.#take(record, answer, {
      person: recipient.email.toLowerCase(),
      name: recipient.name,
      how: 'link',
      email: recipient.email,
      recipientId: recipient.id,
    });
    const { name, email } = recipient;
    const { tenant, incident_id: incident } = record.request;
    return problem ?? { done: true, by: { name, email }, tenant, incident };
  }

  async #found(token: string) {
    const hash = hashOfLink(token);
    if (hash === undefined) return undefined;
    const at = this.#options.now();
    const found = await this.#options.store.byToken(hash, at);
    // A decision whose day has passed is shown to nobody as if it could still be made.
    return found === undefined || at > answerable(judged(found.record, null)) ? undefined : found;
  }

  async #take(
    record: RequestRecord,
    answer: RequestAnswer,
    who: Pick<NewAnswer, 'person' | 'name' | 'how' | 'email' | 'recipientId'>,
  ): Promise<CollaborationProblem | undefined> {
    const { store, teller, accounts, conversation, now } = this.#options;
    const at = now();
    const asker = (await accounts.users()).find(({ id }) => id === record.request.asked_by_id);
    const given: NewAnswer = {
      ...who,
      verdict: answer.verdict ?? null,
      choice: answer.choice ?? null,
      text: answer.text,
      at,
    };
    const { tenant, id, incident_id: incident } = record.request;
    const kept = await store.answer<CollaborationProblem>(tenant, id, given, (current) => {
      const refusal = refusalOf(
        judged(current, asker?.email.toLowerCase() ?? null),
        answer,
        who.person,
        current.answers,
        at,
      );
      if (refusal !== undefined)
        return { code: PROBLEMS[refusal.code], message: refusal.message } satisfies CollaborationProblem;
      const mine = current.recipients.find((one) => one.id === who.recipientId);
      if (mine !== undefined && (mine.used_at !== null || mine.revoked_at !== null)) return GONE;
      return judgeAnswers(current.request, [...current.answers, given]);
    });
    if (kept === undefined) return NOT_FOUND;
    if (!('request' in kept)) return kept;
    const about = await conversation.incident({ scope: [tenant], side: 'provider' }, incident);
    const told = [record.request.asked_by_id, about?.ownerId].filter((one) => typeof one === 'string');
    await teller.notify(told, {
      tenant,
      incident,
      actor: who.name,
      kind: answer.verdict === 'approve' ? 'approved' : answer.verdict === 'refuse' ? 'refused' : 'answer',
      text: [record.request.title, answer.choice, answer.text].filter((one) => one).join(': '),
    });
    if (kept.request.state !== 'open') await this.#closed(kept, at);
    teller.changed(tenant, incident);
    return undefined;
  }

  async #closed(record: RequestRecord, at: number): Promise<void> {
    const { tenant, incident_id: incident, pauses } = record.request;
    if (pauses && !(await this.#waitsNow(tenant, incident)))
      await this.#sayWait({ tenant, incident, waiting: false, at });
    const decided = decidedOf(record);
    if (decided !== undefined) for (const listener of this.#deciding) listener(decided);
  }

  async #waitsNow(tenant: string, incident: number): Promise<boolean> {
    return (await this.#options.store.waits(tenant, incident)).some(({ to }) => to === null);
  }

  async #sayWait(change: WaitChange): Promise<void> {
    await this.#options.store.markWaiting(change.tenant, change.incident, change.waiting, change.at);
    for (const listener of this.#waiting) listener(change);
  }

  /** A mail that reminds one of its recipients, with a link of its own. */
  reminder(record: RequestRecord, recipient: RequestRecord['recipients'][number]) {
    return this.#mails.reminder(record, recipient);
  }
}

const PROBLEMS: Record<'closed' | 'invalid' | 'twice' | 'own', CollaborationProblem['code']> = {
  closed: 'gone',
  invalid: 'invalid',
  twice: 'gone',
  own: 'forbidden',
};

function judged({ request }: RequestRecord, askedByEmail: string | null): Judged {
  return {
    kind: request.kind,
    state: request.state,
    choices: request.choices,
    needed: request.needed,
    dueAt: request.due_at,
    askedByEmail,
  };
}

function decidedOf(record: RequestRecord): Decided | undefined {
  const { request, answers } = record;
  const state: RequestState = request.state;
  if (request.kind !== 'decision' || state === 'open' || state === 'answered') return undefined;
  return {
    tenant: request.tenant,
    incident: request.incident_id,
    id: request.id,
    state,
    action: request.action,
    answers: answers.map(({ name, how, email, verdict, choice, text, at }) => ({
      by: name,
      how,
      email,
      verdict,
      choice,
      text,
      at,
    })),
  };
}
