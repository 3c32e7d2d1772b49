import type { SelfTellingSetup, SelfTellingView, SendsBySelf, StepBySelf } from '@vigie/contracts/api';
import type { Identity, IncidentStore, Notice, Scope, SelfTellingBook } from '../api/index.ts';
import { progressOf } from '../procedures/index.ts';
import type { AttachedRecord, IncidentProcedureStore } from '../storage/state/incident-procedure-store.ts';
import type { Allowed, SelfTellingStore } from '../storage/state/self-telling-store.ts';
import type { TellingStore } from '../storage/state/telling-store.ts';
import { type TellStep, wordsIn } from './procedure-views.ts';
import { type SelfTellingFacts, selfTellingOf } from './self-telling-rule.ts';
import { doingsOf, type StepMails, type TellingStep } from './step-mails.ts';

export interface SelfTellerOptions {
  readonly store: SelfTellingStore;
  readonly procedures: Pick<IncidentProcedureStore, 'list'>;
  readonly tellings: TellingStore;
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly tenant: (id: string) => SelfTellingFacts['tenant'] | undefined;
  readonly mails: StepMails;
  /** Undefined: no mail server is configured. */
  readonly mailer: { wake(): void } | undefined;
  readonly publish: (notice: Notice) => void;
  readonly subscribe: (listener: (notice: Notice) => void) => () => void;
  readonly now: () => number;
  readonly log: { error(fields: object, message: string): void };
}

/** Name of the automation in records. */
const ACTOR = 'Vigie';
/** What another server began, or this one before it ended, is found at the latest after this, milliseconds. */
const SWEEP = 60_000;

/** What is known of an incident when its steps are looked at. */
export interface SelfTellingIncident {
  readonly incident: number;
  readonly tenant: string;
  readonly level: SelfTellingFacts['level'];
  readonly demo: boolean;
  readonly entities: TellingStep['entities'];
  readonly allowed: Allowed | undefined;
  /** `procedure/step` of those that have told somebody. */
  readonly told: ReadonlySet<string>;
}

/**
 * Sends the mails of steps by themselves where the client allowed it: when a step is the next of its procedure. The
 * database says what has been sent, so that neither a restart nor a second server sends it again.
 */
export class SelfTeller implements SelfTellingBook {
  readonly #options: SelfTellerOptions;
  /** Incidents to look at, and of which tenant each is as far as that is known. */
  readonly #waiting = new Map<number, string | undefined>();
  #working: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | undefined;
  #ended = false;

  constructor(options: SelfTellerOptions) {
    this.#options = options;
  }

  async get(scope: Scope, tenant: string): Promise<SelfTellingView> {
    const allowed = await this.#options.store.allowed(scope, tenant);
    return { allowed: allowed === undefined ? null : { ...allowed, functions: [...allowed.functions] } };
  }

  async save(identity: Identity, tenant: string, { allowed }: SelfTellingSetup): Promise<void> {
    const { store, now } = this.#options;
    await store.save(identity.scope, tenant, allowed, { by: identity.name, at: now() });
  }

  /** What is known of an incident; `told`: what its steps have told by hand. */
  async about(
    {
      id,
      tenant,
      level,
      demo,
      entities,
    }: Omit<SelfTellingIncident, 'incident' | 'allowed' | 'told'> & {
      readonly id: number;
    },
    told: readonly { readonly procedure: string; readonly step: string }[],
  ): Promise<SelfTellingIncident> {
    const { store } = this.#options;
    const allowed = await store.allowed([tenant], tenant);
    const bySelf = allowed === undefined ? [] : await store.told([tenant], id);
    const all = new Set([...told, ...bySelf].map(({ procedure, step }) => `${procedure}/${step}`));
    return { incident: id, tenant, level, demo, entities, allowed, told: all };
  }

  /** Whether a step sends by itself. */
  step(
    about: SelfTellingIncident,
    record: Pick<AttachedRecord, 'id' | 'procedure'>,
    step: TellStep,
    begunAt: number,
  ): StepBySelf {
    const found = selfTellingOf({ ...about, record, step }, this.#facts(about, record.id, step.id, begunAt));
    const { allowed } = about;
    return {
      byHand: 'people' in found ? null : found.byHand,
      to: 'people' in found ? found.people.map(({ name, email }) => ({ name, email })) : [],
      allowed: allowed === undefined ? null : { by: allowed.by, at: allowed.at },
    };
  }

  /** What would send by itself if a procedure was begun now. */
  sends(
    about: SelfTellingIncident,
    record: Pick<AttachedRecord, 'id' | 'procedure'>,
    language: Parameters<typeof wordsIn>[1],
  ): SendsBySelf[] {
    if (about.allowed === undefined) return [];
    const words = wordsIn(record.procedure, language);
    return record.procedure.file.steps.flatMap((step) => {
      if (step.kind !== 'tell') return [];
      const { byHand, to } = this.step(about, record, step, this.#options.now());
      return byHand === null ? [{ step: step.id, title: words.steps[step.id]!.title, to }] : [];
    });
  }

  /** Begins to look: at once at what a server before left, and then at every incident that changes. */
  start(): void {
    this.#unsubscribe = this.#options.subscribe((notice) => {
      if (notice.type === 'incident') this.look(notice.id, notice.tenant);
    });
    this.#timer = setInterval(() => void this.#sweep(), SWEEP);
    void this.#sweep();
  }

