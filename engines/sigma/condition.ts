/**
 * Conditions: boolean expressions over the names of selections (or, in correlations, of rules).
 *
 * Precedence, loosest first: `or`, `and`, `not`, `1 of`/`all of`, brackets. Operators ignore case.
 */
import type { ConditionNode, Position } from './ast.ts';
import { RuleBudget } from './budget.ts';
import { IssueError } from './issue.ts';

const MAX_LENGTH = 16_384;
const MAX_DEPTH = 64;

/** What took the place of each aggregation of the old pipe syntax. */
const MODERN: readonly [RegExp, string][] = [
  [/^\s*count\s*\(\s*\)/i, 'event_count'],
  [/^\s*count\s*\(/i, 'value_count'],
  [/^\s*sum\s*\(/i, 'value_sum'],
  [/^\s*avg\s*\(/i, 'value_avg'],
  [/^\s*(?:min|max)\s*\(/i, 'value_percentile'],
  [/^\s*near\b/i, 'temporal'],
];

interface Token {
  readonly text: string;
  readonly offset: number;
}

/**
 * Parses a condition.
 *
 * @param names the names it may use
 * @param budget counts for all rules of a file
 * @throws IssueError with the position of the condition
 */
export function parseCondition(
  text: string,
  names: readonly string[],
  position: Position,
  budget: RuleBudget = new RuleBudget(),
): ConditionNode {
  if (text.length > MAX_LENGTH)
    throw new IssueError(
      'condition_syntax',
      `the condition is longer than ${MAX_LENGTH} characters`,
      position,
    );
  const pipe = text.indexOf('|');
  if (pipe !== -1) {
    const rest = text.slice(pipe + 1);
    const modern = MODERN.find(([old]) => old.test(rest))?.[1] ?? 'event_count';
    throw new IssueError(
      'condition_deprecated',
      `aggregations in a condition are no longer part of Sigma: write a correlation rule of type ${modern}`,
      position,
    );
  }
  return new ConditionParser(tokenize(text), names, position, budget).parse();
}

function tokenize(text: string): Token[] {
  return [...text.matchAll(/[()]|[^\s()]+/g)].map((match) => ({ text: match[0], offset: match.index }));
}

class ConditionParser {
  private readonly tokens: readonly Token[];
  private readonly names: readonly string[];
  private readonly known: ReadonlySet<string>;
  private readonly position: Position;
  private readonly budget: RuleBudget;
  private readonly fitting = new Map<string, readonly string[]>();
  private at = 0;
  private depth = 0;

  constructor(tokens: readonly Token[], names: readonly string[], position: Position, budget: RuleBudget) {
    this.budget = budget;
    this.tokens = tokens;
    this.names = names;
    this.known = new Set(names);
    this.position = position;
  }

  parse(): ConditionNode {
    if (this.tokens.length === 0) this.fail('the condition is empty');
    const node = this.or();
    if (this.at < this.tokens.length) this.fail(`unexpected ${this.describe()}`);
    return node;
  }

  private or(): ConditionNode {
    const items = [this.and()];
    while (this.keyword('or')) items.push(this.and());
    return items.length === 1 ? items[0]! : { op: 'or', items };
  }

  private and(): ConditionNode {
    const items = [this.not()];
    while (this.keyword('and')) items.push(this.not());
    return items.length === 1 ? items[0]! : { op: 'and', items };
  }

  private not(): ConditionNode {
    let negations = 0;
    while (this.keyword('not')) negations++;
    const operand = this.operand();
    if (negations === 0) return operand;
    // Two negations are none, but a chain of them is kept as written as far as it matters.
    return negations % 2 === 1 ? { op: 'not', item: operand } : operand;
  }

  private operand(): ConditionNode {
    const token = this.tokens[this.at];
    if (!token) return this.fail('the condition ends too early');
    if (token.text === '(') {
      if (++this.depth > MAX_DEPTH) this.fail('brackets nested too deeply');
      this.at++;
      const inner = this.or();
      if (this.tokens[this.at]?.text !== ')')
        this.fail(`a closing bracket is missing before ${this.describe()}`);
      this.at++;
      this.depth--;
      return inner;
    }
    if (token.text === ')') this.fail('unexpected )');
    if (this.tokens[this.at + 1]?.text.toLowerCase() === 'of')
      return this.quantified(token.text.toLowerCase());
    this.at++;
    if (!this.known.has(token.text)) {
      const lower = token.text.toLowerCase();
      if (lower === 'and' || lower === 'or' || lower === 'them') this.fail(`unexpected ${token.text}`);
      throw new IssueError(
        'condition_unknown_selection',
        `there is no ${JSON.stringify(token.text)}`,
        this.position,
      );
    }
    this.budget.spend('names', 1, this.position);
    return { op: 'ref', name: token.text };
  }

  private quantified(quantifier: string): ConditionNode {
    const count = quantifier === 'all' ? 'all' : quantifier === 'any' ? 1 : Number(quantifier);
    if (count !== 'all' && (!Number.isInteger(count) || count < 1))
      this.fail(`${JSON.stringify(quantifier)} is no quantity: use 1, any or all`);
    const target = this.tokens[this.at + 2];
    if (!target || target.text === '(' || target.text === ')') return this.fail('nothing follows "of"');
    this.at += 3;
    const pattern = target.text;
    const names =
      pattern.toLowerCase() === 'them' && !this.known.has(pattern) ? this.them() : this.named(pattern);
    if (names.length === 0)
      throw new IssueError(
        'condition_unknown_selection',
        `nothing is named like ${JSON.stringify(pattern)}`,
        this.position,
      );
    this.budget.spend('names', names.length, this.position);
    return { op: 'of', count, pattern, names };
  }

  private them(): string[] {
    return this.names.filter((name) => !name.startsWith('_'));
  }

  /** Names that fit a pattern; the same pattern is looked up once, however often it is written. */
  private named(pattern: string): readonly string[] {
    let found = this.fitting.get(pattern);
    if (found === undefined) {
      const pieces = pattern.split('*');
      this.budget.spend('names', this.names.length >> 3, this.position);
      found = this.names.filter((name) => fitsPieces(name, pieces));
      this.fitting.set(pattern, found);
    }
    return found;
  }

  private keyword(word: string): boolean {
    const text = this.tokens[this.at]?.text;
    if (text === undefined || text.toLowerCase() !== word) return false;
    this.at++;
    return true;
  }

  private describe(): string {
    const token = this.tokens[this.at];
    return token ? `${JSON.stringify(token.text)} at character ${token.offset + 1}` : 'the end';
  }

  private fail(message: string): never {
    throw new IssueError('condition_syntax', message, this.position);
  }
}

/** Whether a name is made of the pieces in order, the first at its start and the last at its end. */
function fitsPieces(name: string, pieces: readonly string[]): boolean {
  const first = pieces[0]!;
  if (pieces.length === 1) return name === first;
  const last = pieces.at(-1)!;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, from);
    if (found === -1) return false;
    from = found + piece.length;
  }
  return from + last.length <= name.length;
}
