import type { IncidentRelevance, RelevanceState } from '@vigie/contracts/api';
import type { Notice, RelevanceBook, Scope } from '../api/index.ts';
import {
  type BareOpening,
  type Case,
  type JudgedCase,
  MOST_CASES,
  type OutcomeStore,
  score,
  type Trained,
  train,
} from '../relevance/index.ts';
import type { PostgresRelevance } from '../storage/state/relevance-store.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** News of incidents that come together are read together. */
const GATHER = 200;
/** Incidents whose transaction ended after that of a later number are looked for so far back. */
const LOOK_BACK = 1_000;
const AT_ONCE = 500;
/** Facts written down later than this are not what was known at the opening. */
const PROMPT = MINUTE;
/** How often steps of age are looked for, milliseconds. */
const AGE_EVERY = 15_000;
const NIGHT_EVERY = 10 * MINUTE;
/** Trained in the first hours after this one, UTC. */
const NIGHT_HOUR = 2;
/** Verdicts given since are missing from the counts of a new incident for so long at most. */
const HISTORY_FOR = 5 * MINUTE;
const MOST_OPEN = 20_000;

export interface RelevanceOptions {
  readonly store: PostgresRelevance;
  readonly outcomes: OutcomeStore;
  /** IANA zone of a tenant. */
  readonly timeZone: (tenant: string) => string;
  /** Technology of a source, where it is known. */
  readonly sourceKind: (tenant: string, source: string) => string | null;
  readonly publish: (notice: Notice) => void;
  readonly now: () => number;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/**
 * Writes down what was known of each incident when it was opened, trains the ranking every night on what people said
 * of them, and gives new incidents their probability while the ranking is worth it. Lets age count as time goes by.
 */
export class RelevanceService implements RelevanceBook {
  readonly #options: RelevanceOptions;
  #latest: Trained | undefined;
  #readUpTo = 0;
  #history: { readonly at: number; readonly judged: readonly JudgedCase[] } | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #training: Promise<RelevanceState> | undefined;
  #work: Promise<void> = Promise.resolve();
  readonly #timers: NodeJS.Timeout[] = [];
  #stopped = false;

  constructor(options: RelevanceOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#latest = await this.#options.store.latest();
    this.#do(() => this.#readAll());
    this.#do(() => this.#age());
    this.#timers.push(
      setInterval(() => this.#do(() => this.#age()), AGE_EVERY),
      setInterval(() => this.#do(() => this.#night()), NIGHT_EVERY),
    );
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#gathering);
    await this.#work;
  }

  /** Hears of news; new incidents are read a moment later. */
  readonly heard = (notice: Notice): void => {
    if (notice.type !== 'incident' || notice.id <= this.#readUpTo - LOOK_BACK || this.#stopped) return;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#do(() => this.#readNew());
    }, GATHER);
  };

  async state(): Promise<RelevanceState> {
    return { trainedAt: this.#latest?.trainedAt ?? null, report: this.#latest?.report ?? null };
  }

  train(): Promise<RelevanceState> {
    this.#training ??= this.#train().finally(() => {
      this.#training = undefined;
    });
    return this.#training;
  }

  async of(scope: Scope, incident: number): Promise<IncidentRelevance | undefined> {
    const found = await this.#options.outcomes.relevanceOf(scope, incident);
    if (found === undefined) return undefined;
    return {
      used: this.#latest?.report.used ?? false,
      probability: found.probability,
      terms:
        scope === 'all'
          ? [...found.terms]
          : // How often a rule was right elsewhere would tell one client of the others.
            found.terms.map((term) =>
              term.feature === 'rule-overall' || term.feature === 'source-kind'
                ? { ...term, right: null, of: null }
                : term,
            ),
    };
  }

  /** One thing after the other; what fails is told and tried again with the next. */
  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#stopped) return;
      try {
        await work();
      } catch (error) {
        if (!this.#stopped) this.#options.log.warn({ err: error }, 'the ranking of incidents was held up');
      }
    });
  }

  async #readAll(): Promise<void> {
    for (let after = 0; !this.#stopped; ) {
      const found = await this.#options.store.unread(after, AT_ONCE);
      if (found.length === 0) return;
      await this.#keep(found);
      after = found.at(-1)!.incident;
    }
  }

  async #readNew(): Promise<void> {
    const fresh = await this.#keep(
      await this.#options.store.unread(Math.max(0, this.#readUpTo - LOOK_BACK), AT_ONCE),
    );
    const { report, model, id } = this.#latest ?? {};
    if (fresh.length === 0 || model == null || report?.used !== true || id === undefined) return;
    await this.#options.store.saveScores(id, score(model, fresh, await this.#judged()), true);
    for (const { tenant, incident } of fresh)
      this.#options.publish({ type: 'incident', id: incident, tenant });
  }

  async #keep(openings: readonly BareOpening[]): Promise<Case[]> {
    const cases = openings.map((opening) => this.#caseOf(opening));
    if (cases.length > 0) await this.#options.store.saveOpenings(cases);
    for (const { incident } of cases) this.#readUpTo = Math.max(this.#readUpTo, incident);
    return cases;
  }

  #caseOf({ sources, tenant, incident, openedAt, ...facts }: BareOpening): Case {
    const { sourceKind, timeZone, now } = this.#options;
    return {
      tenant,
      incident,
      openedAt,
      facts: {
        ...facts,
        sourceKinds: [...new Set(sources.map((source) => sourceKind(tenant, source) ?? 'other'))].sort(),
        offHours: isOffHours(openedAt, timeZone(tenant)),
        late: now() - openedAt > PROMPT,
      },
    };
  }

  async #judged(): Promise<readonly JudgedCase[]> {
    const now = this.#options.now();
    if (this.#history === undefined || now - this.#history.at > HISTORY_FOR)
      this.#history = { at: now, judged: await this.#options.store.judged(MOST_CASES) };
    return this.#history.judged;
  }

  async #train(): Promise<RelevanceState> {
    const { store, now, log } = this.#options;
    const trainedAt = now();
    const judged = await store.judged(MOST_CASES);
    this.#history = { at: trainedAt, judged };
    const { model, report } = await train(judged, trainedAt, () => new Promise(setImmediate));
    const id = await store.saveModel({ trainedAt, model, report });
    this.#latest = { id, trainedAt, model, report };
    if (!report.used) await store.forgetScores();
    if (model !== null)
      await store.saveScores(id, score(model, await store.open(MOST_OPEN), judged), report.used);
    const { used, reason, verdicts, gain } = report;
    log.info({ used, reason, verdicts, gain }, 'the ranking of incidents was trained');
    return this.state();
  }

  async #night(): Promise<void> {
    const now = this.#options.now();
    const night = Math.floor(now / DAY) * DAY + NIGHT_HOUR * 60 * MINUTE;
    if (now >= night && (this.#latest?.trainedAt ?? 0) < night) await this.train();
  }

  async #age(): Promise<void> {
    for (const { tenant, id } of await this.#options.store.ageOn(this.#options.now()))
      this.#options.publish({ type: 'incident', id, tenant });
  }
}

/** Whether it is night (before seven, from seven in the evening) or a weekend in a zone. */
function isOffHours(at: number, timeZone: string): boolean {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(at);
  const hour = Number(parts.find(({ type }) => type === 'hour')?.value);
  const day = parts.find(({ type }) => type === 'weekday')?.value;
  return hour < 7 || hour >= 19 || day === 'Sat' || day === 'Sun';
}
