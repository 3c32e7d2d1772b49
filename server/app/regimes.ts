import type {
  IncidentRegime,
  IncidentRegimes,
  Language,
  RegimeView,
  ReportDraft,
  ReportSave,
  StartRegime,
} from '@vigie/contracts/api';
import type { Identity, IncidentStore, RegimeBook, RegimeProblem, RuleBook } from '../api/index.ts';
import {
  ALWAYS,
  type ClockTransaction,
  draftReport,
  gapsIn,
  proposal,
  type Regime,
  type Regimes as RegimeList,
  type RegimeStep,
  stepClock,
  stop,
  viewOf,
} from '../clocks/index.ts';
import type { PostgresClockStore } from '../storage/state/clock-store.ts';
import type { RegimeRows, RegimeStore } from '../storage/state/regime-store.ts';
import { reportFacts } from './report-facts.ts';

export interface RegimesOptions {
  readonly regimes: RegimeList;
  readonly store: RegimeStore;
  readonly clocks: PostgresClockStore;
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly rules: Pick<RuleBook, 'story' | 'techniques'>;
  readonly tenant: (id: string) => { readonly name: string; readonly timeZone: string } | undefined;
  readonly now: () => number;
}

/** Duties to report: which there are, which a person has decided to follow, how far they are, and their reports. */
export class Regimes implements RegimeBook {
  readonly #options: RegimesOptions;

  constructor(options: RegimesOptions) {
    this.#options = options;
  }

  list(): RegimeView[] {
    return this.#options.regimes.list.map(regimeView);
  }

  async ofIncident(identity: Identity, id: number): Promise<IncidentRegimes | undefined> {
    const rows = await this.#options.store.ofIncident(identity.scope, id);
    if (rows === undefined) return undefined;
    const items = this.#options.regimes.list.map((regime) => this.#view(regime, rows));
    // What was started first, then what might apply.
    const rank = ({ started, proposed }: IncidentRegime) =>
      started !== null ? 0 : proposed !== null ? 1 : 2;
    return { items: items.sort((a, b) => rank(a) - rank(b)) };
  }

  async start(
    identity: Identity,
    id: number,
    decision: StartRegime,
  ): Promise<IncidentRegimes | RegimeProblem> {
    const { store, clocks, now } = this.#options;
    const regime = this.#regime(decision.regime);
    const rows = await store.ofIncident(identity.scope, id);
    if (regime === undefined || rows === undefined) return notFound;
    const at = now();
    if (decision.awareAt > at)
      return { code: 'invalid', message: 'nobody is aware of something that is still to come' };
    if (decision.awareAt < at - 366 * 86_400_000)
      return { code: 'invalid', message: 'that is more than a year ago' };
    const { awareAt, reason } = decision;
    const made = await clocks.transaction(rows.tenant, id, async (tx) => {
      if (!(await tx.begin(regime.id, { at, awareAt, by: identity.name, reason }))) return false;
      await tx.log(at, `Duty to report started: ${regime.name.en}. ${decision.reason}`, identity.name);
      for (const step of regime.steps)
        if (step.due.after === undefined) await this.#begin(tx, regime, step, rows.tenant, id, awareAt);
      return true;
    });
    if (!made) return { code: 'conflict', message: 'it was started already' };
    return (await this.ofIncident(identity, id))!;
  }

  async done(
    identity: Identity,
    id: number,
    regimeId: string,
    stepId: string,
    note: string,
  ): Promise<IncidentRegimes | RegimeProblem> {
    const { store, clocks, now } = this.#options;
    const regime = this.#regime(regimeId);
    const step = regime?.steps.find((each) => each.id === stepId);
    const rows = await store.ofIncident(identity.scope, id);
    if (regime === undefined || step === undefined || rows === undefined) return notFound;
    if (!rows.started.some((each) => each.regime === regimeId))
      return { code: 'conflict', message: 'start the duty to report first' };
    if (
      step.due.after !== undefined &&
      !rows.done.some((each) => each.regime === regimeId && each.step === step.due.after)
    )
      return { code: 'conflict', message: `${step.due.after} comes first` };
    const at = now();
    const made = await clocks.transaction(rows.tenant, id, async (tx) => {
      if (!(await tx.end(regimeId, stepId, { at, by: identity.name, note }))) return false;
      const clock = (await tx.clocks()).find(({ kind }) => kind === `${regimeId}:${stepId}`);
      if (clock !== undefined) {
        const events = stop(clock, at, ALWAYS, note);
        await tx.save(clock);
        for (const event of events) await tx.event(event);
      }
      await tx.log(at, `${regime.name.en}, ${step.name.en}: done. ${note}`, identity.name);
      for (const next of regime.steps)
        if (next.due.after === stepId) await this.#begin(tx, regime, next, rows.tenant, id, at);
      return true;
    });
    if (!made) return { code: 'conflict', message: 'it was done already' };
    return (await this.ofIncident(identity, id))!;
  }

