import type { Event } from '@vigie/contracts';
import {
  CorrelationEngine,
  compile,
  type Matcher,
  ruleKey,
  type SigmaCorrelation,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import { findRule, type LiveExceptions, type RuleSet } from '../detect/index.ts';

/** Rules that have to be judged together. */
export interface Involved {
  readonly rules: readonly SigmaRule[];
  readonly correlations: readonly SigmaCorrelation[];
  /** Keys of the correlations that count one of the rules asked for, directly or through others. */
  readonly counting: ReadonlySet<string>;
}

/** Some rules, the correlations that count them, and whatever else these count. */
export function involvedWith(set: RuleSet, keys: Iterable<string>): Involved {
  const wanted = new Set(keys);
  const counting = new Set<string>();
  const counts = (correlation: SigmaCorrelation) =>
    correlation.correlation.rules.some((name) => {
      const named = findRule(set.rules, name);
      return named !== undefined && (wanted.has(named.key) || counting.has(named.key));
    });
  for (let grown = true; grown; ) {
    grown = false;
    for (const correlation of set.correlations) {
      const key = ruleKey(correlation);
      if (counting.has(key) || !counts(correlation)) continue;
      counting.add(key);
      grown = true;
    }
  }
  const rules = new Map<string, SigmaRule>();
  const correlations = new Map<string, SigmaCorrelation>();
  const take = (key: string): void => {
    const rule = set.rules.get(key)?.rule;
    if (rule === undefined || rules.has(key) || correlations.has(key)) return;
    if (rule.kind === 'rule') {
      rules.set(key, rule);
      return;
    }
    correlations.set(key, rule);
    for (const name of rule.correlation.rules) {
      const named = findRule(set.rules, name);
      if (named !== undefined) take(named.key);
    }
  };
  for (const key of [...wanted, ...counting]) take(key);
  return { rules: [...rules.values()], correlations: [...correlations.values()], counting };
}

/** Judges a few events with some of the rules, with and without an exception, to see what it takes away. */
export class Replay {
  readonly #involved: Involved;
  readonly #taxonomy: Taxonomy;
  readonly #matcher: Matcher;

  constructor(involved: Involved, taxonomy: Taxonomy) {
    this.#involved = involved;
    this.#taxonomy = taxonomy;
    this.#matcher = compile(involved.rules, { taxonomy });
  }

  /** Keys of the rules that alert on these events but would not with the exceptions, in no particular order. */
  lost(events: readonly Event[], exceptions: LiveExceptions): string[] {
    const after = this.#fired(events, exceptions);
    return [...this.#fired(events)].filter((key) => !after.has(key));
  }

  /** Whether rules match some of these events, and the exceptions silence every one of those matches. */
  keepsNothing(events: readonly Event[], exceptions: LiveExceptions): boolean {
    let matched = false;
    for (const event of events)
      for (const { rule } of this.#matcher.match(event.fields)) {
        if (!exceptions.silences(rule, event)) return false;
        matched = true;
      }
    return matched;
  }

  #fired(events: readonly Event[], exceptions?: LiveExceptions): Set<string> {
    const { rules, correlations } = this.#involved;
    const engine = new CorrelationEngine(correlations, { rules, taxonomy: this.#taxonomy });
    const fired = new Set<string>();
    let receivedAt = 0;
    const takeCorrelated = (found: ReturnType<CorrelationEngine['flush']>) => {
      for (const match of found)
        if (engine.alertsAlone(match.rule) && exceptions?.silencesCorrelation(match, receivedAt) !== true)
          fired.add(ruleKey(match.rule));
    };
    for (const event of events) {
      const kept = this.#matcher
        .match(event.fields)
        .filter(({ rule }) => exceptions?.silences(rule, event) !== true);
      for (const { rule } of kept) if (engine.alertsAlone(rule)) fired.add(ruleKey(rule));
      receivedAt = event.receivedAt;
      takeCorrelated(
        engine.observe(kept, { id: event.id, time: event.time, fields: event.fields, scope: event.tenant }),
      );
    }
    takeCorrelated(engine.flush());
    return fired;
  }
}
