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
  type SigmaIssue,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import type { PipelineChange } from '@vigie/sigma/pipeline/index.ts';
import { Adapter, NO_ADAPTATION } from './adaptation.ts';
import type { RuleFile } from './rule-file.ts';
import { filtersForTrials, prepareTrial, settleTrials, type TrialRule } from './trial-rule.ts';

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
  /** Steps of pipelines that changed it, in their order. */
  readonly changes: readonly PipelineChange[];
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
  /** Sigma filters among the files, adapted like the rules. */
  readonly filters: readonly SigmaFilter[];
  /**
   * Adapts a text as a file of its origin is.
   *
   * @param ruleId rule that the text is a version of
   */
  adapt(parsed: ParsedRules, ruleId?: string): ParsedRules;
}

/**
 * Parses and compiles rule files. A file that is wrong is reported and never stops the others; of two rules
 * with one id the first stays.
 *
 * @param onError told when a rule throws while matching
 * @param parse for callers that have parsed a file before
 * @param adapter pipelines and placeholders of this installation
 */
export function buildRuleSet(
  files: readonly RuleFile[],
  taxonomy: Taxonomy,
  onError: (ruleId: string, error: unknown) => void,
  parse: (file: RuleFile) => ParsedRules = (file) => parseRules(file.text, { file: file.path }),
  adapter: Adapter = new Adapter(NO_ADAPTATION),
): RuleSet {
  const { texts, originOf, changesOf } = adaptFiles(files, parse, adapter);
  const overridden = new Map<string, KnownRule>();
  const inTest: { readonly file: RuleFile; readonly parsed: ParsedRules }[] = [];
  const rules = new Map<string, KnownRule>();
  const problems: RuleProblem[] = [];
  const detections: SigmaRule[] = [];
  const correlations: SigmaCorrelation[] = [];
  const filters: SigmaFilter[] = [];
  for (const [index, file] of files.entries()) {
    const { parsed, refused } = texts[index]!;
    if (file.version?.state === 'test') {
      inTest.push({ file, parsed });
      continue;
    }
    for (const issue of parsed.errors)
      problems.push({ path: file.path, line: issue.line ?? null, code: issue.code, reason: issue.message });
    filters.push(...parsed.filters);
    for (const rule of [...parsed.rules, ...parsed.correlations, ...refused.keys()]) {
      if (rule.kind === 'filter') continue;
      const known = describe(rule, file, index, problems, changesOf(rule));
      const issue = refused.get(rule);
      if (issue !== undefined) Object.assign(known, { state: 'rejected', problem: issue.message });
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
      if (issue !== undefined) continue;
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
    filters,
    adapt: (text, ruleId) => adapter.adaptText(originOf(ruleId), text),
  };
}

/** A file's documents as they are after adaptation. */
interface AdaptedFile {
  /** With what pipelines refused among its errors. */
  readonly parsed: ParsedRules;
  /** Documents that a pipeline refused, as they were written. */
  readonly refused: ReadonlyMap<SigmaRule | SigmaCorrelation | SigmaFilter, SigmaIssue>;
}

/** Origin of what was written here and lies over no shipped or imported rule. */
const WRITTEN_HERE = 'workshop';

/**
 * Parses files and adapts their documents, those of one origin together. The version of a rule that was imported is
 * adapted as the rule is that it lies over.
 */
function adaptFiles(
  files: readonly RuleFile[],
  parse: (file: RuleFile) => ParsedRules,
  adapter: Adapter,
): {
  texts: readonly AdaptedFile[];
  originOf: (ruleId: string | undefined) => string;
  changesOf: (rule: SigmaRule | SigmaCorrelation) => readonly PipelineChange[];
} {
  const parsed = files.map(parse);
  const origins = new Map<string, string>();
  for (const [index, { origin, version }] of files.entries())
    if (version === undefined)
      for (const rule of [...parsed[index]!.rules, ...parsed[index]!.correlations]) {
        const key = ruleKey(rule);
        if (!origins.has(key)) origins.set(key, origin);
      }
  const originOf = (ruleId: string | undefined) =>
    (ruleId === undefined ? undefined : origins.get(ruleId)) ?? WRITTEN_HERE;
  const groups = new Map<string, number[]>();
  for (const [index, file] of files.entries()) {
    const origin = file.version === undefined ? file.origin : originOf(file.version.ruleId);
    if (!adapter.concerns(origin, file.text)) continue;
    const group = groups.get(origin);
    if (group === undefined) groups.set(origin, [index]);
    else group.push(index);
  }
  const texts: AdaptedFile[] = parsed.map((one) => ({ parsed: one, refused: new Map() }));
  const all = new Map<SigmaRule | SigmaCorrelation | SigmaFilter, readonly PipelineChange[]>();
  for (const [origin, group] of groups) {
    const { made, refused, changes } = adapter.adapt(
      origin,
      group.flatMap((index) => [
        ...parsed[index]!.rules,
        ...parsed[index]!.correlations,
        ...parsed[index]!.filters,
      ]),
    );
    for (const [document, steps] of changes) all.set(document, steps);
    for (const index of group) {
      const one = parsed[index]!;
      const own = new Map(
        [...one.rules, ...one.correlations, ...one.filters].flatMap((document) => {
          const issue = refused.get(document);
          return issue === undefined ? [] : [[document, issue] as const];
        }),
      );
      texts[index] = {
        refused: own,
        parsed: {
          rules: one.rules.flatMap((rule) => (made.get(rule) as SigmaRule | undefined) ?? []),
          correlations: one.correlations.flatMap(
            (rule) => (made.get(rule) as SigmaCorrelation | undefined) ?? [],
          ),
          filters: one.filters.flatMap((filter) => (made.get(filter) as SigmaFilter | undefined) ?? []),
          errors: [...one.errors, ...own.values()],
        },
      };
    }
  }
  return { texts, originOf, changesOf: (rule) => all.get(rule) ?? [] };
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
  changes: readonly PipelineChange[],
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
    changes,
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
