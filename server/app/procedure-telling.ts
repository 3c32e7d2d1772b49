import type { Contact, Language, NewTelling, RotaView, StepTelling, TellPerson } from '@vigie/contracts/api';
import { whomOf } from '@vigie/contracts/procedure/file.ts';
import type {
  AccountStore,
  Identity,
  IncidentStore,
  Notice,
  ProcedureRefused,
  ProcedureTelling,
} from '../api/index.ts';
import { mayBeOnCall, seesTenants } from '../api/reach.ts';
import { sideOf, sideOfRole } from '../api/side.ts';
import { leftIn } from '../procedures/index.ts';
import type { AttachedRecord, IncidentProcedureStore } from '../storage/state/incident-procedure-store.ts';
import type { NewTellingRecord, TellingStore } from '../storage/state/telling-store.ts';
import { viewerOf } from './collaboration/viewer.ts';
import { doingsOf, type StepMails, type TellingStep } from './step-mails.ts';
import { peopleFor } from './telling-people.ts';

export interface StepTellerOptions {
  readonly store: Pick<IncidentProcedureStore, 'list'>;
  readonly tellings: TellingStore;
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly accounts: Pick<AccountStore, 'users'>;
  readonly rotas: () => Promise<readonly Pick<RotaView, 'setup' | 'now'>[]>;
  readonly tenant: (id: string) =>
    | {
        readonly name: string;
        readonly language: Language;
        readonly timeZone: string;
        readonly contacts: readonly Contact[];
      }
    | undefined;
  readonly mails: StepMails;
  /** Undefined: no mail server is configured. */
  readonly mailer: { wake(): void } | undefined;
  readonly publish: (notice: Notice) => void;
  readonly now: () => number;
}

/** A step at an incident, found in the caller's scope. */
interface Found extends TellingStep {
  readonly record: AttachedRecord;
  readonly demo: boolean;
}

const NO_STEP: ProcedureRefused = { refused: 'not-found', message: 'there is no such step at this incident' };
/** A clock of the caller's may be a little ahead. */
const AHEAD = 5 * 60_000;

/**
 * Tells the people whom a step means, when a person says so: a call with the text, the recipients and what its caller
 * saw is the confirmation. What a client allowed to be sent without one is `SelfTeller`'s.
 */
export class StepTeller implements ProcedureTelling {
  readonly #options: StepTellerOptions;

  constructor(options: StepTellerOptions) {
    this.#options = options;
  }

  async of(
    identity: Identity,
    incident: number,
    procedure: string,
    step: string,
  ): Promise<StepTelling | ProcedureRefused> {
    const found = await this.#find(identity, incident, procedure, step);
    if ('refused' in found) return found;
    const { language } = this.#tenant(found.tenant);
    const people = await this.#people(identity, found);
    const spoken = [...new Set([language, ...people.map((person) => person.language)])];
    const messages: StepTelling['messages'] = {};
    for (const each of spoken) messages[each] = await this.#options.mails.prepared(found, each);
    const told = await this.#options.tellings.of(viewerOf(identity), [incident]);
    return {
      whom: [...whomOf(found.step)],
      roles: [...(found.step.roles ?? [])],
      people,
      messages,
      language,
      mayMail: this.#options.mailer !== undefined && this.#mayMail(identity, found),
      told: told.filter((one) => one.procedure === procedure && one.step === step).map(({ view }) => view),
    };
  }

