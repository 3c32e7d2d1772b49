import { hash } from 'node:crypto';
import type { Detection, EcsFields, Entity, Event, MatchedField } from '@vigie/contracts';
import {
  CorrelationEngine,
  type CorrelationMatch,
  type CorrelationSnapshot,
  ruleKey,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import type { LiveExceptions } from './exceptions.ts';
import type { MatchedBatch, MatchedEvent, RuleHit } from './matched.ts';
import type { KnownRule, RuleSet } from './rule-set.ts';
import { entitiesOf, factsOf, foldingEntities } from './story.ts';

/** A detection with the values its alert keeps. */
export interface Found extends Detection {
  readonly facts: Readonly<Record<string, string>>;
  /** Entities that fold detections of one rule into one alert. */
  readonly foldBy: readonly Entity[];
}

export interface JudgeOptions {
  readonly rules: RuleSet;
  readonly taxonomy: Taxonomy;
  readonly now: () => number;
  /** Rule keys that are switched off. */
  readonly disabled: ReadonlySet<string>;
  /** What people have decided to be silent. */
  readonly exceptions?: LiveExceptions;
  /**
   * How late an event may come, milliseconds; default {@link LATENESS}. Windows that are decided at their end wait
   * for so long, and every later step of a sequence is kept for so long, in case its first step is on its way.
   */
  readonly lateness?: number;
}

/** How late an event may come where nobody says otherwise, milliseconds. */
export const LATENESS = 60_000;

const EVIDENCE = 100;
const MAX_INNER = 5000;
const EVENT_ID = /^[0-9a-f]{32}$/;

type Evidence = Detection['events'];

/** State of a {@link Judge}. */
export interface JudgeSnapshot {
  readonly correlations: CorrelationSnapshot;
  readonly inner: readonly (readonly [string, Evidence])[];
}

/**
 * Holds events against the rules. Correlations keep state between batches; {@link Judge.snapshot} saves it,
 * and detecting again the events after a snapshot gives the same detections with the same ids.
 */
export class Judge {
  readonly #options: JudgeOptions;
  readonly #correlations: CorrelationEngine;
  readonly #disabled: Set<string>;
  /** Events of recent correlation matches: an outer correlation refers to an inner one by its key. */
  #inner = new Map<string, Evidence>();
  /** Receipt of the last event judged: when a window that is over was decided. */
  #receivedAt = 0;

  constructor(options: JudgeOptions) {
    this.#options = options;
    const { rules, taxonomy } = options;
    this.#correlations = new CorrelationEngine(rules.correlations, {
      rules: [...rules.matcher.rules],
      taxonomy,
      evidence: EVIDENCE,
      lateness: options.lateness ?? LATENESS,
      suppress: (match) => this.#isSilent(match),
    });
    this.#disabled = new Set(options.disabled);
    for (const { rule, issue } of this.#correlations.rejected) {
      const known = rules.rules.get(ruleKey(rule));
      if (known !== undefined) Object.assign(known, { state: 'rejected', problem: issue.message });
    }
    for (const key of this.#disabled) rules.matcher.setEnabled(key, false);
  }

  /** What the correlations have had to give up, for the status page. */
  get stats() {
    return this.#correlations.stats;
  }

  /** Judges events that rules have matched. */
  judge(matched: readonly MatchedEvent[]): Found[] {
    const found: Found[] = [];
    const { rules } = this.#options.rules;
    for (const { event, hits } of matched) {
      this.#receivedAt = event.receivedAt;
      const live: { readonly known: KnownRule; readonly hit: RuleHit; readonly rule: SigmaRule }[] = [];
      for (const hit of hits) {
        // A rule may have been taken away or switched off since it matched.
        const known = rules.get(hit.rule);
        if (
          known?.rule.kind === 'rule' &&
          !this.#disabled.has(hit.rule) &&
          !this.#options.exceptions?.silences(known.rule, event)
        )
          live.push({ known, hit, rule: known.rule });
      }
      const correlated = this.#correlations.observe(live, {
        id: event.id,
        time: event.time,
        fields: event.fields,
        scope: event.tenant,
        origin: event.source,
      });
      for (const { known, hit, rule } of live)
        if (this.#correlations.alertsAlone(rule)) found.push(this.#detection(known, event, hit.matched));
      this.#takeCorrelated(correlated, found);
    }
    return found;
  }

  /** Tells how far time has come: windows that are over are decided. */
  advance({ clocks, at }: Pick<MatchedBatch, 'clocks' | 'at'>): Found[] {
    const found: Found[] = [];
    if (at !== undefined) this.#receivedAt = at;
    for (const [tenant, time] of clocks)
      this.#takeCorrelated(this.#correlations.advance(time, tenant), found);
    return found;
  }

  /** For each tenant that has windows waiting for their end, the event time that decides the first of them. */
  dues(): Iterable<readonly [tenant: string, due: number]> {
    return this.#correlations.dues();
  }

  /** Whether a correlation's match is as if it had not been: neither an alert, nor counted by other correlations. */
  #isSilent(match: CorrelationMatch): boolean {
    return (
      this.#disabled.has(ruleKey(match.rule)) ||
      this.#options.exceptions?.silencesCorrelation(match, this.#receivedAt || match.time) === true
    );
  }

  #takeCorrelated(matches: readonly CorrelationMatch[], found: Found[]): void {
    for (const match of matches) {
      this.#remember(match);
      const known = this.#options.rules.rules.get(ruleKey(match.rule));
      if (known !== undefined && this.#correlations.alertsAlone(match.rule))
        found.push(this.#correlated(known, match));
    }
  }

  /** Switches a rule on or off; false when there is none. */
  setEnabled(key: string, enabled: boolean): boolean {
    const known = this.#options.rules.rules.get(key);
    if (known === undefined) return false;
    if (enabled) this.#disabled.delete(key);
    else this.#disabled.add(key);
    this.#options.rules.matcher.setEnabled(key, enabled);
    return true;
  }

  /** Whether a match of this rule is a detection of its own, or only serves correlations. */
  alertsAlone(rule: SigmaRule): boolean {
    return this.#correlations.alertsAlone(rule);
  }

  isEnabled(key: string): boolean {
    return !this.#disabled.has(key);
  }

  /** All state that the detections to come depend on, as plain JSON. */
  snapshot(): JudgeSnapshot {
    return { correlations: this.#correlations.snapshot(), inner: [...this.#inner] };
  }

  /** @returns how many groups were dropped because their rule changed */
  restore(snapshot: JudgeSnapshot): number {
    this.#inner = new Map(snapshot.inner);
    return this.#correlations.restore(snapshot.correlations);
  }

  #remember(match: CorrelationMatch): void {
    if (this.#inner.size >= MAX_INNER) this.#inner.delete(this.#inner.keys().next().value!);
    this.#inner.set(match.key, this.#evidence(match));
  }

  /** The events behind a match, those of inner correlations in their place. */
  #evidence(match: CorrelationMatch): Evidence {
    const evidence = new Map<string, Evidence[number]>();
    for (const { id, time, origin } of match.events)
      for (const one of this.#inner.get(id) ??
        (EVENT_ID.test(id) ? [{ id, time, source: origin ?? '' }] : []))
        evidence.set(one.id, one);
    return [...evidence.values()].sort((a, b) => a.time - b.time).slice(-EVIDENCE);
  }

  #detection(known: KnownRule, event: Event, matched: readonly MatchedField[]): Found {
    const entities = entitiesOf(event.fields, known);
    return {
      id: digest('event', known.key, event.id),
      tenant: event.tenant,
      ruleId: known.key,
      level: known.level,
      time: event.time,
      detectedAt: this.#options.now(),
      events: [{ id: event.id, time: event.time, source: event.source }],
      entities,
      foldBy: foldingEntities(entities, event.fields, known),
      matched,
      facts: factsOf(event.fields, known),
    };
  }

  #correlated(known: KnownRule, match: CorrelationMatch): Found {
    // The event that completed it stands for the whole. Where a window was decided because it was over, no
    // event did: what the group was made by is known all the same.
    const fields: EcsFields = { ...match.fields };
    for (const { field, value } of match.group) fields[field] ??= value;
    const entities = entitiesOf(fields, known);
    const matched: MatchedField[] = [
      { field: 'events', value: String(match.eventCount), condition: describe(match) },
      ...match.group.map((part) => ({ field: part.field, value: part.value, condition: 'group-by' })),
    ];
    return {
      id: digest('window', match.key),
      tenant: match.scope,
      ruleId: known.key,
      level: known.level,
      time: match.time,
      detectedAt: this.#options.now(),
      events: this.#evidence(match),
      entities,
      foldBy: foldingEntities(entities, fields, known),
      matched,
      facts: {
        ...factsOf(fields, known),
        'vigie.count': `${match.approximate === true ? '≈ ' : ''}${match.value}`,
      },
    };
  }
}

function describe(match: CorrelationMatch): string {
  const { type, timespan, range } = match.rule.correlation;
  const bounds = Object.entries(range)
    .map(([operator, value]) => `${operator} ${value}`)
    .join(', ');
  const how = match.approximate === true ? ', estimated' : '';
  return `${type}${bounds === '' ? '' : `: ${bounds}`} within ${Math.round(timespan / 1000)} s${how}`;
}

function digest(...parts: readonly string[]): string {
  return hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''), 'hex').slice(0, 32);
}
