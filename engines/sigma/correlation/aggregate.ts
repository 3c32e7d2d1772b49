/** What a correlation computes over the entries of a window. */
import type { ConditionNode, CorrelationRange, SigmaCorrelation } from '../ast.ts';

/** One event in a window. */
export interface Entry {
  /** Epoch milliseconds, with fraction. */
  readonly time: number;
  /** Arrival number: decides between equal times. */
  readonly seq: number;
  readonly id: string;
  /** Index in the correlation's `rules`. */
  readonly rule: number;
  /** `value_count`: the value counted, folded. Other value types: the number. */
  readonly value: string | number;
  /** Where the event came from, as {@link CorrelationEvent.origin} said. */
  readonly origin?: string;
}

/** An aggregate that entries can be added to and removed from. */
export interface Aggregate {
  add(entry: Entry): void;
  remove(entry: Entry): void;
  readonly value: number;
  holds(): boolean;
}

export function inRange(range: CorrelationRange, value: number): boolean {
  return (
    (range.gt === undefined || value > range.gt) &&
    (range.gte === undefined || value >= range.gte) &&
    (range.lt === undefined || value < range.lt) &&
    (range.lte === undefined || value <= range.lte) &&
    (range.eq === undefined || value === range.eq) &&
    (range.neq === undefined || value !== range.neq)
  );
}

/**
 * Whether a correlation can be decided as soon as an event arrives: its aggregate only grows with more events
 * and its condition only has lower bounds. Otherwise it is decided when its window is over, since the next
 * event might still make it false.
 */
export function isDecidedAtOnce({ correlation }: SigmaCorrelation): boolean {
  const { type, range, expression } = correlation;
  if (type === 'temporal_ordered') return true;
  if (type === 'value_avg' || type === 'value_percentile' || type === 'value_median') return false;
  if (range.lt !== undefined || range.lte !== undefined || range.eq !== undefined || range.neq !== undefined)
    return false;
  return expression === undefined || !hasNot(expression.node);
}

function hasNot(node: ConditionNode): boolean {
  if (node.op === 'not') return true;
  return (node.op === 'and' || node.op === 'or') && node.items.some(hasNot);
}

export function createAggregate(rule: SigmaCorrelation): Aggregate {
  const { type } = rule.correlation;
  if (type === 'event_count') return new CountAggregate(rule.correlation.range);
  if (type === 'value_count') return new DistinctAggregate(rule.correlation.range);
  if (type === 'temporal' || type === 'temporal_ordered') return new RulesAggregate(rule);
  if (type === 'value_sum' || type === 'value_avg')
    return new SumAggregate(rule.correlation.range, type === 'value_avg');
  return new RankAggregate(
    rule.correlation.range,
    type === 'value_median' ? 50 : (rule.correlation.percentile ?? 50),
  );
}

class CountAggregate implements Aggregate {
  value = 0;
  private readonly range: CorrelationRange;
  constructor(range: CorrelationRange) {
    this.range = range;
  }
  add(): void {
    this.value++;
  }
  remove(): void {
    this.value--;
  }
  holds(): boolean {
    return inRange(this.range, this.value);
  }
}

class DistinctAggregate implements Aggregate {
  private readonly counts = new Map<string | number, number>();
  private readonly range: CorrelationRange;
  constructor(range: CorrelationRange) {
    this.range = range;
  }
  get value(): number {
    return this.counts.size;
  }
  add(entry: Entry): void {
    this.counts.set(entry.value, (this.counts.get(entry.value) ?? 0) + 1);
  }
  remove(entry: Entry): void {
    const left = (this.counts.get(entry.value) ?? 0) - 1;
    if (left > 0) this.counts.set(entry.value, left);
    else this.counts.delete(entry.value);
  }
  holds(): boolean {
    return inRange(this.range, this.counts.size);
  }
}

/** How many of the rules are present, or a boolean expression over them. */
class RulesAggregate implements Aggregate {
  private readonly counts: number[];
  private readonly rule: SigmaCorrelation;
  value = 0;
  constructor(rule: SigmaCorrelation) {
    this.rule = rule;
    this.counts = new Array<number>(rule.correlation.rules.length).fill(0);
  }
  add(entry: Entry): void {
    if (this.counts[entry.rule]!++ === 0) this.value++;
  }
  remove(entry: Entry): void {
    if (--this.counts[entry.rule]! === 0) this.value--;
  }
  holds(): boolean {
    const { expression, range, rules } = this.rule.correlation;
    if (expression) return this.evaluate(expression.node);
    return Object.keys(range).length === 0 ? this.value === rules.length : inRange(range, this.value);
  }
  private evaluate(node: ConditionNode): boolean {
    switch (node.op) {
      case 'and':
        return node.items.every((item) => this.evaluate(item));
      case 'or':
        return node.items.some((item) => this.evaluate(item));
      case 'not':
        return !this.evaluate(node.item);
      case 'ref':
        return this.present(node.name);
      case 'of': {
        const count = node.names.filter((name) => this.present(name)).length;
        return count >= (node.count === 'all' ? node.names.length : node.count);
      }
    }
  }
  private present(name: string): boolean {
    return this.counts[this.rule.correlation.rules.indexOf(name)]! > 0;
  }
}

class SumAggregate implements Aggregate {
  private sum = 0;
  private count = 0;
  private readonly range: CorrelationRange;
  private readonly mean: boolean;
  constructor(range: CorrelationRange, mean: boolean) {
    this.range = range;
    this.mean = mean;
  }
  get value(): number {
    return this.mean ? this.sum / this.count : this.sum;
  }
  add(entry: Entry): void {
    this.sum += Number(entry.value);
    this.count++;
  }
  remove(entry: Entry): void {
    this.sum -= Number(entry.value);
    // Start afresh when empty, so that rounding errors don't add up.
    if (--this.count === 0) this.sum = 0;
  }
  holds(): boolean {
    return this.count > 0 && inRange(this.range, this.value);
  }
}

/** A percentile by linear interpolation between the two nearest ranks (as `quantileExactInclusive`, Excel `PERCENTILE.INC`). */
class RankAggregate implements Aggregate {
  private readonly sorted: number[] = [];
  private readonly range: CorrelationRange;
  private readonly percentile: number;
  constructor(range: CorrelationRange, percentile: number) {
    this.range = range;
    this.percentile = percentile;
  }
  get value(): number {
    const at = (this.percentile / 100) * (this.sorted.length - 1);
    const low = this.sorted[Math.floor(at)] ?? Number.NaN;
    const high = this.sorted[Math.ceil(at)] ?? Number.NaN;
    return low + (high - low) * (at - Math.floor(at));
  }
  add(entry: Entry): void {
    this.sorted.splice(this.find(Number(entry.value)), 0, Number(entry.value));
  }
  remove(entry: Entry): void {
    const at = this.find(Number(entry.value));
    if (this.sorted[at] === Number(entry.value)) this.sorted.splice(at, 1);
  }
  holds(): boolean {
    return this.sorted.length > 0 && inRange(this.range, this.value);
  }
  private find(value: number): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
