import type { EcsFields, MatchedField } from '@vigie/contracts';
import type { Detection, Logsource, SigmaFilter, SigmaRule } from './ast.ts';
import { EventView } from './compile/event-view.ts';
import {
  compileDetection,
  type Expression,
  evaluate,
  type FieldResolver,
  PredicateTable,
} from './compile/expression.ts';
import { estimateFrequencies } from './compile/frequency.ts';
import { LogsourceTree } from './compile/logsource-tree.ts';
import { PlaceholderError, type Placeholders, resolvePlaceholders } from './compile/placeholders.ts';
import { Candidates, Plan } from './compile/plan.ts';
import type { FieldRef } from './compile/predicate.ts';
import { Programs } from './compile/program.ts';
import { findWitnesses, type Witness } from './compile/witness.ts';
import { filtersFor } from './filters.ts';
import type { SigmaIssue } from './issue.ts';
import { matchedFields } from './matched-fields.ts';
import {
  IDENTITY_TAXONOMY,
  type ResolvedLogsource,
  resolveField,
  resolveLogsource,
  type Taxonomy,
} from './taxonomy.ts';
import type { EventFields } from './values.ts';

export interface CompileOptions {
  /** Default: {@link IDENTITY_TAXONOMY}. */
  readonly taxonomy?: Taxonomy;
  readonly placeholders?: Placeholders;
  /** Filters are applied to the rules they name. */
  readonly filters?: readonly SigmaFilter[];
  /** The caller gives only events that belong to the logsources of all these rules: they are not looked up. */
  readonly sorted?: boolean;
  /** Called when a rule throws while matching; the other rules go on. */
  readonly onError?: (rule: SigmaRule, error: unknown) => void;
}

/** What became of a rule set. */
export interface CompileReport {
  /** Rules that can fire. */
  readonly loaded: number;
  readonly rejected: readonly { readonly rule: SigmaRule; readonly issue: SigmaIssue }[];
  /** Rules whose logsource the taxonomy does not know: correct, but nothing can reach them. */
  readonly unmapped: readonly { readonly rule: SigmaRule; readonly logsource: Logsource }[];
  /** Loaded rules without a witness: they are evaluated on every event of their logsource. */
  readonly unindexed: number;
}

/** One rule that matched one event. */
export interface RuleMatch {
  readonly rule: SigmaRule;
  /** The fields that made it match; computed when first asked for. */
  readonly matched: readonly MatchedField[];
}

interface CompiledRule {
  readonly rule: SigmaRule;
  readonly detection: Detection;
  readonly filters: readonly Detection[];
  readonly expression: Expression;
  /** Where its program begins; undefined: the expression is walked. */
  readonly program: number | undefined;
  readonly logsource: number;
  witnesses: readonly Witness[] | undefined;
}

const NO_MATCHES: readonly RuleMatch[] = Object.freeze([]);

/** The name by which a rule is referred to and its state kept: its id, or else its name or title. */
export function ruleKey(rule: {
  readonly id?: string;
  readonly name?: string;
  readonly title: string;
}): string {
  return rule.id ?? rule.name ?? rule.title;
}

/**
 * Compiles rules for matching.
 *
 * Fields and logsources are resolved here; matching itself only looks up event fields by their names.
 */
export function compile(rules: readonly SigmaRule[], options: CompileOptions = {}): Matcher {
  return new Matcher(rules, options);
}

/**
 * A compiled rule set. It keeps per-event scratch memory, so one instance serves one thread; a call to
 * {@link match} is finished before the next begins.
 */
