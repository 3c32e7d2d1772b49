import {
  type CandidateSink,
  CLASS_BITS,
  COMBINING_DOT,
  classOf,
  type Needle,
  reportOf,
  tell,
} from './needle.ts';

/** Shorter literals allow no skip worth its bookkeeping. */
const SHORTEST = 4;
/** Pairs of characters in all literals; with more of them, most places have to be looked at anyway. */
const MOST_PAIRS = 600;

/**
 * Finds few literals in a text without reading all of it: two characters tell how far the next literal can be at
 * the nearest, and so much is skipped (Wu and Manber, "A fast algorithm for multi-pattern searching", 1994).
 * Of İ, which becomes two characters, only the first is looked at: no literal that is searched for here holds the
 * second, and whoever asks checks what was found.
 */
export class SkipScan {
  private readonly classes: Uint8Array;
  /** Length of the shortest literal: what is looked at through the window. */
  private readonly window: number;
  /** By the last two characters of the window: how far to move on; 0: a literal may begin with it. */
  private readonly shifts: Uint8Array;
  /** The literals as a tree: node after a node and a class, or -1. */
  private readonly tree: Int32Array;
  private readonly reports: readonly (readonly number[])[];

  private constructor(needles: readonly Needle[], classes: Uint8Array, window: number) {
    this.classes = classes;
    this.window = window;
    this.shifts = new Uint8Array(1 << (2 * CLASS_BITS)).fill(Math.min(window - 1, 255));
    const nodes: { next: Map<number, number>; report: number[] }[] = [{ next: new Map(), report: [] }];
    for (const needle of needles) {
      const { literal } = needle;
      let at = 0;
      let before = 0;
      for (let i = 0; i < literal.length; i++) {
        const group = classOf(classes, literal.charCodeAt(i));
        const pair = (before << CLASS_BITS) | group;
        if (i > 0 && i < window) this.shifts[pair] = Math.min(this.shifts[pair]!, window - 1 - i);
        before = group;
        let next = nodes[at]!.next.get(group);
        if (next === undefined) {
          next = nodes.push({ next: new Map(), report: [] }) - 1;
          nodes[at]!.next.set(group, next);
        }
        at = next;
      }
      nodes[at]!.report.push(...reportOf(needle));
    }
    this.tree = new Int32Array(nodes.length << CLASS_BITS).fill(-1);
    for (const [at, { next }] of nodes.entries())
      for (const [group, to] of next) this.tree[(at << CLASS_BITS) | group] = to;
    this.reports = nodes.map(({ report }) => report);
  }

  /** @returns undefined where reading every character is faster */
  static of(needles: readonly Needle[], classes: Uint8Array): SkipScan | undefined {
    let window = Number.POSITIVE_INFINITY;
    const dot = String.fromCharCode(COMBINING_DOT);
    for (const { literal } of needles) {
      if (literal.includes(dot)) return undefined;
      window = Math.min(window, literal.length);
    }
    if (window < SHORTEST || needles.length * (window - 1) > MOST_PAIRS) return undefined;
    return new SkipScan(needles, classes, window);
  }

  /** Tells of every literal found. */
  scan(text: string, sink: CandidateSink): void {
    const { classes, shifts, window } = this;
    const { length } = text;
    for (let last = window - 1; last < length; ) {
      const pair =
        (classOf(classes, text.charCodeAt(last - 1)) << CLASS_BITS) | classOf(classes, text.charCodeAt(last));
      const shift = shifts[pair]!;
      if (shift === 0) this.look(text, last - window + 1, sink);
      last += shift === 0 ? 1 : shift;
    }
  }

  /** Literals that begin at a place. */
  private look(text: string, start: number, sink: CandidateSink): void {
    const { classes, tree, reports } = this;
    let node = 0;
    for (let i = start; i < text.length; i++) {
      node = tree[(node << CLASS_BITS) | classOf(classes, text.charCodeAt(i))]!;
      if (node < 0) return;
      const found = reports[node]!;
      if (found.length > 0) tell(found, 0, found.length, i + 1, text.length, sink);
    }
  }
}
