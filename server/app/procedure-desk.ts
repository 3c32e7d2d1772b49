import { isDeepStrictEqual } from 'node:util';
import type { QueryNode } from '@vigie/contracts';
import type {
  IncidentProcedures,
  IncidentSummary,
  Language,
  OpenSteps,
  ProcedureAttachment,
  StepChange,
  StepSearch,
  UserView,
} from '@vigie/contracts/api';
import { permissionsOf } from '@vigie/contracts/api';
import { spanMs } from '@vigie/contracts/procedure/file.ts';
import type {
  Identity,
  IncidentStore,
  Notice,
  ProcedureDesk,
  ProcedureRefused,
  Scope,
} from '../api/index.ts';
import type { EventStore, RuleSet } from '../detect/index.ts';
import {
  FIT_NEEDED,
  fillMessage,
  fillQuery,
  fitOf,
  type Procedure,
  progressOf,
  type StepRecord,
} from '../procedures/index.ts';
import type { AttachedRecord, IncidentProcedureStore } from '../storage/state/incident-procedure-store.ts';
import type { TellingStore } from '../storage/state/telling-store.ts';
import type { AttackData } from './attack.ts';
import { viewerOf } from './collaboration/viewer.ts';
import { factsOfIncident } from './procedure-facts.ts';
import { attachedView, headOf, wordsIn } from './procedure-views.ts';
import type { Procedures } from './procedures.ts';
import type { SelfTeller } from './self-telling.ts';

export interface ProcedureDeskOptions {
  readonly book: Pick<Procedures, 'inForce'>;
  readonly store: IncidentProcedureStore;
  readonly tellings: Pick<TellingStore, 'of'>;
  readonly selfTelling: Pick<SelfTeller, 'about' | 'step' | 'sends'>;
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly events: Pick<EventStore, 'histogram'>;
  readonly parseQuery: (text: string) => QueryNode | undefined;
  readonly users: () => Promise<readonly Pick<UserView, 'id' | 'name' | 'role' | 'tenants'>[]>;
  readonly tenantName: (tenant: string) => string;
  readonly attack: AttackData;
  readonly rules: () => RuleSet;
  readonly publish: (notice: Notice) => void;
  readonly now: () => number;
}

const MAX_PROPOSED = 5;
const NO_INCIDENT: ProcedureRefused = { refused: 'not-found', message: 'incident not found' };
const NO_STEP: ProcedureRefused = { refused: 'not-found', message: 'there is no such step at this incident' };
/** Evidence in the incident's log; all of it is with the step. */
const SHOWN_IN_LOG = 300;

/** What people do with procedures at incidents. */
export class Desk implements ProcedureDesk {
  readonly #options: ProcedureDeskOptions;

  constructor(options: ProcedureDeskOptions) {
    this.#options = options;
  }

