import {
  type CandidateSink,
  CLASS_BITS,
  classesFor,
  classOf,
  DOTTED_I,
  FOREIGN,
  type Needle,
} from './needle.ts';

/**
 * Finds which of many literals a text ends with, ignoring ASCII case: the text is read from its end for as long as
 * a literal may still fit, which in paths is seldom further back than the name of the file.
 *
 * Like the other ways of finding literals it may tell of more than the lower-cased text holds, never of less.
 */
export class SuffixIndex {
  private readonly classes: Uint8Array;
  /** The literals read backwards as a tree: node after a node and a class, or 0. */
  private readonly tree: Int32Array;
  private readonly targets: readonly (Int32Array | undefined)[];

  /** @param needles literals that texts must end with */
  constructor(needles: readonly Needle[]) {
    this.classes = classesFor(needles);
    const nodes: { readonly next: Map<number, number>; readonly targets: number[] }[] = [
      { next: new Map(), targets: [] },
    ];
    for (const { literal, target } of needles) {
      let at = 0;
      for (let i = literal.length - 1; i >= 0; i--) {
        const group = classOf(this.classes, literal.charCodeAt(i));
        let next = nodes[at]!.next.get(group);
        if (next === undefined) {
          next = nodes.push({ next: new Map(), targets: [] }) - 1;
          nodes[at]!.next.set(group, next);
        }
        at = next;
      }
      nodes[at]!.targets.push(target);
    }
    this.tree = new Int32Array(nodes.length << CLASS_BITS);
    for (const [at, { next }] of nodes.entries())
      for (const [group, to] of next) this.tree[(at << CLASS_BITS) | group] = to;
    this.targets = nodes.map(({ targets }) => (targets.length > 0 ? Int32Array.from(targets) : undefined));
  }

  get states(): number {
    return this.targets.length;
  }

  /** Tells the targets of the literals that the text ends with. */
  scan(text: string, sink: CandidateSink): void {
    const { tree, classes, targets } = this;
    let node = 0;
    for (let i = text.length - 1; i >= 0; i--) {
      const unit = text.charCodeAt(i);
      if (unit === DOTTED_I) {
        // Lower-cased, a combining dot stands behind its i.
        node = tree[(node << CLASS_BITS) | FOREIGN]!;
        if (node === 0) return;
        tell(targets[node], sink);
      }
      node = tree[(node << CLASS_BITS) | classOf(classes, unit)]!;
      if (node === 0) return;
      tell(targets[node], sink);
    }
  }
}

function tell(targets: Int32Array | undefined, sink: CandidateSink): void {
  if (targets !== undefined) for (let i = 0; i < targets.length; i++) sink.add(targets[i]!);
}
