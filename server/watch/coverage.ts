/**
 * Which rules a technology feeds, and so what a tenant's rules can see. What a rule asks of an event beyond its
 * logsource is not looked at: a rule is fed when documents that the technology writes can be of its logsource.
 */

/** A rule in force, as coverage sees it. */
export interface CoverageRule {
  readonly id: string;
  readonly title: string;
  readonly level: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  readonly logsource: string;
  readonly techniques: readonly string[];
  /** Datasets (`event.dataset`) of which one is enough; where there are several groups, each needs one. */
  readonly needs: readonly ReadonlySet<string>[];
}

/** A dataset that a tenant sends. */
export interface SentDataset {
  readonly id: string;
  readonly degraded: { readonly reason: string; readonly since: number } | null;
}

export type RuleState = 'covered' | 'degraded' | 'uncovered';

/** A rule at a tenant. */
export interface RuleCoverage {
  readonly state: RuleState;
  readonly reason: string | null;
  readonly since: number | null;
}

/** Whether a rule can fire at a tenant that sends these datasets. */
export function ruleState(rule: CoverageRule, sent: ReadonlyMap<string, SentDataset>): RuleCoverage {
  let worst: SentDataset['degraded'] = null;
  for (const group of rule.needs) {
    let found = false;
    let well = false;
    let latest: SentDataset['degraded'] = null;
    for (const id of group) {
      const dataset = sent.get(id);
      if (dataset === undefined) continue;
      found = true;
      if (dataset.degraded === null) {
        well = true;
        break;
      }
      if (latest === null || dataset.degraded.since > latest.since) latest = dataset.degraded;
    }
    if (!found) return { state: 'uncovered', reason: null, since: null };
    if (!well && latest !== null && (worst === null || latest.since > worst.since)) worst = latest;
  }
  if (rule.needs.length === 0) return { state: 'uncovered', reason: null, since: null };
  return worst === null
    ? { state: 'covered', reason: null, since: null }
    : { state: 'degraded', reason: worst.reason, since: worst.since };
}

/** What a technology would add at a tenant. */
export interface Addition {
  readonly id: string;
  readonly rules: number;
  readonly techniques: readonly string[];
}

/**
 * Ranks the technologies that a tenant does not send by what they would add: first techniques that nothing covers
 * yet, then rules.
 */
export function rankMissing(
  rules: readonly CoverageRule[],
  sent: ReadonlyMap<string, SentDataset>,
  technologyOf: (dataset: string) => string | undefined,
): Addition[] {
  const present = new Set([...sent.keys()].map(technologyOf));
  const covered = new Set<string>();
  const open: CoverageRule[] = [];
  for (const rule of rules)
    if (ruleState(rule, sent).state === 'uncovered') open.push(rule);
    else for (const technique of rule.techniques) covered.add(technique);
  const additions = new Map<string, { rules: number; techniques: Set<string> }>();
  for (const rule of open) {
    // One technology must be all that is wanting.
    const wanting = rule.needs
      .filter((group) => ![...group].some((id) => sent.has(id)))
      .map((group) => new Set([...group].map(technologyOf)));
    for (const id of wanting[0] ?? []) {
      if (id === undefined || present.has(id) || !wanting.every((group) => group.has(id))) continue;
      let addition = additions.get(id);
      if (addition === undefined) {
        addition = { rules: 0, techniques: new Set() };
        additions.set(id, addition);
      }
      addition.rules++;
      for (const technique of rule.techniques)
        if (!covered.has(technique)) addition.techniques.add(technique);
    }
  }
  return [...additions]
    .map(([id, { rules, techniques }]) => ({ id, rules, techniques: [...techniques].sort() }))
    .sort((a, b) => b.techniques.length - a.techniques.length || b.rules - a.rules || (a.id < b.id ? -1 : 1));
}
