/**
 * Finds which of many literals occur in a text, in one pass and ignoring ASCII case: the automaton of Aho and
 * Corasick ("Efficient string matching", 1975) with all transitions filled in, in one typed array.
 *
 * It runs on the text as it is, folding on the way, and may report a literal that the lower-cased text does
 * not hold; it never misses one. What it reports are candidates that are then checked.
 */

import {
  type CandidateSink,
  CLASS_BITS,
  CLASSES,
  classesFor,
  classOf,
  DOTTED_I,
  FOREIGN,
  type Needle,
  reportOf,
  tell,
} from './needle.ts';
import { SkipScan } from './skip-scan.ts';

export class NeedleIndex {
  private readonly classes: Uint8Array;
  /** State (in the high bits) and whether it reports anything (lowest bit), by state and class. */
  private readonly next: Int32Array;
  private readonly outputStart: Int32Array;
  /** Triples of target, flags and literal length. */
  private readonly outputs: Int32Array;
  readonly states: number;
  /** Finds few literals faster. */
  private readonly skip: SkipScan | undefined;

  constructor(needles: readonly Needle[]) {
    this.classes = classesFor(needles);
    this.skip = SkipScan.of(needles, this.classes);
    const trie = buildTrie(needles, this.classes);
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
      next[i] = (state << CLASS_BITS) | (reports[state]!.length > 0 ? 1 : 0);
    }
    this.next = next;
  }

  /** Reports the targets of the literals found, possibly more than once. */
  scan(text: string, sink: CandidateSink): void {
    if (this.skip !== undefined) this.skip.scan(text, sink);
    else this.scanAll(text, sink);
  }

  private scanAll(text: string, sink: CandidateSink): void {
    const { next, classes } = this;
    const length = text.length;
    let state = 0;
    // How much longer the lower-cased text is than what has been read of this one.
    let shift = 0;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      state = next[(state & -CLASSES) | (unit < 128 ? classes[unit]! : classOf(classes, unit))]!;
      if ((state & 1) !== 0) this.report(state >> CLASS_BITS, i + 1 + shift, length + shift, sink);
      if (unit === DOTTED_I) {
        shift++;
        state = next[(state & -CLASSES) | FOREIGN]!;
        if ((state & 1) !== 0) this.report(state >> CLASS_BITS, i + 1 + shift, length + shift, sink);
      }
    }
  }

  private report(state: number, end: number, length: number, sink: CandidateSink): void {
    tell(this.outputs, this.outputStart[state]!, this.outputStart[state + 1]!, end, length, sink);
  }
}

interface TrieNode {
  readonly children: Map<number, number>;
  readonly reports: number[];
}

function buildTrie(needles: readonly Needle[], classes: Uint8Array): TrieNode[] {
  const nodes: TrieNode[] = [{ children: new Map(), reports: [] }];
  for (const needle of needles) {
    let at = 0;
    for (let i = 0; i < needle.literal.length; i++) {
      const group = classOf(classes, needle.literal.charCodeAt(i));
      let child = nodes[at]!.children.get(group);
      if (child === undefined) {
        child = nodes.length;
        nodes.push({ children: new Map(), reports: [] });
        nodes[at]!.children.set(group, child);
      }
      at = child;
    }
    nodes[at]!.reports.push(...reportOf(needle));
  }
  return nodes;
}

/** Breadth first, so that a state's failure state is complete before it is needed. */
function fillTransitions(trie: readonly TrieNode[]): {
  next: Int32Array;
  order: Int32Array;
  fail: Int32Array;
} {
  const next = new Int32Array(trie.length << CLASS_BITS);
  const fail = new Int32Array(trie.length);
  const order = new Int32Array(trie.length);
  let filled = 1;
  for (let head = 0; head < filled; head++) {
    const state = order[head]!;
    const base = state << CLASS_BITS;
    const failBase = fail[state]! << CLASS_BITS;
    if (state !== 0) next.copyWithin(base, failBase, failBase + CLASSES);
    for (const [group, child] of trie[state]!.children) {
      fail[child] = state === 0 ? 0 : next[failBase | group]!;
      next[base | group] = child;
      order[filled++] = child;
    }
  }
  return { next, order, fail };
}
