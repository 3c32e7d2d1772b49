/**
 * Finds which of many literals occur in a text, in one pass and ignoring ASCII case: the automaton of Aho and
 * Corasick ("Efficient string matching", 1975) with all transitions filled in, in one typed array.
 *
 * It runs on the text as it is, folding on the way, and may report a literal that the lower-cased text does
 * not hold; it never misses one. What it reports are candidates that are then checked.
 */

/** A lower-case literal, where it must stand, and what it stands for. */
export interface Needle {
  /** Every unit beyond ASCII is treated as the same one. */
  readonly literal: string;
  readonly atStart: boolean;
  readonly atEnd: boolean;
  readonly target: number;
}

const STRIDE_BITS = 6;
const STRIDE = 1 << STRIDE_BITS;
const AT_START = 1;
const AT_END = 2;
/** The class of all units beyond ASCII. */
const FOREIGN = STRIDE - 1;
/** Lower-cased, the Kelvin sign is k, and İ is i with a combining dot: the only two that become ASCII. */
const KELVIN = 0x212a;
const DOTTED_I = 0x130;

export class NeedleIndex {
  private readonly classes = new Uint8Array(128);
  /** State (in the high bits) and whether it reports anything (lowest bit), by state and class. */
  private readonly next: Int32Array;
  private readonly outputStart: Int32Array;
  /** Triples of target, flags and literal length. */
  private readonly outputs: Int32Array;
  readonly states: number;

  constructor(needles: readonly Needle[]) {
    // The classes that remain for rare characters share the last one: a superset of what is asked.
    const counts = new Map<number, number>();
    for (const { literal } of needles) {
      for (let i = 0; i < literal.length; i++) {
        const unit = literal.charCodeAt(i);
        if (unit < 128) counts.set(unit, (counts.get(unit) ?? 0) + 1);
      }
    }
    const byUse = [...counts].sort((a, b) => b[1] - a[1]).map(([unit]) => unit);
    byUse.forEach((unit, index) => {
      const group = Math.min(index + 1, FOREIGN - 1);
      this.classes[unit] = group;
      if (unit >= 97 && unit <= 122) this.classes[unit - 32] = group;
    });
    const trie = buildTrie(needles, (unit) => (unit < 128 ? this.classes[unit]! : FOREIGN));
    this.states = trie.length;
    const { next, order, fail } = fillTransitions(trie);
    const reports: number[][] = trie.map((node) => node.reports);
    for (const state of order) {
      const inherited = reports[fail[state]!]!;
      if (state !== 0 && inherited.length > 0) reports[state] = [...reports[state]!, ...inherited];
    }
    this.outputStart = new Int32Array(trie.length + 1);
    let total = 0;
    for (let state = 0; state < trie.length; state++) {
      this.outputStart[state] = total;
      total += reports[state]!.length;
    }
    this.outputStart[trie.length] = total;
    this.outputs = new Int32Array(total);
    for (let state = 0; state < trie.length; state++)
      this.outputs.set(reports[state]!, this.outputStart[state]!);
    for (let i = 0; i < next.length; i++) {
      const state = next[i]!;
      next[i] = (state << STRIDE_BITS) | (reports[state]!.length > 0 ? 1 : 0);
    }
    this.next = next;
  }

  /** Reports the targets of the literals found, possibly more than once. */
  scan(text: string, sink: CandidateSink): void {
    const { next, classes } = this;
    const length = text.length;
    let state = 0;
    // How much longer the lower-cased text is than what has been read of this one.
    let shift = 0;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      let group: number;
      if (unit < 128) group = classes[unit]!;
      else if (unit === KELVIN) group = classes[107]!;
      else {
        if (unit === DOTTED_I) {
          state = next[(state & -STRIDE) | classes[105]!]!;
          if ((state & 1) !== 0) this.report(state >> STRIDE_BITS, i + 1 + shift, length + shift, sink);
          shift++;
        }
        group = FOREIGN;
      }
      state = next[(state & -STRIDE) | group]!;
      if ((state & 1) !== 0) this.report(state >> STRIDE_BITS, i + 1 + shift, length + shift, sink);
    }
  }

  private report(state: number, end: number, length: number, sink: CandidateSink): void {
    const to = this.outputStart[state + 1]!;
    for (let i = this.outputStart[state]!; i < to; i += 3) {
      const flags = this.outputs[i + 1]!;
      if ((flags & AT_END) !== 0 && end !== length) continue;
      if ((flags & AT_START) !== 0 && end !== this.outputs[i + 2]) continue;
      sink.add(this.outputs[i]!);
    }
  }
}

export interface CandidateSink {
  add(target: number): void;
}

interface TrieNode {
  readonly children: Map<number, number>;
  readonly reports: number[];
}

function buildTrie(needles: readonly Needle[], classOf: (unit: number) => number): TrieNode[] {
  const nodes: TrieNode[] = [{ children: new Map(), reports: [] }];
  for (const needle of needles) {
    let at = 0;
    for (let i = 0; i < needle.literal.length; i++) {
      const group = classOf(needle.literal.charCodeAt(i));
      let child = nodes[at]!.children.get(group);
      if (child === undefined) {
        child = nodes.length;
        nodes.push({ children: new Map(), reports: [] });
        nodes[at]!.children.set(group, child);
      }
      at = child;
    }
    const flags = (needle.atStart ? AT_START : 0) | (needle.atEnd ? AT_END : 0);
    nodes[at]!.reports.push(needle.target, flags, needle.literal.length);
  }
  return nodes;
}

/** Breadth first, so that a state's failure state is complete before it is needed. */
function fillTransitions(trie: readonly TrieNode[]): {
  next: Int32Array;
  order: Int32Array;
  fail: Int32Array;
} {
  const next = new Int32Array(trie.length << STRIDE_BITS);
  const fail = new Int32Array(trie.length);
  const order = new Int32Array(trie.length);
  let filled = 1;
  for (let head = 0; head < filled; head++) {
    const state = order[head]!;
    const base = state << STRIDE_BITS;
    const failBase = fail[state]! << STRIDE_BITS;
    if (state !== 0) next.copyWithin(base, failBase, failBase + STRIDE);
    for (const [group, child] of trie[state]!.children) {
      fail[child] = state === 0 ? 0 : next[failBase | group]!;
      next[base | group] = child;
      order[filled++] = child;
    }
  }
  return { next, order, fail };
}