  async of(
    identity: Identity,
    incident: number,
    language: Language,
  ): Promise<IncidentProcedures | undefined> {
    const { incidents, store, book, attack, rules, now, tenantName, selfTelling } = this.#options;
    const found = await incidents.get(identity.scope, incident);
    if (found === undefined) return undefined;
    const { tenant, createdAt, entities } = found.incident;
    const records = await store.list(identity.scope, [incident]);
    const told = await this.#options.tellings.of(viewerOf(identity), [incident]);
    const bySelf = await selfTelling.about(
      found.incident,
      told.map(({ procedure, step }) => ({ procedure, step })),
    );
    const sends = ({ procedure }: { readonly procedure: Procedure }) =>
      selfTelling.sends(bySelf, { id: procedure.file.id, procedure }, language);
    const inForce = book.inForce(tenant);
    const there = new Set(records.map(({ id }) => id));
    const facts = factsOfIncident(found.incident, found.alerts, rules(), attack);
    const free = [...inForce.values()].filter(({ procedure }) => !there.has(procedure.file.id));
    const fitting = free
      .flatMap((one) => {
        const fit = fitOf(one.procedure.file, facts);
        return fit === undefined ? [] : [{ one, fit }];
      })
      .sort(
        (a, b) => b.fit.total - a.fit.total || (a.one.procedure.file.id < b.one.procedure.file.id ? -1 : 1),
      )
      .slice(0, MAX_PROPOSED);
    const proposed = new Set(fitting.map(({ one }) => one));
    return {
      attached: records.map((record) => {
        const current = inForce.get(record.id);
        const same = current?.origin === record.origin && current.version === record.version;
        return attachedView(record, language, {
          tenant,
          openedAt: createdAt,
          told,
          now: now(),
          bySelf: (step) => selfTelling.step(bySelf, record, step, record.attachedAt),
          newer: current === undefined || same ? null : current.version,
          fill: (message) =>
            fillMessage(message, {
              entities,
              incident: `INC-${incident}`,
              organisation: tenantName(tenant),
            }),
        });
      }),
      proposed: fitting.map(({ one, fit }) => ({
        ...headOf(one, language),
        total: fit.total,
        needed: FIT_NEEDED,
        terms: [...fit.terms],
        sends: sends(one),
      })),
      others: free
        .filter((one) => !proposed.has(one))
        .map((one) => ({
          id: one.procedure.file.id,
          title: wordsIn(one.procedure, language).title,
          sends: sends(one),
        }))
        .sort((a, b) => a.title.localeCompare(b.title, language)),
      people: await this.#people(identity, tenant),
    };
  }

  async attach(
    identity: Identity,
    incident: number,
    { procedure: id, sends: seen }: ProcedureAttachment,
  ): Promise<true | ProcedureRefused> {
    const { incidents, store, book, now, selfTelling } = this.#options;
    const found = await incidents.get(identity.scope, incident);
    if (found === undefined) return NO_INCIDENT;
    const one = book.inForce(found.incident.tenant).get(id);
    if (one === undefined) return { refused: 'not-found', message: `procedure ${id} not found` };
    const { origin, version, procedure } = one;
    if (seen !== undefined) {
      const sends = selfTelling
        .sends(await selfTelling.about(found.incident, []), { id, procedure }, 'en')
        .map(({ step, to }) => ({ step, to: to.map(({ email }) => email) }));
      if (!isDeepStrictEqual(sends, seen))
        return { refused: 'conflict', message: 'meanwhile other steps would send by themselves; look again' };
    }
    const doing = {
      actor: identity.name,
      at: now(),
      text: `Procedure attached: ${wordsIn(procedure, 'en').title} (${id}, version ${version})`,
    };
    const made = await store.attach(identity.scope, incident, { id, origin, version, procedure }, doing);
    if (made === undefined) return NO_INCIDENT;
    if (!made) return { refused: 'exists', message: 'it is attached already' };
    this.#changed(found.incident);
    return true;
  }

  async detach(identity: Identity, incident: number, id: string): Promise<true | ProcedureRefused> {
    const { store, now, incidents } = this.#options;
    const record = (await store.list(identity.scope, [incident])).find((one) => one.id === id);
    if (record === undefined) return { refused: 'not-found', message: 'it is not attached to this incident' };
    const { settled, total } = progressOf(record.procedure.file, record.steps);
    const title = wordsIn(record.procedure, 'en').title;
    const text = `Procedure taken off: ${title} (${settled} of ${total} steps had been settled)`;
    await store.detach(identity.scope, incident, id, { actor: identity.name, at: now(), text });
    const found = await incidents.get(identity.scope, incident);
    if (found !== undefined) this.#changed(found.incident);
    return true;
  }

  async step(
    identity: Identity,
    incident: number,
    id: string,
    step: string,
    wanted: StepChange,
  ): Promise<true | ProcedureRefused> {
    const { store, now, incidents } = this.#options;
    const found = await incidents.get(identity.scope, incident);
    if (found === undefined) return NO_INCIDENT;
    const forbidden = await this.#forbidden(identity, incident, id, step, wanted);
    if (forbidden !== undefined) return forbidden;
    const assignee = await this.#assignee(identity, found.incident.tenant, wanted.assignee);
    if (assignee !== undefined && assignee !== null && 'refused' in assignee) return assignee;
    const result = await store.step<ProcedureRefused>(identity.scope, incident, id, (record) => {
      const changed = changeStep(record, step, wanted, assignee, { actor: identity.name, at: now() });
      return 'refused' in changed ? { refusal: changed } : changed;
    });
    if (result === undefined) return NO_STEP;
    if (result !== true) return result.refusal;
    this.#changed(found.incident);
    return true;
  }

