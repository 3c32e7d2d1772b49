import { flatten } from '@vigie/contracts';
import { CorrelationEngine, ruleKey, type SigmaCorrelation } from '@vigie/sigma';
import type { ScanRules } from './rules.ts';
import type { DetectionStore, Kept } from './store.ts';

/** A correlation that was fulfilled. */
export interface Joined {
  readonly rule: SigmaCorrelation;
  readonly time: number;
  readonly group: readonly { readonly field: string; readonly value: string }[];
  readonly count: number;
  /** The events, oldest first; at most 100, the last ones. */
  readonly events: readonly { readonly kept: Kept; readonly rule: string }[];
}

/**
 * Correlates matches in the order of their time, which is why it is done when all files are read: a folder
 * of logs comes in any order.
 *
 * @param kept matches in the order of time
 */
export function correlate(
  rules: ScanRules,
  kept: readonly Kept[],
  store: DetectionStore,
): { joined: Joined[]; silent: ReadonlySet<number>; problems: string[] } {
  const engine = new CorrelationEngine(rules.correlations, { rules: rules.rules, taxonomy: rules.taxonomy });
  const problems = engine.rejected.map(({ rule, issue }) => `${rule.file ?? rule.title}: ${issue.message}`);
  const silent = new Set<number>();
  const feeding = feedingRules(rules);
  for (const [number, rule] of rules.rules.entries()) if (!engine.alertsAlone(rule)) silent.add(number);
  const joined: Joined[] = [];
  const take = (matches: ReturnType<CorrelationEngine['flush']>): void => {
    for (const { rule, time, group, eventCount, events } of matches) {
      if (!engine.alertsAlone(rule)) continue;
      const own = events.flatMap(({ id, rule: by }) => eventsOf(id, by));
      joined.push({ rule, time, group, count: eventCount, events: own });
    }
  };
  /** Events by id; those of a chained correlation's match are the ones it joins. */
  const byId = new Map<string, { kept: Kept; rule: string }[]>();
  const eventsOf = (id: string, by: string): { kept: Kept; rule: string }[] =>
    byId.get(id) ?? [{ kept: kept[Number(id)]!, rule: by }];
  for (let i = 0; i < kept.length; ) {
    // Matches of the same event are one observation.
    const first = kept[i]!;
    let end = i + 1;
    while (end < kept.length && sameEvent(kept[end]!, first)) end++;
    const own = kept.slice(i, end).filter(({ rule }) => feeding.has(rule));
    if (own.length > 0) {
      const matches = engine.observe(
        own.map(({ rule }) => ({ rule: rules.rules[rule]! })),
        { id: String(i), time: first.time, fields: eventFields(store.body(own[0]!)) },
      );
      for (const match of matches)
        byId.set(
          match.key,
          match.events.flatMap(({ id, rule }) => eventsOf(id, rule)),
        );
      take(matches);
    }
    i = end;
  }
  take(engine.flush());
  const { evictedGroups, evictedEvents } = engine.stats;
  if (evictedGroups > 0)
    problems.push(`${evictedGroups} groups of correlations were given up: too many at once`);
  if (evictedEvents > 0)
    problems.push(`${evictedEvents} events of correlations were given up: too many in a group`);
  return { joined, silent, problems };
}

function sameEvent(a: Kept, b: Kept): boolean {
  return a.unit === b.unit && a.record === b.record && a.time === b.time;
}

/** The rules that correlations build on, by index. */
export function feedingRules(rules: ScanRules): ReadonlySet<number> {
  const names = new Set(rules.correlations.flatMap(({ correlation }) => correlation.rules));
  return new Set(
    [...rules.rules.entries()]
      .filter(([, rule]) =>
        [ruleKey(rule), rule.id, rule.name].some((own) => own !== undefined && names.has(own)),
      )
      .map(([number]) => number),
  );
}

function eventFields(body: string) {
  return flatten((JSON.parse(`{${body}}`) as { event: object }).event);
}
