import type { RuleAdaptation, RuleDetail } from '@vigie/contracts/api';
import { parseRules, ruleKey, type SelectionNode } from '@vigie/sigma';
import { parsePipeline } from '@vigie/sigma/pipeline/index.ts';
import { type Adaptation, type KnownRule, logsourceText, type RuleSet } from '../detect/index.ts';

type AnyRule = KnownRule['rule'];

/** What people are told of the pipelines and placeholders in force. */
export function describeAdaptation(set: RuleSet, { pipelines, placeholders }: Adaptation): RuleAdaptation {
  const changed = new Map<string, number>();
  const missing = new Map<string, number>();
  for (const { changes, state, problem } of set.rules.values()) {
    for (const name of new Set(changes.map(({ pipeline }) => pipeline)))
      changed.set(name, (changed.get(name) ?? 0) + 1);
    const name =
      state === 'rejected' ? /^the placeholder %(\w+)% has no values$/.exec(problem ?? '')?.[1] : undefined;
    if (name !== undefined) missing.set(name, (missing.get(name) ?? 0) + 1);
  }
  return {
    pipelines: pipelines.map(({ origin, name, text }) => ({
      origin,
      name,
      priority: parsePipeline(text).pipeline?.priority ?? 0,
      text,
      changed: changed.get(name) ?? 0,
    })),
    placeholders: Object.entries(placeholders)
      .map(([name, values]) => ({ name, values: [...values] }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    missing: [...missing].map(([name, rules]) => ({ name, rules })).sort((a, b) => b.rules - a.rules),
  };
}

/** What pipelines and placeholders changed of one rule; null: nothing. */
export function changesOf(known: KnownRule, text: string): RuleDetail['adapted'] {
  const { rule, changes } = known;
  if (changes.length === 0) return null;
  const pipelines: { name: string; steps: { step: string; line: number }[] }[] = [];
  for (const { pipeline, step, line } of changes) {
    const last = pipelines.at(-1);
    if (last?.name === pipeline) last.steps.push({ step, line });
    else pipelines.push({ name: pipeline, steps: [{ step, line }] });
  }
  const written = writtenRule(known, text);
  const before = written === undefined ? new Set<string>() : fieldsOf(written);
  const after = fieldsOf(rule);
  const [from, to] = [written, rule].map((one) => (one?.kind === 'rule' ? logsourceText(one.logsource) : ''));
  return {
    pipelines,
    logsource: written === undefined || from === to ? null : { before: from!, after: to! },
    fields: {
      before: [...before].filter((field) => !after.has(field)),
      after: [...after].filter((field) => !before.has(field)),
    },
  };
}

/** A rule as its text has it, before pipelines and placeholders; undefined: the text does not hold it. */
export function writtenRule({ key }: Pick<KnownRule, 'key'>, text: string): AnyRule | undefined {
  const { rules, correlations } = parseRules(text);
  return [...rules, ...correlations].find((one) => ruleKey(one) === key);
}

function fieldsOf(rule: AnyRule): Set<string> {
  if (rule.kind === 'correlation') return new Set([...rule.correlation.groupBy, ...rule.correlation.fields]);
  const fields = new Set<string>();
  const visit = (node: SelectionNode): void => {
    if (node.type !== 'item') node.items.forEach(visit);
    else if (node.field !== undefined) fields.add(node.field);
  };
  for (const { node } of rule.detection.selections) visit(node);
  return fields;
}
