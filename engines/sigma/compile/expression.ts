/** Rules as boolean expressions over shared predicates. */
import type { ConditionNode, Detection, DetectionItem, SelectionNode, ValueTest } from '../ast.ts';
import { parseNetwork } from '../cidr.ts';
import { plainText } from '../pattern.ts';
import { compileRegex, isRegexFailure } from '../regex/index.ts';
import type { ResolvedField } from '../taxonomy.ts';
import type { EventView } from './event-view.ts';
import {
  ComparePredicate,
  type FieldRef,
  FieldRefPredicate,
  NetworkPredicate,
  type Predicate,
  PresentPredicate,
  RegexPredicate,
  TextSetPredicate,
  TimePredicate,
} from './predicate.ts';
import { addPattern, emptyTextSet } from './text-test.ts';

export type Expression =
  | { readonly op: 'and' | 'or'; readonly items: readonly Expression[] }
  | { readonly op: 'not'; readonly item: Expression }
  | { readonly op: 'atLeast'; readonly count: number; readonly items: readonly Expression[] }
  /** A selection that conditions name several times: answered once an event, however often. */
  | { readonly op: 'once'; readonly id: number; readonly item: Expression }
  | PredicateExpression;

export interface PredicateExpression {
  readonly op: 'predicate';
  readonly id: number;
  readonly field: FieldRef;
  /** The tests the predicate stands for, joined by or; what the index draws its literals from. */
  readonly tests: readonly ValueTest[];
}

/** Resolves the fields of one rule's logsource. */
export type FieldResolver = (field: string | undefined) => { ref: FieldRef; resolved?: ResolvedField };

/** All predicates of a rule set: equal ones are kept once, and each is answered at most once an event. */
export class PredicateTable {
  private readonly predicates: Predicate[] = [];
  private readonly ids = new Map<string, number>();
  private ages = new Int32Array(1024);
  private answers = new Uint8Array(1024);
  private onceAges = new Int32Array(16);
  private onceAnswers = new Uint8Array(16);
  private onces = 0;

  get size(): number {
    return this.predicates.length;
  }

  intern(key: string, create: () => Predicate): number {
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.predicates.length;
    this.predicates.push(create());
    this.ids.set(key, id);
    if (id >= this.ages.length) {
      const ages = new Int32Array(this.ages.length * 2);
      ages.set(this.ages);
      this.ages = ages;
      this.answers = new Uint8Array(this.ages.length);
      this.ages.fill(0);
    }
    return id;
  }

  /** A number for a selection of which the answer is kept. */
  addOnce(): number {
    if (this.onces >= this.onceAges.length) {
      this.onceAges = new Int32Array(this.onces * 2);
      this.onceAnswers = new Uint8Array(this.onces * 2);
    }
    return this.onces++;
  }

  once(id: number, item: Expression, view: EventView): boolean {
    if (this.onceAges[id] === view.generation) return this.onceAnswers[id] === 1;
    const answer = evaluate(item, this, view);
    this.onceAges[id] = view.generation;
    this.onceAnswers[id] = answer ? 1 : 0;
    return answer;
  }

  /** Forgets the keys, which are long, once all rules are compiled. */
  seal(): void {
    this.ids.clear();
  }

  holds(id: number, view: EventView): boolean {
    if (this.ages[id] === view.generation) return this.answers[id] === 1;
    const answer = this.predicates[id]!.holds(view);
    this.ages[id] = view.generation;
    this.answers[id] = answer ? 1 : 0;
    return answer;
  }
}

export function evaluate(expression: Expression, table: PredicateTable, view: EventView): boolean {
  switch (expression.op) {
    case 'predicate':
      return table.holds(expression.id, view);
    case 'and': {
      const { items } = expression;
      for (let i = 0; i < items.length; i++) if (!evaluate(items[i]!, table, view)) return false;
      return true;
    }
    case 'or': {
      const { items } = expression;
      for (let i = 0; i < items.length; i++) if (evaluate(items[i]!, table, view)) return true;
      return false;
    }
    case 'not':
      return !evaluate(expression.item, table, view);
    case 'once':
      return table.once(expression.id, expression.item, view);
    case 'atLeast': {
      let left = expression.count;
      const { items } = expression;
      for (let i = 0; i < items.length && left > 0; i++) if (evaluate(items[i]!, table, view)) left--;
      return left <= 0;
    }
  }
}

