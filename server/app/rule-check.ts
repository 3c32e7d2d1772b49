import { randomUUID } from 'node:crypto';
import type { RuleCheck, RuleIssue } from '@vigie/contracts/api';
import { RuleContent } from '@vigie/contracts/rule-content.ts';
import { CorrelationEngine, compile, parseRules, ruleKey, type Taxonomy } from '@vigie/sigma';
import { type LintOptions, lintAdapted, lintFile } from '@vigie/sigma/lint/index.ts';
import { readYaml } from '@vigie/sigma/yaml.ts';
import {
  type AnyRule,
  findRule,
  type KnownRule,
  type RuleSet,
  type RuleUnit,
  unitOf,
  wordsOf,
} from '../detect/index.ts';
import type { AttackNames } from './attack.ts';
import { readCases, runCases } from './rule-cases.ts';

/** Issues told of one text; more help nobody. */
const MAX_ISSUES = 500;

export interface RuleCheckerOptions {
  readonly taxonomy: Taxonomy;
  readonly attack: AttackNames;
  /** The rules in force. */
  readonly set: () => RuleSet;
  /** Folder of the installation, which samples are relative to. */
  readonly installation: string;
}

/** A text to check. */
export interface RuleText {
  /** The rule it is a version of; undefined: a new one. */
  readonly id?: string | undefined;
  readonly text: string;
  /** Undefined: the cases are not run. */
  readonly cases?: string | undefined;
}

