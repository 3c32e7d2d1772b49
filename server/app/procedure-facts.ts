import type { IncidentSummary } from '@vigie/contracts/api';
import { findRule, type KnownRule, type RuleSet } from '../detect/index.ts';
import type { IncidentFacts } from '../procedures/index.ts';
import type { AttackData } from './attack.ts';

/** Correlations of correlations are followed so far. */
const MAX_DEPTH = 3;

/** What is known of an incident when a procedure is looked for. */
export function factsOfIncident(
  incident: Pick<IncidentSummary, 'level' | 'techniques' | 'entities'>,
  alerts: readonly { readonly ruleId: string; readonly title: string }[],
  set: RuleSet,
  attack: AttackData,
): IncidentFacts {
  const techniques = incident.techniques.map(({ id }) => id);
  const rules = [...new Map(alerts.map(({ ruleId, title }) => [ruleId, { id: ruleId, title }])).values()];
  return {
    level: incident.level,
    rules,
    techniques,
    tactics: tacticsOf(techniques, attack),
    sources: [...new Set(rules.flatMap(({ id }) => productsOf(set.rules.get(id), set)))],
    entities: incident.entities,
  };
}

/** What would be known of an incident that this rule opens. */
export function factsOfRule(known: KnownRule, set: RuleSet, attack: AttackData): IncidentFacts {
  const types = Object.keys(known.content?.entities ?? {}) as IncidentFacts['entities'][number]['type'][];
  return {
    level: known.level,
    rules: [{ id: known.key, title: known.rule.title }],
    techniques: known.techniques,
    tactics: tacticsOf(known.techniques, attack),
    sources: productsOf(known, set),
    entities: types.map((type) => ({ type, value: '' })),
  };
}

function tacticsOf(techniques: readonly string[], attack: AttackData): string[] {
  const wanted = new Set(techniques);
  return [...new Set(attack.list.filter(({ id }) => wanted.has(id)).flatMap(({ tactics }) => tactics))];
}

/** Products of a rule's logsource, or of the rules that a correlation counts. */
function productsOf(known: KnownRule | undefined, set: RuleSet, depth = 0): string[] {
  if (known === undefined || depth > MAX_DEPTH) return [];
  const { rule } = known;
  if (rule.kind === 'rule') return rule.logsource.product === undefined ? [] : [rule.logsource.product];
  return rule.correlation.rules.flatMap((name) => productsOf(findRule(set.rules, name), set, depth + 1));
}
