import type { Level } from '@vigie/contracts';
import type { Reason, ReasonTerm } from './ports.ts';
import { beyondChance, type Surprise } from './rhythm.ts';
import { levelRank } from './title.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** An alert joins an incident from this total on. */
export const JOINS_AT = 5;
/** An alert that reaches this total with two incidents makes one of them. */
export const TIES_AT = 7;
/** Unusual alerts on one entity open an incident from this sum on. */
export const OPENS_AT = 12;
/** Unusual alerts count together within this time, milliseconds. */
export const TOGETHER = 10 * MINUTE;
/** From this score on an alert is unusual enough to keep an incident going. */
export const UNUSUAL = 2;
/** The same rules unusual elsewhere count as one deed within this time, milliseconds. */
export const COHORT = 30 * MINUTE;
/** Unusual alerts on the entities of an incident join it for so long, milliseconds. */
export const WATCH = 24 * HOUR;
/** Usual alerts on its entities are shown with it when so near, milliseconds. */
export const CONTEXT = HOUR;
/** How far an incident looks back for what was rare on its entities: the week by which routines are told, milliseconds. */
export const LOOKBACK = 7 * 24 * HOUR;
/**
 * Rare alerts from before are shown with an incident from this sum on: 4 for the entity they share, and chance alone
 * would have brought two at most since then. Two, not one: a rule often speaks in two slots about one thing, so that
 * counting slots makes it look twice as common as it is.
 */
export const EARLIER_AT = 4 - Math.LN2 / 2;
/** At most so many from before for each entity, the most telling: a person reads them all. */
export const EARLIER_EACH = 5;
/** One incident takes in no more alerts and entities than this by itself; three times as many alerts of a high level. */
export const LIMITS = { alerts: 300, severe: 900, entities: 50 } as const;

/** What is known when an alert is held against an incident. Times are milliseconds. */
export interface Tie {
  readonly level: Level;
  /** Entities that both name, as people read them. */
  readonly shared: readonly string[];
  /** Rules that are unusual here now and were unusual in the incident. */
  readonly cohort: readonly string[];
  /** On how many other entities of the incident the alert's rule is unusual at the same time. */
  readonly sweep: number;
  /** Between the alert and the incident's evidence; 0 within it. */
  readonly apart: number;
  readonly window: number;
  readonly surprise: Surprise;
  /** How the rule has spoken about the entity so far. */
  readonly habit: 'routine' | 'common' | 'none';
  /** What is unusual here would open an incident by itself. */
  readonly strong: boolean;
  /** The alert's technique is of a later tactic than all of the incident's. */
  readonly progress: boolean;
}

/**
 * Why an alert belongs to an incident: weights that add up. Undefined where nothing ties them at all, however
 * near they are in time.
 */
export function weigh(tie: Tie): Reason | undefined {
  const { shared, cohort, apart } = tie;
  const alike = Math.max(cohort.length, tie.sweep) >= 2 && apart <= COHORT;
  if (shared.length === 0 && !alike) return undefined;
  // Long after, only what is unusual concerns an incident still.
  if (apart > tie.window && (apart > WATCH || tie.surprise.score < UNUSUAL || tie.strong)) return undefined;
  const terms: ReasonTerm[] = [];
  const add = (term: string, weight: number, text: string) =>
    terms.push({ term, weight: round(weight), text });
  if (shared.length > 0)
    add('shared', Math.min(6, 3 + shared.length), `shares ${listed(shared)} with the incident`);
  if (alike)
    add(
      'same-deed',
      Math.min(4, 2 * Math.max(cohort.length, tie.sweep)),
      cohort.length >= 2
        ? `${cohort.length} rules are unusual here and there at once`
        : `the rule is unusual here and on ${tie.sweep} of its machines at once`,
    );
  if (apart <= TOGETHER) add('time', 2, 'within ten minutes of its evidence');
  else if (apart <= HOUR) add('time', 1.5, 'within an hour of its evidence');
  else if (apart <= tie.window)
    add('time', 1, `within ${Math.round(tie.window / MINUTE)} minutes of its evidence`);
  if (tie.surprise.score > 0) add('unusual', Math.min(3, tie.surprise.score / 2), `${tie.surprise.term}`);
  if (levelRank(tie.level) >= levelRank('medium')) add('level', 1, `level ${tie.level}`);
  if (tie.progress) add('progress', 1, 'a later step of an attack than what was seen before');
  if (tie.habit === 'routine' && levelRank(tie.level) < levelRank('high'))
    add('routine', -5, 'fires here as a matter of course');
  else if (tie.habit === 'common' && tie.surprise.score < UNUSUAL) add('common', -3, 'fires here often');
  return { terms, total: round(terms.reduce((sum, { weight }) => sum + weight, 0)), needed: JOINS_AT };
}

