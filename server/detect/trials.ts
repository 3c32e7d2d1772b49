import {
  CorrelationEngine,
  type CorrelationMatch,
  type CorrelationSnapshot,
  ruleKey,
  type Taxonomy,
} from '@vigie/sigma';
import type { LiveExceptions } from './exceptions.ts';
import { LATENESS } from './judge.ts';
import type { MatchedBatch, MatchedEvent } from './matched.ts';
import { isTrialKey, type TrialRule } from './trial-rule.ts';

/** Hits of one version in test on the events of one tenant and day; instants are epoch milliseconds. */
export interface TrialHits {
  readonly kind: 'trial';
  readonly ruleId: string;
  readonly number: number;
  readonly tenant: string;
  /** Start of the day in UTC. */
  readonly day: number;
  hits: number;
  lastAt: number;
  readonly samples: { readonly id: string; readonly at: number }[];
}

export interface TrialsOptions {
  readonly trials: readonly TrialRule[];
  readonly taxonomy: Taxonomy;
  readonly now: () => number;
  /** What people have decided to be silent is silent in test, too. */
  readonly exceptions?: Pick<LiveExceptions, 'silences' | 'silencesCorrelation'> | undefined;
  /** Told once of a trial that floods: it is to be matched no more. */
  /** How late an event may come, milliseconds; default {@link LATENESS}. */
  readonly lateness?: number;
  readonly onFlood: (trial: TrialRule, keys: readonly string[]) => void;
}

interface Running {
  readonly trial: TrialRule;
  readonly engine: CorrelationEngine | undefined;
  readonly subject: string;
  hits: number;
  since: number;
  stopped: boolean;
}

/** A correlation of correlations refers to matches, which are no events. */
const EVENT_ID = /^[0-9a-f]{32}$/;
const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Events remembered by version, tenant and day, of one slice of events. */
const SAMPLES = 5;
/** Hits within an hour after which a version is taken for a mistake: each one costs as much as an alert. */
export const FLOOD = 100_000;
/** A trial holds less than a rule in force may, so that a mistake in one can't take the others' memory. */
const MAX_GROUPS = 10_000;
const MAX_ENTRIES = 2_000;

/** Counts what versions in test find. Their correlations run here, apart from those in force. */
export class Trials {
  readonly #options: TrialsOptions;
  readonly #running: Running[] = [];
  /** Key of a hit → the trials that it concerns. */
  readonly #byKey = new Map<string, Running[]>();
  /** Receipt of the last event judged: when a window that is over was decided. */
  #receivedAt = 0;