  async tell(
    identity: Identity,
    incident: number,
    procedure: string,
    step: string,
    wanted: NewTelling,
  ): Promise<true | ProcedureRefused> {
    const found = await this.#find(identity, incident, procedure, step);
    if ('refused' in found) return found;
    const now = this.#options.now();
    const people = await this.#people(identity, found);
    const told =
      wanted.how === 'mail'
        ? await this.#mails(identity, found, people, wanted, now)
        : this.#call(identity, found, people, wanted, now);
    if ('refused' in told) return told;
    const { tenant } = found;
    const side = sideOf(identity);
    const done = await this.#options.tellings.tell<ProcedureRefused>(
      { tenant, incident, procedure, step, side },
      (record, seen) => {
        if (seen !== wanted.seen)
          return {
            refusal: { refused: 'conflict', message: 'meanwhile somebody else was told; look again' },
          };
        const before = record.steps.find((one) => one.step === step);
        const settled = before?.state === 'done';
        return {
          now,
          people: told,
          record: {
            step,
            state: 'done',
            at: settled ? before.at : now,
            actor: settled ? before.actor : identity.name,
            reason: null,
            evidence: before?.evidence ?? null,
            option: null,
            assignee: before?.assignee ?? null,
          },
          doings: doingsOf(record, step, told, { actor: identity.name, at: now }),
        };
      },
    );
    if (done === undefined) return NO_STEP;
    if (done !== true) return done.refusal;
    if (wanted.how === 'mail') this.#options.mailer?.wake();
    this.#options.publish({ type: 'incident', id: incident, tenant });
    return true;
  }

  async #find(
    identity: Identity,
    incident: number,
    procedure: string,
    id: string,
  ): Promise<Found | ProcedureRefused> {
    const { store, incidents } = this.#options;
    const about = await incidents.get(identity.scope, incident);
    if (about === undefined) return NO_STEP;
    const record = (await store.list(identity.scope, [incident])).find((one) => one.id === procedure);
    const step = record?.procedure.file.steps.find((one) => one.id === id);
    if (record === undefined || step?.kind !== 'tell') return NO_STEP;
    // As with every other step: the client's people do the client's, those who handle incidents all.
    if (!identity.permissions.has('incidents.handle') && step.by !== 'client')
      return { refused: 'forbidden', message: 'needs the permission incidents.handle' };
    const { tenant, entities, demo } = about.incident;
    return { tenant, incident, record, step, entities, demo };
  }

  async #people(identity: Identity, { tenant: id, step }: Found): Promise<TellPerson[]> {
    const { accounts, rotas, now } = this.#options;
    const tenant = { id, ...this.#tenant(id) };
    const wanted = { whom: whomOf(step), roles: step.roles ?? [] };
    // Who works for the provider is no client's business.
    if (sideOf(identity) === 'client')
      return peopleFor(wanted, { tenant, colleagues: [], rotas: [], now: now() });
    const users = await accounts.users();
    const colleagues = users
      .filter((user) => sideOfRole(user.role) === 'provider' && seesTenants(user, [id]))
      .map(({ name, email, role, language }) => ({ name, email, role, language: language ?? 'en' }));
    // Somebody on call whose account may not see the client is not told of it.
    const kept = (await rotas()).filter(
      ({ now: { member } }) => member === null || mayBeOnCall(users, member, [id]),
    );
    return peopleFor(wanted, { tenant, colleagues, rotas: kept, now: now() });
  }

  #mayMail(identity: Identity, { demo }: Found): boolean {
    return !demo && identity.permissions.has('mails.send');
  }

  async #mails(
    identity: Identity,
    found: Found,
    people: readonly TellPerson[],
    { to, messages, atOnce }: Extract<NewTelling, { how: 'mail' }>,
    now: number,
  ): Promise<NewTellingRecord[] | ProcedureRefused> {
    const { mails, mailer } = this.#options;
    if (!this.#mayMail(identity, found))
      return {
        refused: 'forbidden',
        message: found.demo ? 'of invented incidents nobody is told' : 'needs the permission mails.send',
      };
    if (mailer === undefined) return { refused: 'invalid', message: 'no mail server is configured' };
    const told: NewTellingRecord[] = [];
    for (const id of new Set(to)) {
      const person = people.find((one) => one.id === id);
      if (person === undefined)
        return { refused: 'invalid', message: `${id} is nobody whom this step can tell` };
      const words = messages[person.language];
      if (words === undefined)
        return { refused: 'invalid', message: `${person.name} reads ${person.language}: no text is in it` };
      const left = leftIn(`${words.subject}\n${words.text}`);
      if (left.length > 0)
        return { refused: 'invalid', message: `write out what stands for {${left.join('}, {')}}` };
      if (person.reachableAt === null && !atOnce)
        return { refused: 'invalid', message: `${person.name} has no hours in which a mail could go` };
      const notBefore = atOnce ? now : (person.reachableAt ?? now);
      told.push(await mails.to(found, person, words, { now, notBefore }));
    }
    return told;
  }

  #call(
    identity: Identity,
    _found: Found,
    people: readonly TellPerson[],
    { person: id, name, at, note }: Extract<NewTelling, { how: 'phone' }>,
    now: number,
  ): NewTellingRecord[] | ProcedureRefused {
    const person = id === null ? undefined : people.find((one) => one.id === id);
    if (id !== null && person === undefined)
      return { refused: 'invalid', message: `${id} is nobody whom this step can tell` };
    if (at > now + AHEAD) return { refused: 'invalid', message: 'a call can’t be noted before it was made' };
    const side = person?.side ?? 'outside';
    if (side === 'provider' && sideOf(identity) === 'client') return NO_STEP;
    return [{ how: 'phone', side, at: Math.min(at, now), name, address: person?.phone ?? '', text: note }];
  }

  #tenant(id: string) {
    return this.#options.tenant(id) ?? { name: id, language: 'en' as const, timeZone: 'UTC', contacts: [] };
  }
}