  async search(
    scope: Scope,
    incident: number,
    id: string,
    step: string,
  ): Promise<StepSearch | ProcedureRefused> {
    const { store, incidents, events, parseQuery } = this.#options;
    const record = (await store.list(scope, [incident])).find((one) => one.id === id);
    const wanted = record?.procedure.file.steps.find((one) => one.id === step);
    const found = wanted === undefined ? undefined : await incidents.get(scope, incident);
    if (found === undefined || wanted?.kind !== 'query') return NO_STEP;
    const { tenant, firstAt, lastAt, entities } = found.incident;
    const around = spanMs(wanted.around);
    const range = { from: Math.floor(Math.max(0, firstAt - around)), to: Math.ceil(lastAt + around) };
    const filled = fillQuery(wanted.queries, entities);
    if ('missing' in filled) return { q: '', ...range, count: null, missing: [...filled.missing] };
    const counts = await events.histogram({ tenants: [tenant], range, where: parseQuery(filled.q) }, 1);
    return { q: filled.q, ...range, count: counts.reduce((sum, n) => sum + n, 0), missing: [] };
  }

  async open(scope: Scope, incidents: readonly number[], language: Language): Promise<OpenSteps['items']> {
    return (await this.#options.store.list(scope, incidents)).flatMap((record) =>
      openSteps(record, language),
    );
  }

