import {
  compile,
  type EventFields,
  IDENTITY_TAXONOMY,
  type Matcher,
  type ResolvedLogsource,
  type RuleMatch,
  resolveLogsource,
  type SigmaFilter,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import { LogsourceTree } from '@vigie/sigma/compile/logsource-tree.ts';
import { couldHold, isDecidedBy } from './foresight.ts';

/** A rule that matched, by its index. */
export interface Hit {
  readonly rule: number;
  readonly match: RuleMatch;
}

/** The rules of one logsource. */
interface Group {
  /** Rules that do not look at the deciding fields: the same for all events of the logsource. */
  readonly open: number[];
  readonly decided: number[];
}

interface Leaf {
  readonly members: readonly number[];
  readonly plans: Map<string, readonly Matcher[]>;
}

/** What tells the kinds of Windows events apart; empty for others. */
export const DECIDING = ['event.code', 'winlog.channel', 'winlog.provider_name'] as const;
/** Kinds of events remembered for each set of logsources; logs can invent more. */
const MAX_PLANS = 4096;
/** Rules of a set that is put together with others. */
const FEW = 64;

/**
 * A rule set that is compiled piece by piece, when an event first needs it: a folder of logs holds a few
 * kinds of events, and compiling thousands of rules for the others would take longer than reading it.
 *
 * It finds what one matcher of all rules finds. The rules of each logsource are compiled apart; those that
 * look at an event's id, channel or provider are compiled for the kinds of events they can match.
 */
export class RuleIndex {
  readonly #rules: readonly SigmaRule[];
  readonly #filters: readonly SigmaFilter[];
  readonly #taxonomy: Taxonomy;
  readonly #numbers = new Map<SigmaRule, number>();
  readonly #groups: Group[] = [];
  readonly #tree: LogsourceTree<Leaf>;
  /** By the rules in them. */
  readonly #matchers = new Map<string, Matcher>();
  /** Rules for technologies that no source reads. */
  readonly #foreign: number[] = [];
  #foreignMatcher: Matcher | undefined;
  /** Errors of rules while matching: rule index → message of the first. */
  readonly failures = new Map<number, string>();

  constructor(rules: readonly SigmaRule[], filters: readonly SigmaFilter[], taxonomy: Taxonomy) {
    this.#rules = rules;
    this.#filters = filters;
    this.#taxonomy = taxonomy;
    const known = new Map<string, Group | undefined>();
    const resolved: ResolvedLogsource[] = [];
    for (const [number, rule] of rules.entries()) {
      this.#numbers.set(rule, number);
      const { product, category, service } = rule.logsource;
      const key = [product, category, service].join('\u0000').toLowerCase();
      let group = known.get(key);
      if (group === undefined && !known.has(key)) {
        const logsource = resolveLogsource(taxonomy, rule.logsource);
        if (logsource !== undefined) {
          group = { open: [], decided: [] };
          resolved.push(logsource);
          this.#groups.push(group);
        }
        known.set(key, group);
      }
      if (group === undefined) this.#foreign.push(number);
      else (isDecidedBy(rule, taxonomy, DECIDING) ? group.decided : group.open).push(number);
    }
    this.#tree = new LogsourceTree(resolved, (members) => ({ members, plans: new Map() }));
  }

  /** The rules that match an event, in the order of the rule set. */
  match(fields: EventFields): readonly Hit[] {
    const leaf = this.#tree.find(fields);
    if (leaf.members.length === 0) return [];
    const key = `${String(fields['event.code'])}\u0000${String(fields['winlog.channel'])}\u0000${String(fields['winlog.provider_name'])}`;
    let plan = leaf.plans.get(key);
    if (plan === undefined) {
      plan = this.#plan(leaf, fields);
      if (leaf.plans.size >= MAX_PLANS) leaf.plans.clear();
      leaf.plans.set(key, plan);
    }
    const hits: Hit[] = [];
    for (const matcher of plan)
      for (const match of matcher.match(fields)) hits.push({ rule: this.#numbers.get(match.rule)!, match });
    if (hits.length > 1) hits.sort((a, b) => a.rule - b.rule);
    return hits;
  }

  /**
   * The rules for technologies that no source reads, held against an event of no known technology under the
   * names it came with. Only those that rest on something the event says: one that only asks for absences would
   * match every log.
   */
  matchForeign(fields: EventFields): readonly Hit[] {
    if (this.#foreign.length === 0) return [];
    this.#foreignMatcher ??= this.#compile(this.#foreign, IDENTITY_TAXONOMY, false);
    return this.#foreignMatcher
      .match(fields)
      .filter(({ matched }) => matched.length > 0)
      .map((match) => ({ rule: this.#numbers.get(match.rule)!, match }));
  }

  #plan(leaf: Leaf, fields: EventFields): Matcher[] {
    const known = Object.fromEntries(
      DECIDING.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])),
    );
    // Many small sets cost more an event than one of them all; large ones are shared between kinds of events.
    const few: number[] = [];
    const many: (readonly number[])[] = [];
    for (const member of leaf.members) {
      const group = this.#groups[member]!;
      const possible = group.decided.filter((number) =>
        couldHold(this.#rules[number]!, this.#taxonomy, known, DECIDING),
      );
      for (const numbers of [group.open, possible])
        if (numbers.length > FEW) many.push(numbers);
        else few.push(...numbers);
    }
    if (few.length > 0) many.push(few);
    return many.map((numbers) => this.#matcher(numbers));
  }

  #matcher(numbers: readonly number[]): Matcher {
    const key = numbers.join();
    let matcher = this.#matchers.get(key);
    if (matcher === undefined) {
      matcher = this.#compile(numbers, this.#taxonomy, true);
      this.#matchers.set(key, matcher);
    }
    return matcher;
  }

  /** @param sorted whether only events of the rules' logsources will be given */
  #compile(numbers: readonly number[], taxonomy: Taxonomy, sorted: boolean): Matcher {
    return compile(
      numbers.map((number) => this.#rules[number]!),
      {
        taxonomy,
        sorted,
        filters: this.#filters,
        onError: (rule, error) => {
          const number = this.#numbers.get(rule)!;
          if (!this.failures.has(number))
            this.failures.set(number, error instanceof Error ? error.message : String(error));
        },
      },
    );
  }
}
