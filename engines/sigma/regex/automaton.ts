/**
 * A matcher whose time is linear in the text whatever the pattern: the pattern becomes a non-deterministic
 * automaton, of which the deterministic one is built lazily, state by state, as texts need it (the method of
 * RE2; Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009). Where a text needs ever new
 * states, the rest of it is run on the non-deterministic automaton itself, which costs a step for each of its
 * states and character and holds nothing. Look-around and back-references can't be expressed so.
 */
import { type CharSet, contains, MAX_UNIT, NEWLINE, WORD } from './charset.ts';
import { checkSize } from './size.ts';
import type { AssertKind, Regex } from './syntax.ts';

const SET = 0;
const SPLIT = 1;
const ASSERT = 2;
const MATCH = 3;

/** Transitions, and members of states, that one pattern's deterministic automaton may hold: 4 bytes each. */
const MAX_CELLS = 1 << 16;
/** Within one text: a memory that was filled this often is of no use for a while. */
const MAX_REFILLS = 2;
/** Characters then read without it before it is tried again. */
const SPAN = 8192;
/** Larger tables of which set holds which class are not made; sets are searched instead. */
const MAX_TABLE = 1 << 20;
const UNKNOWN = -1;
const MATCHED = -2;
const DEAD = -3;

/** What stands before the current position, as far as assertions ask. */
const BEFORE = { start: 0, newline: 1, word: 2, other: 3 } as const;

interface Draft {
  readonly kind: number;
  readonly set: CharSet | undefined;
  readonly assert: AssertKind | undefined;
  next: number[];
}

export class LinearRegex {
  private readonly drafts: Draft[] = [];
  private readonly entry: number;
  private readonly kinds: Uint8Array;
  /** Number of the set of a state. */
  private readonly setOf: Int32Array;
  private readonly sets: readonly CharSet[];
  private readonly asserts: readonly (AssertKind | undefined)[];
  private readonly edgeStart: Int32Array;
  private readonly edges: Int32Array;
  /** Start of each class of code units that the pattern does not tell apart. */
  private readonly bounds: Int32Array;
  private readonly ascii = new Uint16Array(128);
  private readonly classes: number;
  private readonly stride: number;
  /** Class × set → whether it holds; absent where it would be too large. */
  private readonly table: Uint8Array | undefined;
  private readonly stack: Int32Array;
  private readonly marks: Int32Array;
  private readonly targetMarks: Int32Array;
  private generation = 0;
  /** Targets of the last {@link advance}. */
  private targets: Int32Array;
  private count = 0;
  private states: { readonly members: Int32Array; readonly before: number }[] = [];
  private members = 0;
  private refills = 0;
  private index = new Map<string, number>();
  private transitions = new Int32Array(0);

  /** @throws RegexTooLargeError */
  constructor(regex: Regex) {
    checkSize(regex);
    const match = this.add(MATCH, [], undefined, undefined);
    this.entry = this.build(regex, match);
    const { drafts } = this;
    const size = drafts.length;
    this.kinds = Uint8Array.from(drafts, (draft) => draft.kind);
    this.asserts = drafts.map((draft) => draft.assert);
    const numbers = new Map<CharSet, number>();
    this.setOf = Int32Array.from(drafts, ({ set }) => {
      if (!set) return -1;
      const known = numbers.get(set);
      if (known === undefined) numbers.set(set, numbers.size);
      return known ?? numbers.size - 1;
    });
    this.sets = [...numbers.keys()];
    this.edgeStart = new Int32Array(size + 1);
    for (let i = 0; i < size; i++) this.edgeStart[i + 1] = this.edgeStart[i]! + drafts[i]!.next.length;
    this.edges = new Int32Array(this.edgeStart[size]!);
    for (let i = 0; i < size; i++) this.edges.set(drafts[i]!.next, this.edgeStart[i]!);
    this.drafts = [];
    this.bounds = boundsOf(this.sets);
    this.classes = this.bounds.length;
    this.stride = this.classes + 1;
    for (let unit = 0; unit < 128; unit++) this.ascii[unit] = this.classOf(unit);
    this.table = this.sets.length * this.classes <= MAX_TABLE ? this.makeTable() : undefined;
    this.stack = new Int32Array(size);
    this.marks = new Int32Array(size);
    this.targetMarks = new Int32Array(size);
    this.targets = new Int32Array(size);
    this.reset();
  }