  async report(
    identity: Identity,
    id: number,
    regimeId: string,
    stepId: string,
    language: Language,
  ): Promise<ReportDraft | undefined> {
    const { store, regimes, incidents, rules } = this.#options;
    const regime = this.#regime(regimeId);
    const step = regime?.steps.find((each) => each.id === stepId);
    const rows = await store.ofIncident(identity.scope, id);
    if (regime === undefined || step === undefined || rows === undefined) return undefined;
    const kept = await store.report(identity.scope, {
      incident: id,
      regime: regimeId,
      step: stepId,
      language,
    });
    if (kept !== undefined) {
      const { text, ...saved } = kept;
      return { language, text, gaps: gapsIn(text), saved };
    }
    const found = await incidents.get(identity.scope, id);
    if (found === undefined) return undefined;
    const tenant = this.#options.tenant(rows.tenant);
    const facts = reportFacts(
      {
        id,
        tenant: tenant?.name ?? rows.tenant,
        timeZone: tenant?.timeZone ?? 'UTC',
        level: found.incident.level,
        firstAt: found.incident.firstAt,
        createdAt: found.incident.createdAt,
        awareAt: rows.started.find((each) => each.regime === regimeId)?.awareAt ?? null,
        entities: found.incident.entities,
        techniques: rules.techniques(rows.techniques),
        stories: found.alerts.map(
          (alert) => rules.story(alert.ruleId, found.facts.get(alert.id) ?? {}, language).diagnosis,
        ),
        comments: found.log.filter(({ kind }) => kind === 'comment'),
      },
      language,
    );
    const text = draftReport(regimes, regime, step, language, facts);
    return { language, text, gaps: gapsIn(text), saved: null };
  }

  async keep(
    identity: Identity,
    id: number,
    regimeId: string,
    stepId: string,
    report: ReportSave,
  ): Promise<ReportDraft | RegimeProblem> {
    const { store, now } = this.#options;
    const { language, text, revision } = report;
    const step = this.#regime(regimeId)?.steps.find((each) => each.id === stepId);
    const rows = await store.ofIncident(identity.scope, id);
    if (step === undefined || rows === undefined) return notFound;
    const key = { incident: id, regime: regimeId, step: stepId, language };
    const last = (await store.report(identity.scope, key))?.revision ?? 0;
    const saved = { at: now(), by: identity.name, revision: revision + 1 };
    if (last !== revision || !(await store.keep(identity.scope, rows.tenant, key, { ...saved, text })))
      return { code: 'conflict', message: 'somebody kept another version meanwhile; load it first' };
    return { language, text, gaps: gapsIn(text), saved };
  }

  #regime(id: string): Regime | undefined {
    return this.#options.regimes.list.find((regime) => regime.id === id);
  }

  async #begin(
    tx: ClockTransaction,
    regime: Regime,
    step: RegimeStep,
    tenant: string,
    incident: number,
    from: number,
  ): Promise<void> {
    const zone = this.#options.tenant(tenant)?.timeZone ?? 'UTC';
    const clock = stepClock(regime, step, { tenant, id: incident }, from, zone);
    // The keeper looks at it at once: what is late already is told.
    clock.nextAt = this.#options.now();
    clock.dueAt = from + clock.targets[0]!.ms;
    await tx.save(clock);
    await tx.event({
      kind: clock.kind,
      at: from,
      event: 'started',
      text: `“${clock.kind}” started`,
      once: 'start',
    });
  }

  #view(regime: Regime, rows: RegimeRows): IncidentRegime {
    const started = rows.started.find((each) => each.regime === regime.id);
    const now = this.#options.now();
    return {
      ...regimeView(regime),
      proposed: started === undefined ? proposal(regime, rows) : null,
      started:
        started === undefined
          ? null
          : { at: started.at, awareAt: started.awareAt, by: started.by, reason: started.reason },
      steps: regime.steps.map((step) => {
        const clock = rows.clocks.find(({ kind }) => kind === `${regime.id}:${step.id}`);
        const done = rows.done.find((each) => each.regime === regime.id && each.step === step.id);
        return {
          id: step.id,
          name: step.name,
          provision: step.provision,
          after: clock === undefined ? (step.due.after ?? null) : null,
          clock: clock === undefined ? null : viewOf(clock, now, ALWAYS),
          done: done === undefined ? null : { at: done.at, by: done.by, note: done.note },
          kept: rows.kept
            .filter((each) => each.regime === regime.id && each.step === step.id)
            .map(({ language }) => language),
        };
      }),
    };
  }
}

const notFound: RegimeProblem = { code: 'not_found', message: 'incident, duty or step' };

function regimeView({ id, law, name, authority, trigger, steps }: Regime): RegimeView {
  const shown = steps.map((step) => ({ id: step.id, name: step.name, provision: step.provision }));
  return { id, law, name, authority, trigger, steps: shown };
}
