/**
 * Finds the logsources an event belongs to by a decision tree that grows as events need it: each node looks
 * at one field, and only at fields that can still decide something.
 */
import type { LogsourceTest, ResolvedLogsource, TestValue } from '../taxonomy.ts';
import { type EventFields, isScalar } from '../values.ts';

/** Values remembered per field; beyond, they are classified each time. */
const MAX_REMEMBERED = 4096;
/** Characters of the longest list remembered. */
const MAX_LIST = 256;
const MAX_NODES = 20_000;

interface Node<T> {
  /** Field to look at; -1: a leaf. */
  readonly field: number;
  readonly children: (Node<T> | undefined)[];
  readonly leaf: T | undefined;
  /** Class of each field's value on the way here; -1: not looked at. */
  readonly path: Int32Array;
  /** Logsources that the way here has decided in favour of. */
  readonly members: readonly number[];
  /** Logsources that it has not decided yet. */
  readonly undecided: readonly Open[];
}

/** A logsource that is not decided yet, and the first field that may decide something about it. */
interface Open {
  readonly logsource: number;
  readonly next: number;
}

/** The values of one event field, sorted by which of the tested patterns they fit. */
class ValueClasses {
  readonly name: string;
  private readonly patterns: string[] = [];
  private readonly remembered = new Map<unknown, number>();
  private readonly lists = new Map<string, number>();
  private readonly ids = new Map<string, number>();
  private readonly fits: boolean[][] = [];

  constructor(name: string) {
    this.name = name;
    this.idOf([]);
  }

  /** Number of a pattern. */
  pattern(value: TestValue): number {
    const text = String(value).toLowerCase();
    const known = this.patterns.indexOf(text);
    return known === -1 ? this.patterns.push(text) - 1 : known;
  }

  /** Class of an event's value; 0 is absent. */
  classify(value: unknown): number {
    if (typeof value === 'object') return Array.isArray(value) ? this.classifyList(value) : 0;
    const known = this.remembered.get(value);
    if (known !== undefined) return known;
    if (!isScalar(value)) return 0;
    const id = this.idOf([value]);
    if (this.remembered.size < MAX_REMEMBERED) this.remembered.set(value, id);
    return id;
  }

  /** Lists are remembered by their texts, which alone decide. */
  private classifyList(list: readonly unknown[]): number {
    if (list.length === 1 && isScalar(list[0])) return this.classify(list[0]);
    const scalars = list.filter(isScalar);
    const key = scalars.map(String).join('\u0000');
    const known = this.lists.get(key);
    if (known !== undefined) return known;
    const id = this.idOf(scalars);
    if (this.lists.size < MAX_REMEMBERED && key.length <= MAX_LIST) this.lists.set(key, id);
    return id;
  }

  fitsPattern(id: number, pattern: number): boolean {
    return this.fits[id]?.[pattern] === true;
  }

  private idOf(values: readonly TestValue[]): number {
    const texts = values.map((value) => String(value).toLowerCase());
    const fits = this.patterns.map((pattern) => texts.some((text) => wildcardFits(pattern, text)));
    const key = fits.map(Number).join('');
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.fits.push(fits) - 1;
    this.ids.set(key, id);
    return id;
  }
}

/**
 * `T` is what the caller keeps for a set of logsources.
 */
export class LogsourceTree<T> {
  private readonly fields: ValueClasses[] = [];
  /** Logsource → groups → alternatives → tests. */
  private readonly logsources: readonly (readonly (readonly Alternative[])[])[];
  /** Fields that each logsource tests. */
  private readonly tested: readonly ReadonlySet<number>[];
  private readonly create: (members: readonly number[]) => T;
  private readonly leaves = new Map<string, T>();
  private root: Node<T>;
  private nodes = 0;

  /**
   * @param logsources resolved logsources
   * @param create makes what belongs to the events of a set of logsources, given by their numbers
   */
  constructor(logsources: readonly ResolvedLogsource[], create: (members: readonly number[]) => T) {
    this.create = create;
    const uses = new Map<string, number>();
    for (const test of logsources.flat(2)) {
      for (const name of Object.keys(test)) uses.set(name, (uses.get(name) ?? 0) + 1);
    }
    const names = [...uses].sort((a, b) => b[1] - a[1]).map(([name]) => name);
    const numbers = new Map(names.map((name, index) => [name, index]));
    for (const name of names) this.fields.push(new ValueClasses(name));
    const compileTest = (test: LogsourceTest) =>
      Object.entries(test).map(([name, values]) => {
        const field = numbers.get(name)!;
        const wanted = (Array.isArray(values) ? values : [values]) as readonly TestValue[];
        return { field, patterns: wanted.map((value) => this.fields[field]!.pattern(value)) };
      });
    this.logsources = logsources.map((groups) => groups.map((group) => group.map(compileTest)));
    this.tested = this.logsources.map((groups) => new Set(groups.flat(2).map(({ field }) => field)));
    this.root = this.makeRoot();
  }