  /** Whether the pattern matches anywhere in the text. */
  test(text: string): boolean {
    this.refills = 0;
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const group = unit < 128 ? this.ascii[unit]! : this.classOf(unit);
      let next = this.transitions[state * this.stride + group]!;
      if (next === UNKNOWN) {
        if (this.refills > MAX_REFILLS) {
          const to = Math.min(text.length, i + SPAN);
          next = this.simulate(text, i, to, this.states[state]!);
          // The next memory has to last for as long again, or the one after it is not tried.
          this.refills = MAX_REFILLS;
          i = to - 1;
        } else next = this.step(state, group);
      }
      if (next < 0) return next === MATCHED;
      state = next;
    }
    let last = this.transitions[state * this.stride + this.classes]!;
    if (last === UNKNOWN) last = this.step(state, this.classes);
    return last === MATCHED;
  }

  /** Reads a stretch of the text without remembering anything; gives the state after it, or {@link MATCHED}. */
  private simulate(
    text: string,
    from: number,
    to: number,
    state: { members: Int32Array; before: number },
  ): number {
    let current: Int32Array = new Int32Array(this.targets.length);
    current.set(state.members);
    let { before } = state;
    let { length } = state.members;
    for (let i = from; i < to; i++) {
      const unit = text.charCodeAt(i);
      const group = unit < 128 ? this.ascii[unit]! : this.classOf(unit);
      if (this.advance(current, length, before, unit, group)) return MATCHED;
      before = beforeNext(unit);
      length = this.count;
      [current, this.targets] = [this.targets, current];
    }
    this.reset();
    return this.intern(current.slice(0, length).sort(), before);
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

  private makeTable(): Uint8Array {
    const table = new Uint8Array(this.sets.length * this.classes);
    for (const [number, set] of this.sets.entries())
      for (let group = 0; group < this.classes; group++)
        if (contains(set, this.bounds[group]!)) table[group * this.sets.length + number] = 1;
    return table;
  }

  /** Forgets all deterministic states but the first. */
  private reset(): void {
    this.states = [];
    this.members = 0;
    this.index = new Map();
    this.transitions = new Int32Array(2 * this.stride).fill(UNKNOWN);
    this.intern(Int32Array.of(this.entry), BEFORE.start);
  }

  private intern(members: Int32Array, before: number): number {
    const key = `${before}:${String.fromCharCode(...members)}`;
    const known = this.index.get(key);
    if (known !== undefined) return known;
    const id = this.states.length;
    this.states.push({ members, before });
    this.members += members.length;
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
    let result: number;
    if (this.advance(members, members.length, before, unit, group)) result = MATCHED;
    else if (unit < 0) result = DEAD;
    else {
      const sorted = this.targets.slice(0, this.count).sort();
      const after = beforeNext(unit);
      if ((this.states.length + 1) * this.stride > MAX_CELLS || this.members + sorted.length > MAX_CELLS) {
        this.reset();
        this.refills++;
        return this.intern(sorted, after);
      }
      result = this.intern(sorted, after);
    }
    this.transitions[from * this.stride + group] = result;
    return result;
  }

  /** One character of the non-deterministic automaton; fills {@link targets}. True: it has matched before it. */
  private advance(members: Int32Array, length: number, before: number, unit: number, group: number): boolean {
    const { kinds, edges, edgeStart, marks, targetMarks, stack, targets, setOf, table, sets } = this;
    if (this.generation === 0x7fffffff) {
      this.generation = 0;
      marks.fill(0);
      targetMarks.fill(0);
    }
    const seen = ++this.generation;
    const row = group * sets.length;
    let top = 0;
    let count = 0;
    let id = -1;
    // Sets are most of the states and need no stack: they only lead to targets.
    for (let i = 0, edge = 0, end = 0; ; ) {
      if (edge < end) id = edges[edge++]!;
      else if (i < length) id = members[i++]!;
      else if (top > 0) {
        id = stack[--top]!;
        edge = edgeStart[id]!;
        end = edgeStart[id + 1]!;
        continue;
      } else break;
      const kind = kinds[id]!;
      if (kind === SET) {
        if (unit < 0) continue;
        const set = setOf[id]!;
        if (table ? table[row + set] !== 1 : !contains(sets[set]!, unit)) continue;
        const target = edges[edgeStart[id]!]!;
        if (targetMarks[target] !== seen) {
          targetMarks[target] = seen;
          targets[count++] = target;
        }
      } else if (marks[id] !== seen) {
        marks[id] = seen;
        if (kind === MATCH) return true;
        if (kind === SPLIT || assertHolds(this.asserts[id]!, before, unit)) stack[top++] = id;
      }
    }
    // The search is not anchored: a match may also start here.
    if (targetMarks[this.entry] !== seen) targets[count++] = this.entry;
    this.count = count;
    return false;
  }

  private add(
    kind: number,
    next: number[],
    set: CharSet | undefined,
    assert: AssertKind | undefined,
  ): number {
    this.drafts.push({ kind, next, set, assert });
    return this.drafts.length - 1;
  }

  /** Builds the states of `regex` that continue with `next`; returns the first. */
  private build(regex: Regex, next: number): number {
    switch (regex.type) {
      case 'empty':
        return next;
      case 'set':
        return this.add(SET, [next], regex.set, undefined);
      case 'assert':
        return this.add(ASSERT, [next], undefined, regex.kind);
      case 'capture':
        return this.build(regex.item, next);
      case 'sequence':
        return regex.items.reduceRight((after, item) => this.build(item, after), next);
      case 'choice': {
        const branches = new Set(regex.items.map((item) => this.build(item, next)));
        return this.add(SPLIT, [...branches], undefined, undefined);
      }
      case 'repeat': {
        let after = next;
        if (regex.max === Infinity) {
          const loop = this.add(SPLIT, [], undefined, undefined);
          this.drafts[loop]!.next = [this.build(regex.item, loop), next];
          after = loop;
        } else {
          for (let i = regex.min; i < regex.max; i++)
            after = this.add(SPLIT, [this.build(regex.item, after), next], undefined, undefined);
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

function boundsOf(sets: readonly CharSet[]): Int32Array {
  const cuts = new Set<number>([0, 10, 11]);
  for (const set of [...sets, WORD]) {
    for (let i = 0; i < set.length; i += 2) {
      cuts.add(set[i]!);
      if (set[i + 1]! < MAX_UNIT) cuts.add(set[i + 1]! + 1);
    }
  }
  return Int32Array.from(cuts).sort();
}

function beforeNext(unit: number): number {
  return unit === 10 ? BEFORE.newline : contains(WORD, unit) ? BEFORE.word : BEFORE.other;
}

function assertHolds(assert: AssertKind, before: number, unit: number): boolean {
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
