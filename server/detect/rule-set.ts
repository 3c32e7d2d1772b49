import type { Level } from '@vigie/contracts';
import { parseRuleContent, type RuleContent } from '@vigie/contracts/rule-content';
import {
  compile,
  type Matcher,
  type ParsedRules,
  parseRules,
  ruleKey,
  type SigmaCorrelation,
  type SigmaFilter,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import { filtersForTrials, prepareTrial, settleTrials, type TrialRule } from './trial-rule.ts';

/** A rule file as it was read or imported. */
export interface RuleFile {
  /** `vigie` for the shipped rules, else the name of the import or the folder. */
  readonly origin: string;
  readonly path: string;
  readonly text: string;
  /** The version of a rule that this text is; versions come before all other files. */
  readonly version?: {
    readonly ruleId: string;
    readonly number: number;
    /** `live` takes the place of shipped and imported rules with its ids; `test` judges and alerts nobody. */
    readonly state: 'live' | 'test';
  };
}

/** A rule with what the platform adds to it. */
export interface KnownRule {
  /** What the rule is called in the state and in addresses. */
  readonly key: string;
  readonly rule: SigmaRule | SigmaCorrelation;
  readonly level: Level;
  readonly origin: string;
  readonly path: string;
  /** Index into the files that the set was built from. */
  readonly file: number;
  readonly content: RuleContent | undefined;
  /** ATT&CK technique ids of its tags, upper case. */
  readonly techniques: readonly string[];
  state: 'live' | 'unmapped' | 'rejected';
  problem: string | null;
}

export interface RuleProblem {
  readonly path: string;
  readonly line: number | null;
  readonly code: string;
  readonly reason: string;
}

/** Rules parsed and compiled together, ready to judge events. Immutable but for rules switched on and off. */
export interface RuleSet {
  readonly files: readonly RuleFile[];
  readonly rules: ReadonlyMap<string, KnownRule>;
  readonly matcher: Matcher;
  readonly correlations: readonly SigmaCorrelation[];
  readonly problems: readonly RuleProblem[];
  readonly unmappedLogsources: ReadonlyMap<string, number>;
  /** Rules of files whose place a live version has taken. */
  readonly overridden: ReadonlyMap<string, KnownRule>;
  /** Versions in test. The matcher tells their hits under keys of their own. */
  readonly trials: readonly TrialRule[];
}

/**
 * Parses and compiles rule files. A file that is wrong is reported and never stops the others; of two rules
 * with one id the first stays.
 *
 * @param onError told when a rule throws while matching
 * @param parse for callers that have parsed a file before
 */
export function buildRuleSet(
  files: readonly RuleFile[],
  taxonomy: Taxonomy,
  onError: (ruleId: string, error: unknown) => void,
  parse: (file: RuleFile) => ParsedRules = (file) => parseRules(file.text, { file: file.path }),
): RuleSet {
  const overridden = new Map<string, KnownRule>();
  const inTest: { readonly file: RuleFile; readonly parsed: ParsedRules }[] = [];
  const rules = new Map<string, KnownRule>();
  const problems: RuleProblem[] = [];
  const detections: SigmaRule[] = [];
  const correlations: SigmaCorrelation[] = [];
  const filters: SigmaFilter[] = [];
  for (const [index, file] of files.entries()) {
    const parsed = parse(file);
    if (file.version?.state === 'test') {
      inTest.push({ file, parsed });
      continue;
    }
    for (const issue of parsed.errors)
      problems.push({ path: file.path, line: issue.line ?? null, code: issue.code, reason: issue.message });
    filters.push(...parsed.filters);
    for (const rule of [...parsed.rules, ...parsed.correlations]) {
      const known = describe(rule, file, index, problems);
      const first = rules.get(known.key);
      if (first !== undefined && files[first.file]!.version !== undefined && file.version === undefined) {
        if (!overridden.has(known.key)) overridden.set(known.key, known);
        continue;
      }
      if (first !== undefined) {
        problems.push({
          path: file.path,
          line: rule.line,
          code: 'duplicate_id',
          reason: `${known.key} is also the id of ${first.path}`,
        });
        continue;
      }
      rules.set(known.key, known);
      if (rule.kind === 'rule') detections.push(rule);
      else correlations.push(rule);
    }
  }
  const trials = inTest.map(({ file, parsed }) =>
    prepareTrial(file.version!, parsed, (name) => findRule(rules, name)?.rule),
  );
  const matcher = compile([...detections, ...trials.flatMap(({ clones }) => clones)], {
    taxonomy,
    filters: filtersForTrials(filters, trials),
    onError: (rule, error) => onError(ruleKey(rule), error),
  });
  const inTrial = settleTrials(trials, matcher.report, logsourceText);
  for (const { rule, issue } of matcher.report.rejected) {
    if (inTrial.has(rule)) continue;
    problems.push({
      path: rule.file ?? '',
      line: issue.line ?? null,
      code: issue.code,
      reason: issue.message,
    });
    const known = rules.get(ruleKey(rule));
    if (known?.rule === rule) Object.assign(known, { state: 'rejected', problem: issue.message });
  }
  const unmappedLogsources = new Map<string, number>();
  for (const { rule, logsource } of matcher.report.unmapped) {
    if (inTrial.has(rule)) continue;
    const name = logsourceText(logsource);
    unmappedLogsources.set(name, (unmappedLogsources.get(name) ?? 0) + 1);
    const known = rules.get(ruleKey(rule));
    if (known !== undefined) Object.assign(known, { state: 'unmapped', problem: `no source writes ${name}` });
  }
  return {
    files,
    rules,
    matcher,
    correlations: correlations.filter((c) => usable(c, rules, problems)),
    problems,
    unmappedLogsources,
    overridden,
    trials,
  };
}

/** A correlation can run when each rule it names is there and live. */
function usable(
  correlation: SigmaCorrelation,
  rules: ReadonlyMap<string, KnownRule>,
  problems: RuleProblem[],
): boolean {
  const known = rules.get(ruleKey(correlation))!;
  for (const name of correlation.correlation.rules) {
    const named = findRule(rules, name);
    if (named === undefined) {
      const reason = `the rule "${name}" it counts is not there`;
      problems.push({ path: known.path, line: correlation.line, code: 'rule_unknown', reason });
      Object.assign(known, { state: 'rejected', problem: reason });
      return false;
    }
    if (named.state !== 'live') {
      Object.assign(known, { state: named.state, problem: `the rule "${name}" it counts is ${named.state}` });
      return false;
    }
  }
  return true;
}

/** A rule by the id or name that a correlation calls it by. */
export function findRule(rules: ReadonlyMap<string, KnownRule>, name: string): KnownRule | undefined {
  const byKey = rules.get(name);
  if (byKey !== undefined) return byKey;
  for (const known of rules.values()) if (known.rule.name === name) return known;
  return undefined;
}

function describe(
  rule: SigmaRule | SigmaCorrelation,
  file: RuleFile,
  index: number,
  problems: RuleProblem[],
): KnownRule {
  let content: RuleContent | undefined;
  if (rule.custom['vigie'] !== undefined) {
    try {
      content = parseRuleContent(rule.custom['vigie']);
    } catch (error) {
      // The rule still detects; only its texts fall back to the plain ones.
      problems.push({
        path: file.path,
        line: rule.line,
        code: 'content_invalid',
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
  return {
    key: ruleKey(rule),
    rule,
    level: rule.level ?? 'medium',
    origin: file.origin,
    path: file.path,
    file: index,
    content,
    techniques: rule.tags
      .filter((tag) => /^attack\.t\d{4}(\.\d{3})?$/i.test(tag))
      .map((tag) => tag.slice(7).toUpperCase()),
    state: 'live',
    problem: null,
  };
}

/** A logsource as one line of text. */
export function logsourceText(logsource: {
  readonly product?: string;
  readonly category?: string;
  readonly service?: string;
}): string {
  return (
    [logsource.product, logsource.category, logsource.service]
      .filter((part) => part !== undefined)
      .join(' / ') || 'any'
  );
}
