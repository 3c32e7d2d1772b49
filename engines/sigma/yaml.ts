/**
 * Reads YAML into a small tree with positions, under bounds: rule files come from strangers, so alias bombs,
 * deep nesting and huge files are refused before they cost anything.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { Position } from './ast.ts';
import { IssueError, type SigmaIssue } from './issue.ts';

export type YamlNode = YamlMap | YamlList | YamlScalar;
export interface YamlMap extends Position {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
}
export interface YamlEntry {
  readonly key: string;
  readonly position: Position;
  readonly value: YamlNode;
}
export interface YamlList extends Position {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}
export interface YamlScalar extends Position {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** The value's text: numbers as written. */
  readonly text: string;
}

export interface YamlLimits {
  /** Characters of a file. */
  readonly size: number;
  /** Nodes of a document, aliases counted as often as they are used. */
  readonly nodes: number;
  readonly depth: number;
  /** Documents of a file. */
  readonly documents: number;
}
export const YAML_LIMITS: YamlLimits = { size: 1 << 20, nodes: 100_000, depth: 32, documents: 2000 };

/**
 * @param text YAML text, one or several documents
 * @returns root nodes of the documents that could be read, and the issues of the others
 */
export function readYaml(
  text: string,
  limits: YamlLimits = YAML_LIMITS,
): { documents: YamlNode[]; issues: SigmaIssue[] } {
  const issues: SigmaIssue[] = [];
  if (text.length > limits.size) {
    const message = `the file has ${text.length} characters; at most ${limits.size} are read`;
    return { documents: [], issues: [{ code: 'file_too_large', message }] };
  }
  if ((text.match(/^(?:---|\.\.\.)/gm)?.length ?? 0) > limits.documents) {
    const message = `the file has more than ${limits.documents} documents`;
    return { documents: [], issues: [{ code: 'yaml_too_large', message }] };
  }
  if (text.includes('\0')) {
    const message = 'this is no UTF-8 text: save the file as UTF-8';
    return { documents: [], issues: [{ code: 'yaml_syntax', message, line: 1, column: 1 }] };
  }
  const lines = new LineCounter();
  let parsed: ReturnType<typeof parseAllDocuments>;
  try {
    // Uniqueness of keys is checked below: the library's own check is quadratic.
    parsed = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { documents: [], issues: [{ code: 'yaml_too_deep', message: 'nested too deeply' }] };
  }
  const documents: YamlNode[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const failure = document.errors[0];
    if (failure) {
      const at = lines.linePos(failure.pos[0]);
      // The library reports its own stack overflow as a syntax error.
      const deep = failure.message.includes('call stack');
      const code = deep ? 'yaml_too_deep' : 'yaml_syntax';
      const message = deep ? 'nested too deeply' : failure.message;
      issues.push({ code, message, line: at.line, column: at.col });
      continue;
    }
    if (document.contents === null) continue;
    try {
      const reader = new TreeReader(lines, limits);
      documents.push(reader.read(document.contents as Node, 0));
    } catch (error) {
      if (!(error instanceof IssueError)) throw error;
      issues.push(error.issue);
    }
  }
  return { documents, issues };
}

class TreeReader {
  private readonly lines: LineCounter;
  private readonly limits: YamlLimits;
  private readonly anchors = new Map<string, Node>();
  private nodes = 0;

  constructor(lines: LineCounter, limits: YamlLimits) {
    this.lines = lines;
    this.limits = limits;
  }

  read(node: Node | null, depth: number): YamlNode {
    const position = this.position(node);
    if (++this.nodes > this.limits.nodes)
      throw new IssueError('yaml_too_large', `more than ${this.limits.nodes} nodes`, position);
    if (depth > this.limits.depth)
      throw new IssueError('yaml_too_deep', `nested more than ${this.limits.depth} levels`, position);
    if (node === null) return { kind: 'scalar', value: null, text: '', ...position };
    if (isAlias(node)) {
      const target = this.anchors.get(node.source);
      if (!target) throw new IssueError('yaml_syntax', `unknown anchor ${node.source}`, position);
      return this.read(target, depth + 1);
    }
    if ('anchor' in node && typeof node.anchor === 'string') this.anchors.set(node.anchor, node);
    if (isScalar(node)) return this.scalar(node.value, node.source, position);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.read(item as Node | null, depth + 1));
      return { kind: 'list', items, ...position };
    }
    if (!isMap(node)) throw new IssueError('yaml_syntax', 'unsupported YAML node', position);
    const seen = new Set<string>();
    const entries: YamlEntry[] = [];
    const merged: YamlEntry[] = [];
    for (const pair of node.items) {
      const key = pair.key as Node | null;
      const at = this.position(key ?? node);
      if (key !== null && !isScalar(key)) throw new IssueError('yaml_syntax', 'a key must be text', at);
      const name = key === null ? '' : (key.source ?? String(key.value));
      if (seen.has(name)) throw new IssueError('yaml_syntax', `the key ${name} is given twice`, at);
      seen.add(name);
      const value = this.read(pair.value as Node | null, depth + 1);
      if (name === '<<' && key !== null && key.type === 'PLAIN') merged.push(...mergedEntries(value));
      else entries.push({ key: name, position: at, value });
    }
    // What a map says itself goes before what it takes over from others.
    for (const entry of merged) {
      if (seen.has(entry.key)) continue;
      seen.add(entry.key);
      entries.push(entry);
    }
    return { kind: 'map', entries, ...position };
  }

  private scalar(value: unknown, source: string | undefined, position: Position): YamlScalar {
    const text = source ?? (value === null ? '' : String(value));
    // A number that JavaScript can't hold exactly would match the wrong text: keep what was written.
    if (
      typeof value === 'number' &&
      (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    )
      return { kind: 'scalar', value: text, text, ...position };
    if (
      value === null ||
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean'
    )
      return { kind: 'scalar', value, text, ...position };
    return { kind: 'scalar', value: text, text, ...position };
  }

  private position(node: Node | null): Position {
    const offset = node?.range?.[0];
    if (offset === undefined) return { line: 1, column: 1 };
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

/** What the merge key `<<` takes over: the entries of one map or of several, of which the first goes before. */
function mergedEntries(value: YamlNode): readonly YamlEntry[] {
  const maps = value.kind === 'list' ? value.items : [value];
  return maps.flatMap((map) => {
    if (map.kind === 'map') return map.entries;
    throw new IssueError('yaml_syntax', '<< takes a map, or a list of maps', map);
  });
}

/** Value of a key of a map, if the node is a map and has it. */
export function child(node: YamlNode, key: string): YamlEntry | undefined {
  return node.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** Turns a tree into plain JSON. Keys such as `__proto__` become data of their own. */
export function toJson(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toJson);
  return Object.fromEntries(node.entries.map((entry) => [entry.key, toJson(entry.value)]));
}