  async closing(
    identity: Identity,
    incident: number,
    reason: string | undefined,
  ): Promise<OpenSteps['items']> {
    const open = await this.open(identity.scope, [incident], 'en');
    if (open.length === 0 || reason === undefined) return open;
    const text = `Closed with mandatory steps open: ${open.map(({ title }) => title).join('; ')}`;
    await this.#options.store.noteOpen(identity.scope, incident, {
      actor: identity.name,
      at: this.#options.now(),
      text,
    });
    return [];
  }

  /** The provider's steps, and giving steps to people, are for those who handle incidents. */
  async #forbidden(
    { permissions, scope }: Identity,
    incident: number,
    id: string,
    step: string,
    wanted: StepChange,
  ): Promise<ProcedureRefused | undefined> {
    if (permissions.has('incidents.handle')) return undefined;
    const record = (await this.#options.store.list(scope, [incident])).find((one) => one.id === id);
    const found = record?.procedure.file.steps.find((one) => one.id === step);
    if (found === undefined) return NO_STEP;
    return found.by === 'client' && wanted.assignee === undefined
      ? undefined
      : { refused: 'forbidden', message: 'needs the permission incidents.handle' };
  }

  /** Who a step at a tenant can be given to: people who may do steps. Those who are confined to tenants are not told of the provider's people. */
  async #people({ scope, id }: Identity, tenant: string): Promise<{ id: string; name: string }[]> {
    return (await this.#options.users())
      .filter(({ role }) => permissionsOf(role).has('incidents.respond'))
      .filter((user) =>
        user.tenants === null ? scope === 'all' || user.id === id : user.tenants.includes(tenant),
      )
      .map((user) => ({ id: user.id, name: user.name }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  async #assignee(
    identity: Identity,
    tenant: string,
    wanted: string | null | undefined,
  ): Promise<StepRecord['assignee'] | undefined | ProcedureRefused> {
    if (wanted === undefined || wanted === null) return wanted;
    if (wanted === 'me' && identity.kind === 'key')
      return { refused: 'invalid', message: 'an API key can’t be given a step; give the id of a user' };
    const id = wanted === 'me' ? identity.id : wanted;
    const person = (await this.#people(identity, tenant)).find((one) => one.id === id);
    return person ?? { refused: 'not-found', message: 'user not found' };
  }

  #changed({ id, tenant }: Pick<IncidentSummary, 'id' | 'tenant'>): void {
    this.#options.publish({ type: 'incident', id, tenant });
  }
}

function openSteps(
  { incident, id, procedure, steps }: AttachedRecord,
  language: Language,
): OpenSteps['items'] {
  const words = wordsIn(procedure, language);
  return progressOf(procedure.file, steps).openMandatory.map((step) => ({
    incident,
    procedure: id,
    step,
    title: words.steps[step]!.title,
  }));
}

/** What is to be recorded of a step, and what the log says of it; or why it can't be. */
function changeStep(
  { procedure, steps }: { readonly procedure: Procedure; readonly steps: readonly StepRecord[] },
  id: string,
  wanted: StepChange,
  assignee: StepRecord['assignee'] | undefined,
  by: { readonly actor: string; readonly at: number },
): { record: StepRecord; doing: { actor: string; at: number; text: string } } | ProcedureRefused {
  const step = procedure.file.steps.find((one) => one.id === id);
  if (step === undefined) return NO_STEP;
  const before = steps.find((one) => one.step === id);
  const was = before?.state ?? 'open';
  if (wanted.was !== undefined && wanted.was !== was)
    return {
      refused: 'conflict',
      message: `meanwhile the step is ${was}${before === undefined ? '' : `, by ${before.actor}`}; look again`,
    };
  const state = wanted.state ?? was;
  const changes = state !== was;
  const settles = wanted.state !== undefined && state !== 'open';
  const option = state === 'done' ? (wanted.option ?? before?.option ?? null) : null;
  const evidence = wanted.evidence ?? before?.evidence ?? null;
  const reason = changes ? (wanted.reason ?? null) : (wanted.reason ?? before?.reason ?? null);
  const invalid = (message: string): ProcedureRefused => ({ refused: 'invalid', message });
  if (wanted.option !== undefined && (step.kind !== 'decision' || state !== 'done'))
    return invalid('an option is chosen by doing a decision');
  if (
    step.kind === 'decision' &&
    settles &&
    state === 'done' &&
    !step.options.some((one) => one.id === option)
  )
    return invalid('choose one of the options');
  if (step.kind === 'evidence' && state === 'done' && evidence === null)
    return invalid('write down what the step asks for');
  if (state === 'skipped' && reason === null) return invalid('say why the step is skipped');
  const words = wordsIn(procedure, 'en');
  const own = words.steps[id]!;
  const said = [
    changes ? `${SAID[state]}` : undefined,
    option !== null && option !== before?.option ? `decision: ${own.options[option] ?? option}` : undefined,
    wanted.evidence === undefined ? undefined : `noted: ${cut(wanted.evidence)}`,
    wanted.reason === undefined ? undefined : `reason: ${cut(wanted.reason)}`,
    assignee === undefined ? undefined : `given to ${assignee?.name ?? 'nobody'}`,
  ].filter((part) => part !== undefined);
  if (said.length === 0) return invalid('nothing to change');
  // Giving a settled step to somebody else does not make it theirs.
  const keeps =
    !changes && before !== undefined && wanted.evidence === undefined && wanted.option === undefined;
  return {
    record: {
      step: id,
      state: state === 'open' ? null : state,
      at: keeps ? before.at : by.at,
      actor: keeps ? before.actor : by.actor,
      reason,
      evidence,
      option,
      assignee: assignee === undefined ? (before?.assignee ?? null) : assignee,
    },
    doing: { ...by, text: `${words.title}: step “${own.title}”: ${said.join('; ')}` },
  };
}

const SAID = {
  open: 'reopened',
  done: 'done',
  skipped: 'skipped',
  'not-applicable': 'does not apply',
} as const;

function cut(text: string): string {
  return text.length > SHOWN_IN_LOG ? `${text.slice(0, SHOWN_IN_LOG)}…` : text;
}
