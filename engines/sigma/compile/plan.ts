/** The index of the rules that apply to one set of logsources. */
import type { EventView, Texts } from './event-view.ts';
import { COMBINING_DOT, type Needle } from './needle.ts';
import { NeedleIndex } from './needles.ts';
import { SuffixIndex } from './suffix-index.ts';
import type { Witness } from './witness.ts';

/** A rule as the index sees it. */
export interface IndexedRule {
  /** Number of the rule, rising in the order of the rule set. */
  readonly number: number;
  /** Absent: the rule is a candidate for every event. */
  readonly witnesses: readonly Witness[] | undefined;
}

/** Collects candidate rules of one event, each once. */
export class Candidates {
  list: Int32Array;
  count = 0;
  private readonly ages: Int32Array;
  private age = 0;

  constructor(rules: number) {
    this.list = new Int32Array(rules);
    this.ages = new Int32Array(rules);
  }

  start(): void {
    this.count = 0;
    if (++this.age === 0x7fffffff) {
      this.age = 1;
      this.ages.fill(0);
    }
  }

  add(rule: number): void {
    if (this.ages[rule] === this.age) return;
    this.ages[rule] = this.age;
    this.list[this.count++] = rule;
  }
}

const COMBINING_DOT_TEXT = String.fromCharCode(COMBINING_DOT);
/** What a piece of a number as text is made of, `NaN` and `Infinity` included. */
const NUMERIC = /^[\d.+\-aefinty]+$/;

/** What rules look for in one Sigma field. */
interface FieldLiterals {
  readonly slots: readonly number[];
  readonly needles: Needle[];
  readonly whole: Map<string, Set<number>>;
}

interface SlotIndex {
  readonly slot: number;
  /** Literals within the text. */
  readonly needles: NeedleIndex | undefined;
  /** Literals at its end. */
  readonly ends: SuffixIndex | undefined;
  readonly whole: WholeTexts | undefined;
}

export class Plan {
  readonly rules: number;
  private readonly always: Int32Array;
  private readonly slots: SlotIndex[] = [];
  /** Literals of keyword searches over the whole event. */
  private readonly everywhere: NeedleIndex | undefined;
  /** Whether one of them may be found in a number. */
  private readonly inNumbers: boolean;

  constructor(rules: readonly IndexedRule[]) {
    this.rules = rules.length;
    this.always = Int32Array.from(
      rules.filter((rule) => rule.witnesses === undefined).map((rule) => rule.number),
    );
    const fields = new Map<string, FieldLiterals>();
    const everywhere: Needle[] = [];
    for (const { number, witnesses } of rules) {
      for (const witness of witnesses ?? []) {
        const { field, literal } = witness;
        if (field.keywords && field.slots.length === 0) everywhere.push({ ...witness, target: number });
        const own = entry(fields, field.key, () => ({ slots: field.slots, needles: [], whole: new Map() }));
        if (witness.whole) entry(own.whole, literal, () => new Set<number>()).add(number);
        else own.needles.push({ ...witness, target: number });
      }
    }
    const bySlot = new Map<number, FieldLiterals[]>();
    for (const field of fields.values())
      for (const slot of field.slots) entry(bySlot, slot, () => []).push(field);
    // Slots of the same Sigma fields are searched for the same literals: one automaton serves them all.
    const shared = new Map<string, Pick<SlotIndex, 'needles' | 'ends'>>();
    const numbers = new Map([...fields.values()].map((field, index) => [field, index]));
    for (const [slot, own] of bySlot) {
      const literals = own.filter(({ needles }) => needles.length > 0);
      const indexes = entry(shared, literals.map((field) => numbers.get(field)).join(), () =>
        indexesOf(dedupe(literals.flatMap(({ needles }) => needles))),
      );
      this.slots.push({ slot, ...indexes, whole: wholeOf(own) });
    }
    this.everywhere = everywhere.length > 0 ? new NeedleIndex(dedupe(everywhere)) : undefined;
    this.inNumbers = everywhere.some(({ literal }) => NUMERIC.test(literal));
  }