/** Compiles a detection, placeholders resolved, into an expression. */
export function compileDetection(
  detection: Detection,
  table: PredicateTable,
  resolve: FieldResolver,
): Expression {
  const compiler = new DetectionCompiler(detection, table, resolve);
  return join(
    'or',
    detection.conditions.map((condition) => compiler.condition(condition.node)),
  );
}

class DetectionCompiler {
  private readonly selections = new Map<string, SelectionNode>();
  private readonly compiled = new Map<string, Expression>();
  /** How often conditions name each selection. */
  private readonly uses = new Map<string, number>();
  private readonly table: PredicateTable;
  private readonly resolve: FieldResolver;

  constructor(detection: Detection, table: PredicateTable, resolve: FieldResolver) {
    for (const { name, node } of detection.selections) this.selections.set(name, node);
    for (const { node } of detection.conditions) this.countUses(node);
    this.table = table;
    this.resolve = resolve;
  }

  private countUses(node: ConditionNode): void {
    if (node.op === 'not') this.countUses(node.item);
    else if ('items' in node) for (const item of node.items) this.countUses(item);
    else {
      for (const name of node.op === 'ref' ? [node.name] : node.names)
        this.uses.set(name, (this.uses.get(name) ?? 0) + 1);
    }
  }

  condition(node: ConditionNode): Expression {
    switch (node.op) {
      case 'and':
      case 'or':
        return join(
          node.op,
          node.items.map((item) => this.condition(item)),
        );
      case 'not':
        return negate(this.condition(node.item));
      case 'ref':
        return this.selection(node.name);
      case 'of': {
        const items = node.names.map((name) => this.selection(name));
        if (node.count === 'all') return join('and', items);
        return node.count === 1 ? join('or', items) : { op: 'atLeast', count: node.count, items };
      }
    }
  }

  private selection(name: string): Expression {
    const known = this.compiled.get(name);
    if (known) return known;
    const own = this.node(this.selections.get(name)!);
    const shared = (this.uses.get(name) ?? 0) > 1 && 'items' in own;
    const expression: Expression = shared ? { op: 'once', id: this.table.addOnce(), item: own } : own;
    this.compiled.set(name, expression);
    return expression;
  }

  private node(node: SelectionNode): Expression {
    if (node.type === 'item') return this.item(node);
    return join(
      node.type,
      node.items.map((item) => this.node(item)),
    );
  }

  private item(item: DetectionItem): Expression {
    const { ref, resolved } = this.resolve(item.field);
    const groups = item.values.map(({ test }) => flattenTests(mapValues(test, resolved)));
    const expression =
      item.linking === 'and'
        ? join(
            'and',
            groups.map((tests) => this.anyOf(ref, tests)),
          )
        : this.anyOf(ref, groups.flat());
    return item.negated ? negate(expression) : expression;
  }

  /** One text predicate for all patterns of the same case, one predicate for each other kind. */
  private anyOf(ref: FieldRef, tests: readonly ValueTest[]): Expression {
    const items: Expression[] = [];
    for (const cased of [false, true]) {
      const texts = tests.filter((test) => isText(test) && (test.kind === 'pattern' && test.cased) === cased);
      if (texts.length > 0) items.push(this.textSet(ref, texts, cased));
    }
    const networks = tests.filter((test) => test.kind === 'cidr');
    if (networks.length > 0) {
      const parsed = networks.map((test) => parseNetwork(test.network)!);
      items.push(this.predicate(ref, networks, () => new NetworkPredicate(ref, parsed)));
    }
    for (const test of tests) {
      if (!isText(test) && test.kind !== 'cidr') items.push(this.single(ref, test));
    }
    return join('or', items);
  }

  private textSet(ref: FieldRef, tests: readonly ValueTest[], cased: boolean): Expression {
    return this.predicate(ref, tests, () => {
      const set = emptyTextSet();
      for (const test of tests) {
        if (test.kind === 'pattern') {
          addPattern(
            set,
            cased
              ? test.pattern
              : test.pattern.map((part) => (typeof part === 'string' ? part.toLowerCase() : part)),
          );
        } else if (test.kind === 'number' || test.kind === 'boolean') set.exact.add(String(test.value));
      }
      return new TextSetPredicate(ref, set, cased);
    });
  }