/**
 * Why an alert is shown with an incident that began long after it: it was rare on an entity of it, more so than the
 * time in between explains. Undefined where it wasn't.
 *
 * @param shared an entity that both name, as people read it
 * @param apart from the alert to the evidence that brought the entity into the incident, milliseconds
 */
export function weighEarlier(shared: string, rarity: number, apart: number): Reason | undefined {
  const total = 4 + beyondChance(rarity, apart);
  if (rarity < UNUSUAL || total < EARLIER_AT) return undefined;
  return {
    terms: [
      { term: 'shared', weight: 4, text: `names ${shared}, which the incident is about` },
      { term: 'unusual', weight: round(rarity), text: 'was rare there' },
      {
        term: 'before',
        weight: round(beyondChance(rarity, apart) - rarity),
        text: `came ${spoken(apart)} before; the rarer it is, the less it is chance`,
      },
    ],
    total: round(total),
    needed: round(EARLIER_AT),
  };
}

/**
 * Why an alert is shown with an incident that shares no entity with it: the rule is rare at the tenant, and now
 * speaks about another entity while it is among what was unusual in the incident. One rule alone never makes an
 * alert a part of an incident. Undefined where it says nothing.
 *
 * @param atTenant rarity of the rule at the tenant
 * @param apart between the alert and the incident's evidence, milliseconds
 */
export function weighEcho(surprise: Surprise, atTenant: number, apart: number): Reason | undefined {
  if (surprise.score < UNUSUAL || apart > CONTEXT || beyondChance(atTenant, apart) < 0) return undefined;
  const terms: ReasonTerm[] = [
    {
      term: 'echo',
      weight: 1,
      text: 'the same rule, rare at this client, is unusual here and in the incident',
    },
    apart <= TOGETHER
      ? { term: 'time', weight: 2, text: 'within ten minutes of its evidence' }
      : { term: 'time', weight: 1.5, text: 'within an hour of its evidence' },
    { term: 'unusual', weight: round(Math.min(1.5, surprise.score / 2)), text: surprise.term },
  ];
  return { terms, total: round(terms.reduce((sum, { weight }) => sum + weight, 0)), needed: JOINS_AT };
}

/** Why rare alerts, each harmless, opened an incident together. */
export function openedByRarity(
  kinds: readonly { readonly title: string; readonly surprise: Surprise }[],
): Reason {
  const terms = kinds
    .map(({ title, surprise }) => ({
      term: 'unusual',
      weight: round(surprise.score),
      text: `“${title}”: ${surprise.term}`,
    }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, 20);
  return {
    terms,
    total: round(kinds.reduce((sum, { surprise }) => sum + surprise.score, 0)),
    needed: OPENS_AT,
  };
}

function listed(names: readonly string[]): string {
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/** A length of time in words: minutes, hours up to two days, else days. */
function spoken(length: number): string {
  const [n, unit] =
    length < HOUR
      ? [length / MINUTE, 'minute']
      : length < 48 * HOUR
        ? [length / HOUR, 'hour']
        : [length / (24 * HOUR), 'day'];
  const whole = Math.max(1, Math.round(n));
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