  constructor(options: TrialsOptions) {
    this.#options = options;
    for (const trial of options.trials) {
      const { subject, problem } = trial;
      if (subject === undefined || problem !== null) continue;
      const engine =
        subject.kind === 'correlation'
          ? new CorrelationEngine(trial.correlations, {
              rules: [...trial.bases.values()],
              taxonomy: options.taxonomy,
              evidence: 1,
              maxGroups: MAX_GROUPS,
              maxEntries: MAX_ENTRIES,
              lateness: options.lateness ?? LATENESS,
              suppress: (match) =>
                options.exceptions?.silencesCorrelation(match, this.#receivedAt || match.time, false) ===
                true,
            })
          : undefined;
      const rejected = engine?.rejected[0];
      if (rejected !== undefined) {
        trial.problem = rejected.issue.message;
        continue;
      }
      const running = { trial, engine, subject: ruleKey(subject), hits: 0, since: 0, stopped: false };
      this.#running.push(running);
      for (const key of trial.bases.keys()) {
        const list = this.#byKey.get(key);
        if (list === undefined) this.#byKey.set(key, [running]);
        else list.push(running);
      }
    }
  }

  /** Takes events that rules have matched, in force or in test. */
  observe(matched: readonly MatchedEvent[]): TrialHits[] {
    if (this.#running.length === 0) return [];
    const { exceptions, now } = this.#options;
    const counts = new Counts(now());
    for (const { event, hits } of matched) {
      this.#receivedAt = event.receivedAt;
      for (const running of this.#concerned(hits)) {
        if (running.stopped) continue;
        const { trial, engine } = running;
        const rules = hits.flatMap(({ rule: key }) => {
          const rule = trial.bases.get(key);
          return rule === undefined || exceptions?.silences(rule, event, false) ? [] : [{ rule }];
        });
        if (engine === undefined) {
          if (rules.length > 0) counts.add(running, event.tenant, event.id, event.time);
          continue;
        }
        const { id, time, fields, tenant: scope } = event;
        this.#take(counts, running, engine.observe(rules, { id, time, fields, scope }), id);
      }
    }
    return this.#close(counts);
  }

  /** For each tenant that has windows waiting for their end, the event time that decides the first of them. */
  *dues(): Generator<readonly [tenant: string, due: number]> {
    for (const { engine, stopped } of this.#running)
      if (engine !== undefined && !stopped) yield* engine.dues();
  }

  /** Tells how far time has come: windows that are over are decided. */
  advance({ clocks, at }: Pick<MatchedBatch, 'clocks' | 'at'>): TrialHits[] {
    if (at !== undefined) this.#receivedAt = at;
    if (!this.#running.some(({ engine }) => engine !== undefined)) return [];
    const counts = new Counts(this.#options.now());
    for (const running of this.#running)
      for (const [tenant, time] of clocks)
        if (!running.stopped)
          this.#take(counts, running, running.engine?.advance(time, tenant) ?? [], undefined);
    return this.#close(counts);
  }

  /** State of the correlations in test, as plain JSON. */
  snapshot(): Record<string, CorrelationSnapshot> {
    return Object.fromEntries(
      this.#running.flatMap(({ trial, engine }) =>
        engine === undefined ? [] : [[nameOf(trial), engine.snapshot()]],
      ),
    );
  }

  restore(snapshot: Readonly<Record<string, CorrelationSnapshot>>): void {
    for (const { trial, engine } of this.#running) {
      const saved = Object.hasOwn(snapshot, nameOf(trial)) ? snapshot[nameOf(trial)] : undefined;
      if (engine !== undefined && saved !== undefined) engine.restore(saved);
    }
  }

  /** @param completedBy the event that completed the matches; undefined: their last one */
  #take(
    counts: Counts,
    running: Running,
    fired: readonly CorrelationMatch[],
    completedBy: string | undefined,
  ): void {
    for (const match of fired)
      if (ruleKey(match.rule) === running.subject)
        counts.add(running, match.scope, completedBy ?? match.events.at(-1)?.id, match.time);
  }

  #concerned(hits: MatchedEvent['hits']): Iterable<Running> {
    const [only] = hits;
    if (hits.length === 1 && only !== undefined) return this.#byKey.get(only.rule) ?? [];
    return new Set(hits.flatMap(({ rule }) => this.#byKey.get(rule) ?? []));
  }

  #close(counts: Counts): TrialHits[] {
    for (const running of this.#running) {
      if (counts.now - running.since >= HOUR) {
        running.since = counts.now;
        running.hits = 0;
      }
      running.hits += counts.of(running);
      if (running.hits < FLOOD || running.stopped) continue;
      running.stopped = true;
      running.trial.problem = `stopped: ${FLOOD} hits within an hour; look for the mistake, and put it in test again`;
      this.#options.onFlood(running.trial, [...running.trial.bases.keys()].filter(isTrialKey));
    }
    return counts.all;
  }
}

/** What one call of the trials counted. */
class Counts {
  readonly now: number;
  readonly #day: number;
  readonly #rows = new Map<string, TrialHits>();
  readonly #hits = new Map<Running, number>();

  constructor(now: number) {
    this.now = now;
    this.#day = Math.floor(now / DAY) * DAY;
  }

  add(running: Running, tenant: string, eventId: string | undefined, at: number): void {
    const { ruleId, number } = running.trial;
    const key = `${tenant}\u0000${nameOf(running.trial)}`;
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = { kind: 'trial', ruleId, number, tenant, day: this.#day, hits: 0, lastAt: at, samples: [] };
      this.#rows.set(key, row);
    }
    row.hits++;
    row.lastAt = Math.max(row.lastAt, at);
    if (eventId !== undefined && EVENT_ID.test(eventId) && row.samples.length < SAMPLES)
      row.samples.push({ id: eventId, at });
    this.#hits.set(running, (this.#hits.get(running) ?? 0) + 1);
  }

  of(running: Running): number {
    return this.#hits.get(running) ?? 0;
  }

  get all(): TrialHits[] {
    return [...this.#rows.values()];
  }
}

function nameOf({ ruleId, number }: TrialRule): string {
  return `${number} ${ruleId}`;
}
