import {
  type CompileReport,
  type Logsource,
  type ParsedRules,
  ruleKey,
  type SigmaCorrelation,
  type SigmaFilter,
  type SigmaRule,
} from '@vigie/sigma';
import { type AnyRule, unitOf } from './rule-unit.ts';

/**
 * A version of a rule in test, beside the rules in force: its detection rules are compiled with theirs, under
 * keys that no rule in force has, so that one matcher serves both and nobody else hears of its hits.
 */
export interface TrialRule {
  readonly ruleId: string;
  readonly number: number;
  /** The rule under test, undefined where the text holds none. */
  readonly subject: AnyRule | undefined;
  /** Correlations that take part, the subject included. */
  readonly correlations: readonly SigmaCorrelation[];
  /** Key of a hit → the rule it is of: the text's own under their trial keys, those in force under theirs. */
  readonly bases: ReadonlyMap<string, SigmaRule>;
  /** The text's own detection rules under their trial keys. */
  readonly clones: readonly SigmaRule[];
  /** Why it judges nothing. */
  problem: string | null;
}

/** No YAML that people write begins a name so. */
const MARK = '\u0000trial\u0000';

/** Whether a hit is of a version in test. */
export function isTrialKey(key: string): boolean {
  return key.startsWith(MARK);
}

/** @param find a rule in force by id or name */
export function prepareTrial(
  { ruleId, number }: { readonly ruleId: string; readonly number: number },
  parsed: ParsedRules,
  find: (name: string) => AnyRule | undefined,
): TrialRule {
  const unit = unitOf(parsed, find, ruleId);
  const bases = new Map<string, SigmaRule>();
  const clones: SigmaRule[] = [];
  const own = new Set<AnyRule>(parsed.rules);
  for (const rule of unit?.rules ?? []) {
    if (!own.has(rule)) {
      bases.set(ruleKey(rule), rule);
      continue;
    }
    const { name: _, ...rest } = rule;
    const clone = { ...rest, id: `${MARK}${ruleId}\u0000${number}\u0000${ruleKey(rule)}` };
    clones.push(clone);
    bases.set(clone.id, rule);
  }
  const error = parsed.errors[0];
  const missing = unit?.missing[0];
  return {
    ruleId,
    number,
    subject: unit?.subject,
    correlations: unit?.correlations ?? [],
    bases,
    clones,
    problem:
      error !== undefined
        ? `${error.line === undefined ? '' : `line ${error.line}: `}${error.message}`
        : unit === undefined
          ? 'the text holds no rule'
          : missing !== undefined
            ? `the rule "${missing.name}" it counts is not there`
            : null,
  };
}

/** The filters in force, which silence versions in test as they would if these were live. */
export function filtersForTrials(
  filters: readonly SigmaFilter[],
  trials: readonly TrialRule[],
): readonly SigmaFilter[] {
  if (trials.length === 0) return filters;
  return filters.map((filter) => {
    if (filter.rules === 'any') return filter;
    const meant = trials.flatMap(({ clones, bases }) =>
      clones.flatMap(({ id }) => {
        const rule = bases.get(id!)!;
        const named = [rule.id, rule.name].some((name) => name !== undefined && filter.rules.includes(name));
        return named ? [id!] : [];
      }),
    );
    return meant.length === 0 ? filter : { ...filter, rules: [...filter.rules, ...meant] };
  });
}

/**
 * Notes which trials could not be compiled.
 *
 * @returns all rules of trials, which are none of the rules in force
 */
export function settleTrials(
  trials: readonly TrialRule[],
  report: CompileReport,
  logsourceText: (logsource: Logsource) => string,
): ReadonlySet<SigmaRule> {
  const trialOf = new Map(trials.flatMap((trial) => trial.clones.map((clone) => [clone, trial] as const)));
  for (const { rule, issue } of report.rejected) {
    const trial = trialOf.get(rule);
    if (trial !== undefined) trial.problem ??= issue.message;
  }
  for (const { rule, logsource } of report.unmapped) {
    const trial = trialOf.get(rule);
    if (trial !== undefined) trial.problem ??= `no source writes ${logsourceText(logsource)}`;
  }
  return new Set(trialOf.keys());
}
