import type { RelevanceFeature } from '@vigie/contracts/api';
import { RELEVANCE_FEATURES } from '@vigie/contracts/api';
import type { Case, JudgedCase, OpeningFacts } from './ports.ts';

/**
 * Cases that a shrunken rate is given beside those that were seen: with so many the rate is half its own, half what it
 * is shrunk to. Small where a few cases say much (a rule on one machine), large where they say little.
 */
const SHRINK = { overall: 8, here: 5, pair: 3, entity: 4, tenant: 20, sourceKind: 10 } as const;

/** Entities and rules of one incident that are counted: it may name hundreds, and the first say enough. */
const ENTITIES_COUNTED = 8;
const RULES_COUNTED = 8;

interface Count {
  right: number;
  of: number;
}
const NONE: Readonly<Count> = { right: 0, of: 0 };

/** A value of a feature, and the cases it comes from. */
export interface Reading {
  readonly value: number;
  readonly right: number | null;
  readonly of: number | null;
  readonly subject: string;
}
export type Readings = Readonly<Record<RelevanceFeature, Reading>>;

/**
 * Verdicts given so far, counted by rule, tenant, entity and kind of source. What it says of an incident depends on
 * what was {@link add}ed before, so cases must be added as they were decided.
 *
 * Rates are shrunk: `(right + k·prior) / (of + k)`; a rule at a tenant to the rule overall, the rule overall to the base
 * rate, so that a tenant of yesterday profits from the others and soon speaks for itself.
 */
export class VerdictHistory {
  readonly #counts = new Map<string, Count>();

  add({ tenant, facts, truePositive }: JudgedCase): void {
    const rules = facts.rules.slice(0, RULES_COUNTED);
    const entities = facts.entities.slice(0, ENTITIES_COUNTED);
    const keys = ['all', `tenant\0${tenant}`];
    for (const rule of rules) {
      keys.push(`rule\0${rule}`, `here\0${tenant}\0${rule}`);
      for (const entity of entities) keys.push(`pair\0${tenant}\0${rule}\0${entity}`);
    }
    for (const entity of entities) keys.push(`entity\0${tenant}\0${entity}`);
    for (const kind of facts.sourceKinds) keys.push(`kind\0${kind}`);
    for (const key of keys) {
      const count = this.#counts.get(key) ?? { right: 0, of: 0 };
      count.of++;
      if (truePositive) count.right++;
      this.#counts.set(key, count);
    }
  }

  /** All features of an incident, from its opening facts and the verdicts so far. */
  read(tenant: string, facts: OpeningFacts): Readings {
    const all = this.#of('all');
    const base = (all.right + 1) / (all.of + 2);
    const rules = facts.rules.slice(0, RULES_COUNTED).map((rule) => {
      const anywhere = this.#of(`rule\0${rule}`);
      const at = this.#of(`here\0${tenant}\0${rule}`);
      const overall = shrunk(anywhere, SHRINK.overall, base);
      return { rule, anywhere, at, overall, here: shrunk(at, SHRINK.here, overall) };
    });
    // The rule that is right most often speaks for the incident: others beside it take nothing away.
    const lead = rules.reduce<(typeof rules)[number] | undefined>(
      (best, each) => (best === undefined || each.here > best.here ? each : best),
      undefined,
    );
    const ours = this.#of(`tenant\0${tenant}`);
    const tenantRate = shrunk(ours, SHRINK.tenant, base);
    return {
      'rule-overall':
        lead === undefined ? silent : told(lead.anywhere, logit(lead.overall) - logit(base), lead.rule),
      'rule-here':
        lead === undefined ? silent : told(lead.at, logit(lead.here) - logit(lead.overall), lead.rule),
      pair: this.#strongest(
        rules.flatMap(({ rule, here }) =>
          facts.entities.slice(0, ENTITIES_COUNTED).map((entity) => ({
            key: `pair\0${tenant}\0${rule}\0${entity}`,
            prior: here,
            subject: entity,
          })),
        ),
        SHRINK.pair,
      ),
      entity: this.#strongest(
        facts.entities.slice(0, ENTITIES_COUNTED).map((entity) => ({
          key: `entity\0${tenant}\0${entity}`,
          prior: tenantRate,
          subject: entity,
        })),
        SHRINK.entity,
      ),
      tenant: told(ours, logit(tenantRate) - logit(base), ''),
      'source-kind': this.#strongest(
        facts.sourceKinds.map((kind) => ({ key: `kind\0${kind}`, prior: base, subject: kind })),
        SHRINK.sourceKind,
      ),
      level: plain(facts.level),
      rarity: plain(Math.min(facts.rarity, 12) / 6),
      criticality: plain(facts.criticality - 1),
      'off-hours': plain(facts.offHours ? 1 : 0),
      rules: plain(Math.log2(Math.max(1, facts.rules.length))),
      techniques: plain(Math.log2(1 + facts.techniques)),
    };
  }

  #of(key: string): Readonly<Count> {
    return this.#counts.get(key) ?? NONE;
  }

  /** The one that moves furthest from what it is shrunk to; the first of equals. */
  #strongest(
    many: readonly { readonly key: string; readonly prior: number; readonly subject: string }[],
    k: number,
  ): Reading {
    let best: Reading = silent;
    for (const { key, prior, subject } of many) {
      const count = this.#of(key);
      if (count.of === 0) continue;
      const value = logit(shrunk(count, k, prior)) - logit(prior);
      if (Math.abs(value) > Math.abs(best.value)) best = told(count, value, subject);
    }
    return best;
  }
}

const silent: Reading = { value: 0, right: null, of: null, subject: '' };

function plain(value: number): Reading {
  return { ...silent, value };
}

function told(count: Readonly<Count>, value: number, subject: string): Reading {
  return count.of === 0
    ? { ...silent, value, subject }
    : { value, right: count.right, of: count.of, subject };
}

function shrunk(count: Readonly<Count>, k: number, prior: number): number {
  return (count.right + k * prior) / (count.of + k);
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}

/** Features of each case as they were when it was opened. */
export interface Example<C extends Case> {
  readonly of: C;
  readonly readings: Readings;
  /** In the order of `RELEVANCE_FEATURES`. */
  readonly values: readonly number[];
}

/**
 * Reads the features of cases, each from the verdicts that had been given before it was opened and from no other.
 *
 * @param judged all verdicts there are, in any order
 */
export function readAsOpened<C extends Case>(
  cases: readonly C[],
  judged: readonly JudgedCase[],
): Example<C>[] {
  const history = new VerdictHistory();
  const decided = [...judged].sort(
    (a, b) => a.decidedAt - b.decidedAt || a.tenant.localeCompare(b.tenant) || a.incident - b.incident,
  );
  let next = 0;
  return [...cases]
    .sort((a, b) => a.openedAt - b.openedAt || a.tenant.localeCompare(b.tenant) || a.incident - b.incident)
    .map((of) => {
      for (; next < decided.length && decided[next]!.decidedAt < of.openedAt; next++)
        history.add(decided[next]!);
      const readings = history.read(of.tenant, of.facts);
      return { of, readings, values: valuesOf(readings) };
    });
}

/** A case's values in the order of `RELEVANCE_FEATURES`. */
export function valuesOf(readings: Readings): number[] {
  return RELEVANCE_FEATURES.map((feature) => readings[feature].value);
}