  /** Resolves when what is under way is done. */
  async stop(): Promise<void> {
    this.#ended = true;
    clearInterval(this.#timer);
    this.#unsubscribe?.();
    this.#waiting.clear();
    await this.#working;
  }

  /** Looks at an incident soon. @param tenant where it is known, others than those that allow it cost least */
  look(incident: number, tenant?: string): void {
    if (this.#ended) return;
    this.#waiting.set(incident, tenant);
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async #sweep(): Promise<void> {
    try {
      for (const incident of await this.#options.store.waiting()) this.look(incident);
    } catch (error) {
      this.#options.log.error({ err: error }, 'could not look for steps that send by themselves');
    }
  }

  async #work(): Promise<void> {
    for (const [incident, tenant] of this.#waiting) {
      this.#waiting.delete(incident);
      try {
        // Nearly every incident ends here.
        if (tenant !== undefined && !(await this.#isAllowed(tenant))) continue;
        await this.send(incident);
      } catch (error) {
        // The sweep comes by again.
        this.#options.log.error({ err: error, incident }, 'steps could not send by themselves');
      }
    }
  }

  async #isAllowed(tenant: string): Promise<boolean> {
    return (await this.#options.store.allowed([tenant], tenant)) !== undefined;
  }

  /** Sends what is to be sent at an incident now, a step after another. */
  async send(incident: number): Promise<void> {
    const { incidents, procedures, tellings, mailer } = this.#options;
    const found = (await incidents.get('all', incident))?.incident;
    if (found === undefined || found.status === 'closed' || mailer === undefined) return;
    const { tenant } = found;
    if (!(await this.#isAllowed(tenant))) return;
    for (const { id, procedure } of await procedures.list([tenant], [incident])) {
      // A step that has sent is done, and the next one's turn comes.
      for (let left = procedure.file.steps.length; left > 0; left--) {
        const told = await tellings.of({ scope: [tenant], side: 'provider' }, [incident]);
        const about = await this.about(found, told);
        const record = (await procedures.list([tenant], [incident])).find((one) => one.id === id);
        if (record === undefined || !(await this.#next(about, record))) break;
      }
    }
  }

  /** Whether the procedure's next step has sent by itself. */
  async #next(about: SelfTellingIncident, record: AttachedRecord): Promise<boolean> {
    const { mails, mailer, tellings, publish, now: clock } = this.#options;
    const { allowed, tenant, incident, level } = about;
    const next = progressOf(record.procedure.file, record.steps).next;
    const step = record.procedure.file.steps.find(({ id }) => id === next);
    if (step?.kind !== 'tell' || allowed === undefined) return false;
    const telling = { ...about, record, step };
    const found = selfTellingOf(telling, this.#facts(about, record.id, step.id, record.attachedAt));
    if (!('people' in found)) return false;
    const now = clock();
    const people = await Promise.all(
      found.people.map(async (person) => {
        const words = await mails.prepared(telling, person.language);
        return mails.to(telling, person, words, { now, notBefore: person.reachableAt ?? now });
      }),
    );
    const by = { actor: ACTOR, at: now };
    const done = await tellings.tell<'meanwhile'>(
      { tenant, incident, procedure: record.id, step: step.id, side: 'provider' },
      (current, seen) => {
        const turn = progressOf(current.procedure.file, current.steps).next === step.id;
        if (seen > 0 || !turn || current.attachedAt !== record.attachedAt) return { refusal: 'meanwhile' };
        const before = current.steps.find((one) => one.step === step.id);
        return {
          now,
          people,
          bySelf: { allowedBy: allowed.by, allowedAt: allowed.at, level },
          record: {
            step: step.id,
            state: 'done',
            ...by,
            reason: null,
            evidence: before?.evidence ?? null,
            option: null,
            assignee: before?.assignee ?? null,
          },
          doings: doingsOf(record, step.id, people, by, allowed.by),
        };
      },
    );
    if (done !== true) return false;
    mailer?.wake();
    publish({ type: 'incident', id: incident, tenant });
    return true;
  }

  #facts(about: SelfTellingIncident, procedure: string, step: string, begunAt: number): SelfTellingFacts {
    const { tenant: id, level, demo, allowed, told } = about;
    const { tenant, mailer, now } = this.#options;
    return {
      allowed,
      tenant: tenant(id) ?? { id, name: id, language: 'en', timeZone: 'UTC', contacts: [] },
      level,
      demo,
      mayMail: mailer !== undefined,
      begunAt,
      told: told.has(`${procedure}/${step}`),
      now: now(),
    };
  }
}