export class Matcher {
  readonly report: CompileReport;
  readonly taxonomy: Taxonomy;
  /** Times a rule threw while matching, by rule key. */
  readonly failures = new Map<string, number>();
  private readonly view = new EventView();
  private readonly table = new PredicateTable();
  private readonly programs = new Programs(this.table);
  private readonly compiled: CompiledRule[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly enabled: Uint8Array;
  private readonly candidates: Candidates;
  /** Finds the plan of an event. */
  private readonly planOf: (fields: EventFields) => Plan;
  private readonly onError: CompileOptions['onError'];

  constructor(rules: readonly SigmaRule[], options: CompileOptions) {
    this.taxonomy = options.taxonomy ?? IDENTITY_TAXONOMY;
    this.onError = options.onError;
    const rejected: { rule: SigmaRule; issue: SigmaIssue }[] = [];
    const unmapped: { rule: SigmaRule; logsource: Logsource }[] = [];
    const logsources = new LogsourceNumbers(this.taxonomy);
    for (const rule of rules) {
      const issue = this.add(rule, options, logsources);
      if (issue === 'unmapped') unmapped.push({ rule, logsource: rule.logsource });
      else if (issue) rejected.push({ rule, issue });
    }
    this.table.seal();
    const unindexed = this.chooseWitnesses();
    this.report = { loaded: this.compiled.length, rejected, unmapped, unindexed };
    this.enabled = new Uint8Array(this.compiled.length).fill(1);
    this.candidates = new Candidates(this.compiled.length);
    if (options.sorted === true) {
      const all = this.plan([...logsources.resolved.keys()]);
      this.planOf = () => all;
    } else {
      const tree = new LogsourceTree(logsources.resolved, (members) => this.plan(members));
      this.planOf = (fields) => tree.find(fields);
    }
  }

  /** The rules that can fire, in the order given. */
  get rules(): readonly SigmaRule[] {
    return this.compiled.map(({ rule }) => rule);
  }

  /** Rules an event of this kind is held against before the index; for reports. */
  planSize(fields: EventFields): { rules: number; states: number } {
    const plan = this.planOf(fields);
    return { rules: plan.rules, states: plan.states };
  }

  /**
   * Matches one event.
   *
   * @param fields flat event; it must not be changed before the matches' `matched` has been read
   * @returns the rules that match, in the order of the rule set
   */
  match(fields: EventFields): readonly RuleMatch[] {
    const plan = this.planOf(fields);
    if (plan.rules === 0) return NO_MATCHES;
    const { view, candidates } = this;
    view.start(fields);
    candidates.start();
    plan.collect(view, candidates);
    let hits: number[] | undefined;
    for (let i = 0; i < candidates.count; i++) {
      const number = candidates.list[i]!;
      if (this.enabled[number] === 0) continue;
      try {
        if (this.holds(this.compiled[number]!)) {
          if (hits) hits.push(number);
          else hits = [number];
        }
      } catch (error) {
        this.countFailure(this.compiled[number]!.rule, error);
      }
    }
    if (!hits) return NO_MATCHES;
    hits.sort((a, b) => a - b);
    return hits.map((number) => new Match(this.compiled[number]!, this.taxonomy, fields));
  }

  private holds({ program, expression }: CompiledRule): boolean {
    return program === undefined
      ? evaluate(expression, this.table, this.view)
      : this.programs.run(program, this.view);
  }

  /** How many candidates the index leaves for an event; for measurements. */
  countCandidates(fields: EventFields): number {
    this.view.start(fields);
    this.candidates.start();
    this.planOf(fields).collect(this.view, this.candidates);
    return this.candidates.count;
  }

  /** Switches a rule on or off; false if there is no such rule. */
  setEnabled(key: string, enabled: boolean): boolean {
    const number = this.byKey.get(key);
    if (number === undefined) return false;
    this.enabled[number] = enabled ? 1 : 0;
    return true;
  }

  isEnabled(key: string): boolean {
    const number = this.byKey.get(key);
    return number !== undefined && this.enabled[number] === 1;
  }

  private add(
    rule: SigmaRule,
    options: CompileOptions,
    logsources: LogsourceNumbers,
  ): SigmaIssue | 'unmapped' | undefined {
    const key = ruleKey(rule);
    const at = { ...(rule.file === undefined ? {} : { file: rule.file }), line: rule.line };
    const known = this.byKey.get(key);
    if (known !== undefined) {
      const first = this.compiled[known]!.rule;
      return {
        ...at,
        code: 'duplicate_id',
        message: `${key} is also the id of ${first.file ?? first.title}`,
      };
    }
    const logsource = logsources.numberOf(rule.logsource);
    if (logsource === undefined) return 'unmapped';
    try {
      const placeholders = options.placeholders ?? {};
      const detection = resolvePlaceholders(rule.detection, placeholders);
      const filters = filtersFor(rule, options.filters ?? []).map((filter) =>
        resolvePlaceholders(filter.detection, placeholders),
      );
      const resolve = this.resolver(rule.logsource);
      const own = compileDetection(detection, this.table, resolve);
      // https://sigmahq.io/docs/meta/filters.html: `(rule) and (filter)`; an exclusion negates for itself.
      const kept = filters.map((filter) => compileDetection(filter, this.table, resolve));
      const expression: Expression = kept.length === 0 ? own : { op: 'and', items: [own, ...kept] };
      this.byKey.set(key, this.compiled.length);
      const program = this.programs.add(expression);
      this.compiled.push({ rule, detection, filters, expression, program, logsource, witnesses: undefined });
      return undefined;
    } catch (error) {
      if (!(error instanceof PlaceholderError)) throw error;
      return { ...at, code: 'placeholder_unresolved', message: error.message };
    }
  }

  private resolver(logsource: Logsource): FieldResolver {
    return (field) => {
      if (field === undefined) {
        const slots = (this.taxonomy.keywords ?? []).map((name) => this.view.slot(name));
        return { ref: { key: '\u0000keywords', slots, any: true, keywords: true } };
      }
      const resolved = resolveField(this.taxonomy, logsource, field);
      const slots = resolved.candidates.map((name) => this.view.slot(name));
      const ref: FieldRef = {
        key: `${resolved.any ? 'any' : 'first'}:${slots.join()}`,
        slots,
        any: resolved.any,
      };
      return { ref, resolved };
    };
  }

  private chooseWitnesses(): number {
    const estimate = estimateFrequencies(this.compiled.map(({ expression }) => expression));
    let unindexed = 0;
    for (const rule of this.compiled) {
      rule.witnesses = findWitnesses(rule.expression, estimate);
      if (!rule.witnesses) unindexed++;
    }
    return unindexed;
  }

  private plan(members: readonly number[]): Plan {
    const wanted = new Set(members);
    const indexed = this.compiled.flatMap(({ logsource, witnesses }, number) =>
      wanted.has(logsource) ? [{ number, witnesses }] : [],
    );
    return new Plan(indexed);
  }

  private countFailure(rule: SigmaRule, error: unknown): void {
    const key = ruleKey(rule);
    this.failures.set(key, (this.failures.get(key) ?? 0) + 1);
    this.onError?.(rule, error);
  }
}

class Match implements RuleMatch {
  readonly rule: SigmaRule;
  private readonly compiled: CompiledRule;
  private readonly taxonomy: Taxonomy;
  private readonly fields: EcsFields;
  private found: readonly MatchedField[] | undefined;

  constructor(compiled: CompiledRule, taxonomy: Taxonomy, fields: EventFields) {
    this.rule = compiled.rule;
    this.compiled = compiled;
    this.taxonomy = taxonomy;
    this.fields = fields;
  }

  get matched(): readonly MatchedField[] {
    this.found ??= matchedFields(this.compiled.detection, this.rule.logsource, this.fields, this.taxonomy);
    return this.found;
  }
}

/** Numbers the different logsources of a rule set. */
class LogsourceNumbers {
  readonly resolved: ResolvedLogsource[] = [];
  private readonly numbers = new Map<string, number | undefined>();
  private readonly taxonomy: Taxonomy;

  constructor(taxonomy: Taxonomy) {
    this.taxonomy = taxonomy;
  }

  /** `undefined`: the taxonomy does not know the logsource. */
  numberOf(logsource: Logsource): number | undefined {
    const key = [logsource.product, logsource.category, logsource.service].join('\u0000').toLowerCase();
    if (this.numbers.has(key)) return this.numbers.get(key);
    const resolved = resolveLogsource(this.taxonomy, logsource);
    const number = resolved && this.resolved.push(resolved) - 1;
    this.numbers.set(key, number);
    return number;
  }
}
