import type { SigmaCorrelation, SigmaRule } from '../ast.ts';
import type { SigmaIssue } from '../issue.ts';
import { ruleKey } from '../matcher.ts';
import { isDecidedAtOnce } from './aggregate.ts';

/** A correlation whose references are resolved. */
export interface CompiledCorrelation {
  readonly rule: SigmaCorrelation;
  readonly key: string;
  /** Fingerprint of what state depends on. */
  readonly definition: string;
  /** Base rule or correlation, in the order of the rule's list. */
  readonly bases: readonly (SigmaRule | SigmaCorrelation)[];
  readonly atOnce: boolean;
}

/** Resolves references, refuses unknown ones and cycles. */
export function compileCorrelations(
  correlations: readonly SigmaCorrelation[],
  rules: readonly SigmaRule[],
): { compiled: CompiledCorrelation[]; rejected: { rule: SigmaCorrelation; issue: SigmaIssue }[] } {
  const named = new Map<string, SigmaRule | SigmaCorrelation>();
  for (const rule of [...rules, ...correlations]) {
    for (const name of [rule.id, rule.name])
      if (name !== undefined && !named.has(name)) named.set(name, rule);
  }
  const compiled = new Map<SigmaCorrelation, CompiledCorrelation>();
  const failed = new Map<SigmaCorrelation, SigmaIssue>();
  const visit = (rule: SigmaCorrelation, path: readonly SigmaCorrelation[]): SigmaIssue | undefined => {
    if (compiled.has(rule)) return undefined;
    const at = { ...(rule.file === undefined ? {} : { file: rule.file }), line: rule.line };
    const fail = (code: SigmaIssue['code'], message: string): SigmaIssue => ({ ...at, code, message });
    if (path.includes(rule)) return fail('correlation_cycle', 'the correlation refers to itself');
    const bases: (SigmaRule | SigmaCorrelation)[] = [];
    for (const name of rule.correlation.rules) {
      const base = named.get(name);
      if (!base) return fail('rule_unknown', `there is no rule ${JSON.stringify(name)}`);
      if (base.kind === 'correlation') {
        const issue = failed.get(base) ?? visit(base, [...path, rule]);
        if (issue) return fail(issue.code, `${name}: ${issue.message}`);
      }
      bases.push(base);
    }
    const lack = missingAlias(rule, bases);
    if (lack !== undefined) return fail('attribute_value', lack);
    const { type, range, expression } = rule.correlation;
    const all = range.gte === rule.correlation.rules.length && Object.keys(range).length === 1;
    if (
      type === 'temporal_ordered' &&
      ((Object.keys(range).length > 0 && !all) || (expression && !isConjunction(expression.node)))
    )
      return fail('attribute_value', 'temporal_ordered takes no condition but all of its rules');
    const definition = JSON.stringify(rule.correlation);
    compiled.set(rule, { rule, key: ruleKey(rule), definition, bases, atOnce: isDecidedAtOnce(rule) });
    return undefined;
  };
  for (const rule of correlations) {
    const issue = visit(rule, []);
    if (issue) failed.set(rule, issue);
  }
  return {
    compiled: [...compiled.values()],
    rejected: [...failed].map(([rule, issue]) => ({ rule, issue })),
  };
}

/** What is wrong with the aliases: one that names no rule of the list, or leaves one out that is to be grouped. */
function missingAlias(
  { correlation }: SigmaCorrelation,
  bases: readonly (SigmaRule | SigmaCorrelation)[],
): string | undefined {
  const namesOf = (base: SigmaRule | SigmaCorrelation, index: number) => [
    base.id,
    base.name,
    correlation.rules[index],
  ];
  for (const { name, fields } of correlation.aliases) {
    for (const { rule } of fields)
      if (!bases.some((base, index) => namesOf(base, index).includes(rule)))
        return `the alias ${name} names ${rule}, which is not among the rules`;
    if (!correlation.groupBy.includes(name)) continue;
    const without = bases.findIndex(
      (base, index) => !fields.some(({ rule }) => namesOf(base, index).includes(rule)),
    );
    if (without >= 0) return `the alias ${name} names no field of ${correlation.rules[without]}`;
  }
  return undefined;
}

function isConjunction(node: NonNullable<SigmaCorrelation['correlation']['expression']>['node']): boolean {
  return node.op === 'ref' || (node.op === 'and' && node.items.every(isConjunction));
}