  private single(ref: FieldRef, test: ValueTest): Expression {
    switch (test.kind) {
      case 'null':
      case 'exists': {
        const present = this.predicate(
          ref,
          [{ kind: 'exists', value: true }],
          () => new PresentPredicate(ref),
        );
        return test.kind === 'exists' && test.value ? present : negate(present);
      }
      case 'regex':
        return this.predicate(ref, [test], () => {
          const regex = compileRegex(test.pattern, test.flags);
          if (isRegexFailure(regex))
            throw new TypeError(`a parsed rule holds an invalid pattern: ${regex.message}`);
          return new RegexPredicate(ref, regex);
        });
      case 'compare':
        return this.predicate(ref, [test], () => new ComparePredicate(ref, test.operator, test.value));
      case 'time':
        return this.predicate(
          ref,
          [test],
          () => new TimePredicate(ref, test.part, test.operator, test.value),
        );
      case 'fieldref': {
        const other = this.resolve(test.field).ref;
        const key = `${ref.key}\u0000${other.key}\u0000${test.match}${test.cased}`;
        const id = this.table.intern(key, () => new FieldRefPredicate(ref, other, test.match, test.cased));
        return { op: 'predicate', id, field: ref, tests: [test] };
      }
      default:
        throw new TypeError(`${test.kind} is not a single test`);
    }
  }

  private predicate(field: FieldRef, tests: readonly ValueTest[], create: () => Predicate): Expression {
    const id = this.table.intern(`${field.key}\u0000${JSON.stringify(tests)}`, create);
    return { op: 'predicate', id, field, tests };
  }
}

function isText(test: ValueTest): boolean {
  return test.kind === 'pattern' || test.kind === 'number' || test.kind === 'boolean';
}

function flattenTests(test: ValueTest): ValueTest[] {
  return test.kind === 'any' ? test.tests.flatMap(flattenTests) : [test];
}

/** Replaces plain values as the taxonomy says. */
export function mapValues(test: ValueTest, resolved: ResolvedField | undefined): ValueTest {
  const values = resolved?.values;
  if (!values) return test;
  if (test.kind === 'any')
    return { kind: 'any', tests: test.tests.map((inner) => mapValues(inner, resolved)) };
  const text =
    test.kind === 'pattern'
      ? plainText(test.pattern)
      : test.kind === 'number' || test.kind === 'boolean'
        ? String(test.value)
        : undefined;
  const replacements = text === undefined ? undefined : values.get(text.toLowerCase());
  if (replacements === undefined) return test;
  const tests = replacements.map(
    (replacement): ValueTest => ({ kind: 'pattern', pattern: [replacement], cased: false }),
  );
  return tests.length === 1 ? tests[0]! : { kind: 'any', tests };
}

/** Joins expressions, cheap ones first: order does not change the verdict. */
function join(op: 'and' | 'or', items: readonly Expression[]): Expression {
  if (items.length === 1) return items[0]!;
  const flat = items.flatMap((item) => (item.op === op ? item.items : [item]));
  const ranked = flat.map((item) => ({ item, cost: costOf(item) })).sort((a, b) => a.cost - b.cost);
  return { op, items: ranked.map(({ item }) => item) };
}

const costs = new WeakMap<Expression, number>();

/** Rough cost of an evaluation, in comparisons of a literal with the start or end of a text. */
function costOf(expression: Expression): number {
  let cost = costs.get(expression);
  if (cost === undefined) {
    cost = computeCost(expression);
    costs.set(expression, cost);
  }
  return cost;
}

function computeCost(expression: Expression): number {
  if (expression.op === 'not' || expression.op === 'once') return costOf(expression.item);
  if (expression.op !== 'predicate') return expression.items.reduce((sum, item) => sum + costOf(item), 0);
  return expression.tests.reduce((sum, test) => sum + (TEST_COST[test.kind] ?? patternCost(test)), 0);
}

const TEST_COST: Partial<Record<ValueTest['kind'], number>> = {
  exists: 0.5,
  null: 0.5,
  number: 0.5,
  boolean: 0.5,
  cidr: 8,
  compare: 4,
  time: 8,
  fieldref: 4,
  regex: 20,
};

/** A literal that may stand anywhere has to be searched for. */
function patternCost(test: ValueTest): number {
  if (test.kind !== 'pattern') return 1;
  return test.pattern.length > 2 ? 4 : test.pattern.length === 2 ? 1 : 0.5;
}

export function negate(item: Expression): Expression {
  return item.op === 'not' ? item.item : { op: 'not', item };
}
