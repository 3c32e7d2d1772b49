import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileLiterals, type LiteralScan } from './literal-scan.ts';
import { necessaryLiterals } from './necessary-literals.ts';

/** One rule of a list: the first whose expression matches decides. */
export interface AgentRule {
  readonly source: string;
  readonly flags: string;
  /** `family_replacement`, `os_v1_replacement`, … as the file names them. */
  readonly replacements: Readonly<Record<string, string>>;
}

/** The three lists of uap-core, each with its own order. */
export const LISTS = ['user_agent_parsers', 'os_parsers', 'device_parsers'] as const;
export type ListName = (typeof LISTS)[number];

const ITEM = /^ {2}- regex: '(.*)'$/;
const PROPERTY = /^ {4}([a-z0-9_]+): '(.*)'$/;
const LIST = /^([a-z_]+):$/;

/**
 * Reads the lists out of uap-core's `regexes.yaml`, the rules that Browserscope's user agent parsers share. The
 * file keeps to one scalar a line in single quotes; a line of another form is refused rather than misread.
 *
 * @throws Error naming the line that has another form
 */
export function readAgentRules(yaml: string): ReadonlyMap<ListName, readonly AgentRule[]> {
  const lists = new Map<ListName, AgentRule[]>(LISTS.map((name) => [name, []]));
  let current: AgentRule[] | undefined;
  let replacements: Record<string, string> = {};
  let number = 0;
  for (const line of yaml.split('\n')) {
    number++;
    const bare = line.trim();
    if (bare === '' || bare.startsWith('#')) continue;
    const item = ITEM.exec(line);
    const property = item === null ? PROPERTY.exec(line) : null;
    if (item !== null && current !== undefined) {
      replacements = Object.create(null) as Record<string, string>;
      current.push({ source: unquote(item[1]!), flags: '', replacements });
    } else if (property !== null && current !== undefined && current.length > 0) {
      if (property[1] === 'regex_flag') {
        const last = current.pop()!;
        current.push({ ...last, flags: unquote(property[2]!) });
      } else replacements[property[1]!] = unquote(property[2]!);
    } else {
      const name = LIST.exec(line)?.[1];
      current = name === undefined ? undefined : lists.get(name as ListName);
      if (current === undefined) throw new Error(`regexes.yaml, line ${number}: not understood: ${line}`);
    }
  }
  return lists;
}

function unquote(text: string): string {
  return text.replaceAll("''", "'");
}

/** A list that finds its first matching rule by trying only those whose literals the text holds. */
export class AgentRuleList {
  readonly #rules: readonly AgentRule[];
  readonly #expressions: (RegExp | undefined)[];
  readonly #scan: LiteralScan;
  /** Literal set → its rule: a rule with alternatives has several sets. */
  readonly #ruleOf: readonly number[];

  constructor(rules: readonly AgentRule[]) {
    this.#rules = rules;
    this.#expressions = new Array<RegExp | undefined>(rules.length);
    const sets: string[][] = [];
    const ruleOf: number[] = [];
    rules.forEach(({ source }, index) => {
      for (const literals of necessaryLiterals(source)) {
        sets.push(literals.map((literal) => literal.toLowerCase()));
        ruleOf.push(index);
      }
    });
    this.#scan = compileLiterals(sets);
    this.#ruleOf = ruleOf;
  }

  /** The first rule that matches, with its groups. */
  match(text: string): { readonly rule: AgentRule; readonly groups: RegExpExecArray } | undefined {
    let last = -1;
    // Sets are numbered in the order of their rules, and matches come in ascending order.
    for (const set of this.#scan.matches(text.toLowerCase())) {
      const index = this.#ruleOf[set]!;
      if (index === last) continue;
      last = index;
      const rule = this.#rules[index]!;
      let expression = this.#expressions[index];
      if (expression === undefined) {
        expression = new RegExp(rule.source, rule.flags);
        this.#expressions[index] = expression;
      }
      const groups = expression.exec(text);
      if (groups !== null) return { rule, groups };
    }
    return undefined;
  }
}

/** Loads uap-core's lists as installed. */
export function loadAgentRules(): ReadonlyMap<ListName, readonly AgentRule[]> {
  const file = createRequire(import.meta.url).resolve('uap-core/regexes.yaml');
  return readAgentRules(readFileSync(file, 'utf8'));
}