/** Says what stands between the text of a rule and the live stream. */
export class RuleChecker {
  readonly #options: RuleCheckerOptions;
  readonly #lint: LintOptions;
  /** Checks run one after the other: they share a thread with the live stream. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: RuleCheckerOptions) {
    this.#options = options;
    this.#lint = {
      taxonomy: options.taxonomy,
      attack: {
        techniques: new Set([...options.attack.techniques.keys()].map((id) => id.toLowerCase())),
        tactics: new Set(options.attack.tactics.keys()),
        asOf: options.attack.asOf,
      },
      custom: { vigie: contentProblems },
      newId: randomUUID,
    };
  }

  /** Checks a text: syntax, specification, what it refers to, compilation, and its cases. */
  check(text: RuleText): Promise<RuleCheck> {
    const next = this.#last.then(() => this.#check(text));
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** The rule of a text with all it needs; undefined when there is none. */
  unit(text: string, id?: string): RuleUnit | undefined {
    return unitOf(
      this.#options.set().adapt(parseRules(text), id),
      (name) => findRule(this.#options.set().rules, name)?.rule,
      id,
    );
  }

  async #check({ id, text, cases }: RuleText): Promise<RuleCheck> {
    const started = performance.now();
    const { taxonomy, set, installation } = this.#options;
    const took = () => Math.round((performance.now() - started) * 10) / 10;
    // What can't be read is read only once: reading is what a hostile text makes dear.
    const unreadable = readYaml(text).issues;
    if (unreadable.length > 0)
      return {
        ok: false,
        issues: unreadable.slice(0, MAX_ISSUES).map(({ line = 1, column = 1, code, message }) => ({
          line,
          column,
          severity: 'error',
          code,
          message,
        })),
        caseIssues: [],
        cases: null,
        subject: null,
        tookMs: took(),
      };
    const written = parseRules(text);
    const parsed = set().adapt(written, id);
    const adapted = parsed.rules.filter((rule) => !written.rules.includes(rule));
    const linted =
      adapted.length === 0
        ? lintFile({ path: 'rule.yml', text }, this.#lint)
        : [
            ...lintFile({ path: 'rule.yml', text }, { ...this.#lint, taxonomy: undefined }),
            ...lintAdapted(adapted, taxonomy),
          ];
    const issues: RuleIssue[] = linted.map(({ line, column, severity, code, message, fix }) => ({
      line,
      column,
      severity,
      code,
      message,
      ...(fix === undefined ? {} : { fix: { ...fix, edits: [...fix.edits] } }),
    }));
    const find = (name: string) => findRule(set().rules, name)?.rule;
    const unit = unitOf(parsed, find, id);
    const error = (line: number, code: string, message: string) => {
      if (!issues.some((one) => one.line === line && one.code === code && one.severity === 'error'))
        issues.push({ line, column: 1, severity: 'error', code, message });
    };
    for (const { line, code, message } of parsed.errors)
      if (code === 'pipeline') error(line ?? 1, code, message);
    for (const filter of parsed.filters)
      error(
        filter.line,
        'filter_here',
        'a filter is an exception, and is kept as one; take it out of the rule',
      );
    if (unit === undefined) {
      if (parsed.errors.length === 0) error(1, 'rule_missing', 'the text holds no rule');
    } else {
      this.#checkPlace(unit, id, error);
      compileProblems(unit, taxonomy, error);
    }
    const broken = issues.some(({ severity }) => severity === 'error');
    const read = cases === undefined ? undefined : readCases(cases);
    const results =
      read === undefined || read.issues.length > 0 || broken || unit === undefined
        ? null
        : await runCases(read, unit, taxonomy, installation);
    issues.sort((a, b) => a.line - b.line || a.column - b.column);
    return {
      ok: !broken && (read?.issues.length ?? 0) === 0 && (results ?? []).every(({ passed }) => passed),
      issues: issues.slice(0, MAX_ISSUES),
      caseIssues: [...(read?.issues ?? [])],
      cases: results,
      subject:
        unit === undefined
          ? null
          : {
              id: ruleKey(unit.subject),
              title: unit.subject.title,
              kind: unit.subject.kind === 'rule' ? 'rule' : 'correlation',
              level: unit.subject.level ?? 'medium',
              words: wordsOf(unit.subject, taxonomy, (name) => named(unit, name) ?? find(name)),
            },
      tookMs: took(),
    };
  }

  /** Whether the rule has its place among the others: its id, its name, and what it and others refer to. */
  #checkPlace(
    unit: RuleUnit,
    id: string | undefined,
    error: (line: number, code: string, message: string) => void,
  ): void {
    const { subject, others, unused, missing } = unit;
    const { rules } = this.#options.set();
    if (subject.id === undefined && (id === undefined || ruleKey(subject) !== id))
      error(subject.line, 'id_missing', 'a rule that is kept here needs an id');
    if (id !== undefined && ruleKey(subject) !== id)
      error(
        subject.line,
        'id_changed',
        `this is the rule ${id}; another id is another rule (related: type: derived names where it came from)`,
      );
    for (const rule of unused)
      error(
        rule.line,
        'rule_extra',
        `"${rule.title}" is a rule of its own; only rules that this one counts can stand beside it`,
      );
    for (const { name, by } of missing)
      error(by.line, 'rule_unknown', `there is no rule with the id or name ${JSON.stringify(name)}`);
    for (const rule of [subject, ...others]) {
      if (rule !== subject && rule.id === undefined)
        error(rule.line, 'id_missing', 'a rule that is kept here needs an id');
      const known = rules.get(ruleKey(rule));
      if (rule !== subject && known !== undefined && !this.#together(known, subject))
        error(
          rule.line,
          'duplicate_id',
          `"${known.rule.title}" has this id and is kept by itself; leave it out and refer to it`,
        );
      const { name } = rule;
      const other = name === undefined ? undefined : findRule(rules, name);
      if (other !== undefined && other.key !== ruleKey(rule))
        error(
          rule.line,
          'duplicate_name',
          `"${other.rule.title}" has the name ${JSON.stringify(name)} already`,
        );
    }
    for (const { rule, lost } of this.dependents(ruleKey(subject), subject))
      error(
        subject.line,
        'rule_needed',
        `"${rule.title}" counts this rule by the name ${JSON.stringify(lost)}`,
      );
  }

  /** Whether a rule in force comes from the same text as another one, so that one version replaces both. */
  #together(known: KnownRule, subject: AnyRule): boolean {
    const { rules, overridden, files } = this.#options.set();
    const key = ruleKey(subject);
    const version = files[known.file]?.version;
    if (version !== undefined) return version.ruleId === key;
    return (overridden.get(key) ?? rules.get(key))?.file === known.file;
  }

  /**
   * Correlations in force that could not count a rule any more.
   *
   * @param next the rule as it will be; undefined: it goes
   */
  dependents(key: string, next: AnyRule | undefined): { readonly rule: AnyRule; readonly lost: string }[] {
    const { rules, correlations } = this.#options.set();
    const names = next === undefined ? [] : [next.id, next.name];
    return correlations.flatMap((rule) => {
      if (ruleKey(rule) === key) return [];
      const lost = rule.correlation.rules.find(
        (name) => findRule(rules, name)?.key === key && !names.includes(name),
      );
      return lost === undefined ? [] : [{ rule, lost }];
    });
  }
}

function named(unit: RuleUnit, name: string): AnyRule | undefined {
  return [...unit.rules, ...unit.correlations].find((rule) => rule.id === name || rule.name === name);
}

/** What only shows when the rule is compiled with all it needs. */
function compileProblems(
  unit: RuleUnit,
  taxonomy: Taxonomy,
  error: (line: number, code: string, message: string) => void,
): void {
  const { report } = compile(unit.rules, { taxonomy });
  for (const { rule, issue } of report.rejected) error(issue.line ?? rule.line, issue.code, issue.message);
  if (unit.correlations.length === 0 || unit.missing.length > 0) return;
  const { rejected } = new CorrelationEngine(unit.correlations, { rules: unit.rules, taxonomy });
  for (const { rule, issue } of rejected) error(issue.line ?? rule.line, issue.code, issue.message);
}

function contentProblems(value: unknown): { path: (string | number)[]; message: string }[] {
  const result = RuleContent.safeParse(value);
  if (result.success) return [];
  return result.error.issues.map(({ path, message }) => ({
    path: path.map((step) => (typeof step === 'number' ? step : String(step))),
    message,
  }));
}