  find(event: EventFields): T {
    let node = this.root;
    while (node.field !== -1) {
      const field = this.fields[node.field]!;
      const id = field.classify(event[field.name]);
      node = node.children[id] ?? this.grow(node, id);
    }
    return node.leaf!;
  }

  private grow(node: Node<T>, id: number): Node<T> {
    // Odd mixtures of values can't exhaust memory: the tree starts afresh.
    if (this.nodes > MAX_NODES) {
      this.nodes = 0;
      this.leaves.clear();
      this.root = this.makeRoot();
    }
    const path = node.path.slice();
    path[node.field] = id;
    const child = this.makeNode(path, node.members, node.undecided, node.field);
    node.children[id] = child;
    return child;
  }

  private makeRoot(): Node<T> {
    const path = new Int32Array(this.fields.length).fill(-1);
    const all = this.logsources.map((_, logsource): Open => ({ logsource, next: -1 }));
    return this.makeNode(path, [], all, undefined);
  }

  /**
   * What the nodes above have decided stays decided: only the rest is looked at again, and of it what tests
   * the field just looked at (`undefined`: all).
   */
  private makeNode(
    path: Int32Array,
    decided: readonly number[],
    rest: readonly Open[],
    looked: number | undefined,
  ): Node<T> {
    this.nodes++;
    const members = [...decided];
    const undecided: Open[] = [];
    let next = -1;
    for (const open of rest) {
      const { logsource } = open;
      let kept = open;
      if (looked === undefined || this.tested[logsource]!.has(looked)) {
        const verdict = judge(this.logsources[logsource]!, path, this.fields);
        if (verdict === true) members.push(logsource);
        if (typeof verdict === 'boolean') continue;
        kept = { logsource, next: Math.min(...verdict) };
      }
      undecided.push(kept);
      if (next === -1 || kept.next < next) next = kept.next;
    }
    if (next !== -1) return { field: next, children: [], leaf: undefined, path, members, undecided };
    members.sort((a, b) => a - b);
    const key = members.join();
    let leaf = this.leaves.get(key);
    if (leaf === undefined) {
      leaf = this.create(members);
      this.leaves.set(key, leaf);
    }
    return { field: -1, children: [], leaf, path, members, undecided };
  }
}

interface TestOfField {
  readonly field: number;
  readonly patterns: readonly number[];
}
type Alternative = readonly TestOfField[];

/** True or false if the path decides the logsource, otherwise the fields that may. */
function judge(
  groups: readonly (readonly Alternative[])[],
  path: Int32Array,
  fields: readonly ValueClasses[],
): boolean | number[] {
  const open: number[] = [];
  for (const group of groups) {
    const own: number[] = [];
    let holds = false;
    for (const alternative of group) {
      const unknown = judgeAlternative(alternative, path, fields);
      if (unknown?.length === 0) holds = true;
      else if (unknown) own.push(...unknown);
    }
    if (holds) continue;
    if (own.length === 0) return false;
    open.push(...own);
  }
  return open.length === 0 ? true : open;
}

/** Fields still to look at; none: it holds; `undefined`: it fails. */
function judgeAlternative(
  alternative: Alternative,
  path: Int32Array,
  fields: readonly ValueClasses[],
): number[] | undefined {
  const unknown: number[] = [];
  for (const { field, patterns } of alternative) {
    const id = path[field]!;
    if (id === -1) unknown.push(field);
    else if (!patterns.some((pattern) => fields[field]!.fitsPattern(id, pattern))) return undefined;
  }
  return unknown;
}

function wildcardFits(pattern: string, text: string): boolean {
  const pieces = pattern.split('*');
  if (pieces.length === 1) return pattern === text;
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  let from = first.length;
  const to = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = text.indexOf(piece, from);
    if (at === -1 || at + piece.length > to) return false;
    from = at + piece.length;
  }
  return true;
}

/** Whether an event belongs to a logsource; the plain form of what the tree computes. */
export function belongsTo(logsource: ResolvedLogsource, event: EventFields): boolean {
  return logsource.every((group) =>
    group.some((test) =>
      Object.entries(test).every(([name, wanted]) => {
        const value: unknown = event[name];
        const values = Array.isArray(value) ? value.filter(isScalar) : isScalar(value) ? [value] : [];
        const patterns = (Array.isArray(wanted) ? wanted : [wanted]) as readonly TestValue[];
        return patterns.some((pattern) =>
          values.some((own) => wildcardFits(String(pattern).toLowerCase(), String(own).toLowerCase())),
        );
      }),
    ),
  );
}