  /** States of all automata, for reports on memory. */
  get states(): number {
    const indexes = new Set([...this.slots.flatMap(({ needles, ends }) => [needles, ends]), this.everywhere]);
    return [...indexes].reduce((sum, index) => sum + (index?.states ?? 0), 0);
  }

  /** Adds every rule that may match the event. */
  collect(view: EventView, candidates: Candidates): void {
    const { always, slots } = this;
    for (let i = 0; i < always.length; i++) candidates.add(always[i]!);
    for (let i = 0; i < slots.length; i++) {
      const { slot, needles, ends, whole } = slots[i]!;
      const texts = view.text(slot);
      if (texts === undefined) continue;
      if (ends) scanTexts(ends, texts, candidates);
      if (needles) scanTexts(needles, texts, candidates);
      if (whole?.mayHold(texts)) lookUp(whole.rules, view.lower(slot), candidates);
    }
    const { everywhere } = this;
    if (everywhere) view.each(this.inNumbers, (text) => everywhere.scan(text, candidates));
  }
}

/** Literals at the end of a text are found by a glance at it, without reading the rest. */
function indexesOf(needles: readonly Needle[]): Pick<SlotIndex, 'needles' | 'ends'> {
  const atEnd = needles.filter((needle) => needle.atEnd && !needle.atStart);
  const within = needles.filter((needle) => !needle.atEnd || needle.atStart);
  return {
    needles: within.length > 0 ? new NeedleIndex(within) : undefined,
    ends: atEnd.length > 0 ? new SuffixIndex(atEnd) : undefined,
  };
}

function scanTexts(
  index: NeedleIndex | SuffixIndex,
  texts: string | readonly string[],
  candidates: Candidates,
): void {
  if (typeof texts === 'string') index.scan(texts, candidates);
  else for (const text of texts) index.scan(text, candidates);
}

function lookUp(whole: ReadonlyMap<string, Int32Array>, texts: Texts, candidates: Candidates): void {
  if (texts === undefined) return;
  if (typeof texts !== 'string') {
    for (const text of texts) lookUp(whole, text, candidates);
    return;
  }
  const rules = whole.get(texts);
  if (rules) for (let i = 0; i < rules.length; i++) candidates.add(rules[i]!);
}

/** Texts that a field must be equal to, and the rules that ask for each. */
class WholeTexts {
  readonly rules: ReadonlyMap<string, Int32Array>;
  /** Lengths that they have: most texts have another, and need not be lower-cased and looked up. */
  private readonly lengths = new Uint8Array(256);

  constructor(rules: ReadonlyMap<string, Int32Array>) {
    this.rules = rules;
    for (const text of rules.keys()) {
      const length = Math.min(text.length, 255);
      // İ becomes two: what is lower-cased to this text may have been shorter.
      if (text.includes(COMBINING_DOT_TEXT)) this.lengths.fill(1, 0, length + 1);
      else this.lengths[length] = 1;
    }
  }

  /** False: the text, lower-cased, is none of them. */
  mayHold(texts: string | readonly string[]): boolean {
    return typeof texts !== 'string' || this.lengths[Math.min(texts.length, 255)] === 1;
  }
}

function wholeOf(fields: readonly FieldLiterals[]): WholeTexts | undefined {
  const all = new Map<string, Set<number>>();
  for (const { whole } of fields)
    for (const [text, rules] of whole) {
      const own = entry(all, text, () => new Set<number>());
      for (const rule of rules) own.add(rule);
    }
  return all.size === 0
    ? undefined
    : new WholeTexts(new Map([...all].map(([text, rules]) => [text, Int32Array.from(rules)])));
}

function dedupe(needles: readonly Needle[]): Needle[] {
  const seen = new Set<string>();
  return needles.filter(({ literal, atStart, atEnd, target }) => {
    const key = `${target}/${atStart}/${atEnd}/${literal}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
