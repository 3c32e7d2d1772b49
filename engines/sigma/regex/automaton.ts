/**
 * A matcher whose time is linear in the text whatever the pattern: the pattern becomes a non-deterministic
 * automaton, of which the deterministic one is built lazily, state by state, as texts need it (the method of
 * RE2; Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009). Look-around and
 * back-references can't be expressed so.
 */
import { type CharSet, contains, MAX_UNIT, NEWLINE, WORD } from './charset.ts';
import type { AssertKind, Regex } from './syntax.ts';

interface NfaState {
  readonly kind: 'set' | 'split' | 'assert' | 'match';
  readonly set?: CharSet;
  readonly assert?: AssertKind;
  next: number[];
}

const MAX_NFA = 6000;
const MAX_DFA = 2000;
const UNKNOWN = -1;
const MATCHED = -2;
const DEAD = -3;

/** The pattern needs more states than we are willing to hold. */
export class RegexTooLargeError extends Error {
  constructor() {
    super(`the pattern expands to more than ${MAX_NFA} states`);
    this.name = 'RegexTooLargeError';
  }
}

/** What stands before the current position, as far as assertions ask. */
const BEFORE = { start: 0, newline: 1, word: 2, other: 3 } as const;

export class LinearRegex {
  private readonly nfa: NfaState[] = [];
  private readonly entry: number;
  /** Start of each class of code units that the pattern does not tell apart. */
  private readonly bounds: number[];
  private readonly ascii = new Uint16Array(128);
  private readonly classes: number;
  private readonly stride: number;
  private readonly marks: Int32Array;
  private generation = 0;
  private states: { members: Int32Array; before: number }[] = [];
  private index = new Map<string, number>();
  private transitions = new Int32Array(0);

  /** @throws RegexTooLargeError */
  constructor(regex: Regex) {
    const match = this.add({ kind: 'match', next: [] });
    this.entry = this.build(regex, match);
    const cuts = new Set<number>([0, 10, 11]);
    for (const set of [...this.nfa.flatMap((state) => (state.set ? [state.set] : [])), WORD]) {
      for (let i = 0; i < set.length; i += 2) {
        cuts.add(set[i]!);
        if (set[i + 1]! < MAX_UNIT) cuts.add(set[i + 1]! + 1);
      }
    }
    this.bounds = [...cuts].sort((a, b) => a - b);
    this.classes = this.bounds.length;
    this.stride = this.classes + 1;
    for (let unit = 0; unit < 128; unit++) this.ascii[unit] = this.classOf(unit);
    this.marks = new Int32Array(this.nfa.length);
    this.reset();
  }

  /** Whether the pattern matches anywhere in the text. */
  test(text: string): boolean {
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const group = unit < 128 ? this.ascii[unit]! : this.classOf(unit);
      let next = this.transitions[state * this.stride + group]!;
      if (next === UNKNOWN) next = this.step(state, group);
      if (next < 0) return next === MATCHED;
      state = next;
    }
    let last = this.transitions[state * this.stride + this.classes]!;
    if (last === UNKNOWN) last = this.step(state, this.classes);
    return last === MATCHED;
  }

  private classOf(unit: number): number {
    let low = 0;
    let high = this.bounds.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.bounds[middle]! <= unit) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Forgets all deterministic states but the first. */
  private reset(): void {
    this.states = [];
    this.index = new Map();
    this.transitions = new Int32Array(16 * this.stride).fill(UNKNOWN);
    this.intern(Int32Array.of(this.entry), BEFORE.start);
  }

  private intern(members: Int32Array, before: number): number {
    const key = `${before}:${members.join()}`;
    const known = this.index.get(key);
    if (known !== undefined) return known;
    const id = this.states.length;
    this.states.push({ members, before });
    this.index.set(key, id);
    if ((id + 1) * this.stride > this.transitions.length) {
      const grown = new Int32Array(this.transitions.length * 2).fill(UNKNOWN);
      grown.set(this.transitions);
      this.transitions = grown;
    }
    return id;
  }

  /** Computes the transition of a state over a class; the class after the last is the end of the text. */
  private step(from: number, group: number): number {
    const { members, before } = this.states[from]!;
    const unit = group < this.classes ? this.bounds[group]! : -1;
    const seen = ++this.generation;
    const stack = [...members];
    const targets = new Set<number>();
    let matched = false;
    while (stack.length > 0 && !matched) {
      const id = stack.pop()!;
      if (this.marks[id] === seen) continue;
      this.marks[id] = seen;
      const state = this.nfa[id]!;
      if (state.kind === 'match') matched = true;
      else if (state.kind === 'split') stack.push(...state.next);
      else if (state.kind === 'assert') {
        if (holds(state.assert!, before, unit)) stack.push(...state.next);
      } else if (unit >= 0 && contains(state.set!, unit))
        for (const target of state.next) targets.add(target);
    }
    let result: number;
    if (matched) result = MATCHED;
    else if (unit < 0) result = DEAD;
    else {
      // The search is not anchored: a match may also start here.
      targets.add(this.entry);
      const sorted = Int32Array.from(targets).sort();
      const after = unit === 10 ? BEFORE.newline : contains(WORD, unit) ? BEFORE.word : BEFORE.other;
      if (this.states.length >= MAX_DFA) {
        this.reset();
        return this.intern(sorted, after);
      }
      result = this.intern(sorted, after);
    }
    this.transitions[from * this.stride + group] = result;
    return result;
  }

  private add(state: NfaState): number {
    if (this.nfa.length >= MAX_NFA) throw new RegexTooLargeError();
    this.nfa.push(state);
    return this.nfa.length - 1;
  }

  /** Builds the states of `regex` that continue with `next`; returns the first. */
  private build(regex: Regex, next: number): number {
    switch (regex.type) {
      case 'empty':
        return next;
      case 'set':
        return this.add({ kind: 'set', set: regex.set, next: [next] });
      case 'assert':
        return this.add({ kind: 'assert', assert: regex.kind, next: [next] });
      case 'capture':
        return this.build(regex.item, next);
      case 'sequence':
        return regex.items.reduceRight((after, item) => this.build(item, after), next);
      case 'choice':
        return this.add({ kind: 'split', next: regex.items.map((item) => this.build(item, next)) });
      case 'repeat': {
        let after = next;
        if (regex.max === Infinity) {
          const loop = this.add({ kind: 'split', next: [] });
          this.nfa[loop]!.next = [this.build(regex.item, loop), next];
          after = loop;
        } else {
          for (let i = regex.min; i < regex.max; i++) {
            after = this.add({ kind: 'split', next: [this.build(regex.item, after), next] });
          }
        }
        for (let i = 0; i < regex.min; i++) after = this.build(regex.item, after);
        return after;
      }
      case 'look':
      case 'backreference':
        throw new TypeError(`${regex.type} has no automaton`);
    }
  }
}

function holds(assert: AssertKind, before: number, unit: number): boolean {
  const atStart = before === BEFORE.start;
  switch (assert) {
    case 'start':
      return atStart;
    case 'lineStart':
      return atStart || before === BEFORE.newline;
    case 'end':
      return unit < 0;
    case 'lineEnd':
      return unit < 0 || contains(NEWLINE, unit);
    case 'word':
    case 'notWord': {
      const here = before === BEFORE.word;
      const ahead = unit >= 0 && contains(WORD, unit);
      return (here !== ahead) === (assert === 'word');
    }
  }
}
