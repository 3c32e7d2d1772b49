/** Predicates: the smallest tests that rules share, each answered at most once an event. */

import type { CompareOperator, TimePart } from '../ast.ts';
import { inNetwork, type Network, parseAddress } from '../cidr.ts';
import { readNumber } from '../modifiers.ts';
import { type CompiledRegex, testText } from '../regex/index.ts';
import { compareNumbers, timePart } from '../time-part.ts';
import type { EventView, Texts } from './event-view.ts';
import { searchFor } from './search.ts';
import { holdsAny, type TextSet } from './text-test.ts';

/** A Sigma field as slots of the event view; `any` as in {@link ResolvedField}. */
export interface FieldRef {
  readonly key: string;
  readonly slots: readonly number[];
  readonly any: boolean;
  /** Keyword search: the configured slots, or the whole event where there are none. */
  readonly keywords?: boolean;
}

export interface Predicate {
  holds(view: EventView): boolean;
}

/** A test on each of a field's texts; one that holds is enough. */
abstract class TextPredicate implements Predicate {
  protected readonly field: FieldRef;
  protected readonly lower: boolean;

  constructor(field: FieldRef, lower: boolean) {
    this.field = field;
    this.lower = lower;
  }

  protected abstract test(text: string): boolean;

  holds(view: EventView): boolean {
    const { slots, any } = this.field;
    if (this.field.keywords && slots.length === 0) return this.testAll(view);
    for (let i = 0; i < slots.length; i++) {
      const texts = this.lower ? view.lower(slots[i]!) : view.text(slots[i]!);
      if (texts === undefined) continue;
      if (typeof texts === 'string' ? this.test(texts) : texts.some((text) => this.test(text))) return true;
      if (!any) return false;
    }
    return false;
  }

  private testAll(view: EventView): boolean {
    return view.all().some((text) => this.test(this.lower ? text.toLowerCase() : text));
  }
}

export class TextSetPredicate extends TextPredicate {
  private readonly set: TextSet;
  constructor(field: FieldRef, set: TextSet, cased: boolean) {
    super(field, !cased);
    this.set = set;
  }
  protected test(text: string): boolean {
    return holdsAny(this.set, text);
  }
}

/** The text that was lower-cased last: many patterns are tried on one. */
let loweredText = '';
let lowered = '';

export class RegexPredicate extends TextPredicate {
  private readonly regex: CompiledRegex;
  constructor(field: FieldRef, regex: CompiledRegex) {
    super(field, false);
    this.regex = regex;
  }
  protected test(text: string): boolean {
    if (text.length < this.regex.shortest) return false;
    if (this.regex.required === undefined) return this.regex.test(text);
    if (text !== loweredText) {
      loweredText = text;
      lowered = text.toLowerCase();
    }
    return testText(this.regex, text, lowered);
  }
}

export class NetworkPredicate extends TextPredicate {
  private readonly networks: readonly Network[];
  constructor(field: FieldRef, networks: readonly Network[]) {
    super(field, false);
    this.networks = networks;
  }
  protected test(text: string): boolean {
    const address = parseAddress(text);
    return address !== undefined && this.networks.some((network) => inNetwork(network, address));
  }
}

export class ComparePredicate extends TextPredicate {
  private readonly operator: CompareOperator;
  private readonly value: number;
  constructor(field: FieldRef, operator: CompareOperator, value: number) {
    super(field, false);
    this.operator = operator;
    this.value = value;
  }
  protected test(text: string): boolean {
    const number = readNumber(text);
    return number !== undefined && compareNumbers(number, this.operator, this.value);
  }
}

export class TimePredicate extends TextPredicate {
  private readonly part: TimePart;
  private readonly operator: CompareOperator | 'eq';
  private readonly value: number;
  constructor(field: FieldRef, part: TimePart, operator: CompareOperator | 'eq', value: number) {
    super(field, false);
    this.part = part;
    this.operator = operator;
    this.value = value;
  }
  protected test(text: string): boolean {
    const number = timePart(text, this.part);
    return number !== undefined && compareNumbers(number, this.operator, this.value);
  }
}

/** Holds where the field is present (or, negated by the expression, absent). */
export class PresentPredicate implements Predicate {
  private readonly field: FieldRef;
  constructor(field: FieldRef) {
    this.field = field;
  }
  holds(view: EventView): boolean {
    return this.field.slots.some((slot) => view.text(slot) !== undefined);
  }
}

export class FieldRefPredicate implements Predicate {
  private readonly left: FieldRef;
  private readonly right: FieldRef;
  readonly match: 'equals' | 'startswith' | 'endswith' | 'contains';
  private readonly cased: boolean;
  constructor(left: FieldRef, right: FieldRef, match: FieldRefPredicate['match'], cased: boolean) {
    this.left = left;
    this.right = right;
    this.match = match;
    this.cased = cased;
  }
  holds(view: EventView): boolean {
    const left = this.textOf(view, this.left);
    const right = left === '' ? '' : this.textOf(view, this.right);
    return left !== '' && right !== '' ? comparisonOf(this.match)(left, right) : this.holdsAmong(view);
  }

  /** The text of a field of one slot, the usual case; '': there is none, or it is not that simple. */
  private textOf(view: EventView, { slots, any }: FieldRef): string {
    for (let i = 0; i < slots.length; i++) {
      const texts = this.cased ? view.text(slots[i]!) : view.lower(slots[i]!);
      if (texts !== undefined) return typeof texts === 'string' && (!any || slots.length === 1) ? texts : '';
    }
    return '';
  }

  private holdsAmong(view: EventView): boolean {
    const wanted = textsOfRef(view, this.right, this.cased);
    const texts = textsOfRef(view, this.left, this.cased);
    if (this.match === 'equals' && wanted.length > 8) {
      const known = new Set(wanted);
      return texts.some((text) => known.has(text));
    }
    if (texts.length * wanted.length > MAX_PAIRS) throw new FieldsTooLongError(texts.length, wanted.length);
    const test = comparisonOf(this.match);
    return wanted.some((other) => {
      const search = this.match === 'contains' ? searchFor(other) : undefined;
      return texts.some((text) => (search ? search(text) : test(text, other)));
    });
  }
}

/** Pairs of values of two fields that are compared with each other. */
const MAX_PAIRS = 1_000_000;

/** Two list-valued fields of an event are too long to be compared value by value. */
export class FieldsTooLongError extends Error {
  readonly code = 'VIGIE_SIGMA_FIELDS_TOO_LONG';
  constructor(left: number, right: number) {
    super(
      `fields of ${left} and ${right} values are not compared with each other: more than ${MAX_PAIRS} pairs`,
    );
    this.name = 'FieldsTooLongError';
  }
}

function comparisonOf(match: FieldRefPredicate['match']): (text: string, other: string) => boolean {
  switch (match) {
    case 'equals':
      return (text, other) => text === other;
    case 'startswith':
      return (text, other) => text.startsWith(other);
    case 'endswith':
      return (text, other) => text.endsWith(other);
    case 'contains':
      return (text, other) => text.includes(other);
  }
}

function textsOfRef(view: EventView, field: FieldRef, cased: boolean): string[] {
  const found: string[] = [];
  for (const slot of field.slots) {
    const texts: Texts = cased ? view.text(slot) : view.lower(slot);
    if (texts === undefined) continue;
    if (typeof texts === 'string') found.push(texts);
    else for (const text of texts) found.push(text);
    if (!field.any) break;
  }
  return found;
}
