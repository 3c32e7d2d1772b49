/** Where in a rule the cursor stands; told from the lines above, so that it works while the YAML is broken. */
export interface YamlContext {
  /** Keys above the cursor, outermost first; list items add none. */
  readonly path: readonly string[];
  /** A key is being typed, or the value of `key` (of the innermost key above, for an item of a list). */
  readonly kind: 'key' | 'value';
  readonly key: string;
  /** What has been typed of it, and the column (from 0) where that begins. */
  readonly typed: string;
  readonly column: number;
  /** Column (from 0) where the line's content begins, after its dashes. */
  readonly indent: number;
  readonly item: boolean;
}

interface Shape {
  /** Column of the first dash; -1: none. */
  readonly dash: number;
  /** Column where the content begins. */
  readonly start: number;
  readonly key: string | undefined;
  /** What stands after the key and its colon. */
  readonly rest: string;
  readonly restColumn: number;
}

const KEY = /^("[^"]*"|'[^']*'|[^\s#:'"[\]{}][^#:]{0,200}?):(?:\s+|$)/;

function shapeOf(line: string): Shape {
  const lead = /^ */.exec(line)![0].length;
  let start = lead;
  let dash = -1;
  for (let dashes = /^-(?: +|$)/.exec(line.slice(start)); dashes !== null; ) {
    if (dash < 0) dash = start;
    start += dashes[0].length;
    dashes = /^-(?: +|$)/.exec(line.slice(start));
  }
  const content = line.slice(start);
  const key = KEY.exec(content);
  if (key === null) return { dash, start, key: undefined, rest: content, restColumn: start };
  return {
    dash,
    start,
    key: key[1]!.replace(/^(["'])(.*)\1$/, '$2'),
    rest: content.slice(key[0].length),
    restColumn: start + key[0].length,
  };
}

/**
 * @param lines all lines of the text
 * @param at number of the line, from 0
 * @param column of the cursor, from 0
 */
export function contextAt(lines: readonly string[], at: number, column: number): YamlContext | null {
  const before = (lines[at] ?? '').slice(0, column);
  if (/(?:^|\s)#/.test(before)) return null;
  const own = shapeOf(before);
  const path: string[] = [];
  let limit = own.start;
  let dashed = own.dash;
  for (let above = at - 1; above >= 0 && (limit > 0 || dashed >= 0); above--) {
    const line = lines[above]!;
    if (/^---(?:\s|$)/.test(line)) break;
    if (/^\s*(?:#|$)/.test(line)) continue;
    const shape = shapeOf(line);
    if (shape.key === undefined) continue;
    // A list may stand at the column of its key, everything else stands deeper.
    const isParent = shape.start < limit && (dashed < 0 || shape.start <= dashed);
    if (!isParent) continue;
    path.unshift(shape.key);
    limit = shape.start;
    dashed = shape.dash;
  }
  const item = own.dash >= 0;
  if (own.key !== undefined) {
    const typed = /[^[\],\s]*$/.exec(own.rest)![0];
    return {
      path,
      kind: 'value',
      key: own.key,
      typed,
      column: column - typed.length,
      indent: own.start,
      item,
    };
  }
  return {
    path,
    kind: 'key',
    key: path.at(-1) ?? '',
    typed: own.rest,
    column: own.restColumn,
    indent: own.start,
    item,
  };
}

/** The lines of the document that a line is in; files may hold several. */
export function documentAround(lines: readonly string[], at: number): { from: number; to: number } {
  let from = at;
  while (from > 0 && !/^---(?:\s|$)/.test(lines[from - 1]!)) from--;
  let to = at + 1;
  while (to < lines.length && !/^---(?:\s|$)/.test(lines[to]!)) to++;
  return { from, to };
}

/** What a document says at its top and one level below, as far as completion asks. */
export interface Outline {
  readonly keys: ReadonlySet<string>;
  readonly logsource: { product?: string; category?: string; service?: string };
  /** Names of the selections. */
  readonly selections: readonly string[];
}

/** Reads the outline of a document line by line. */
export function outlineOf(lines: readonly string[]): Outline {
  const keys = new Set<string>();
  const logsource: Outline['logsource'] = {};
  const selections: string[] = [];
  let top = '';
  let indent = -1;
  for (const line of lines) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const { start, key, rest, dash } = shapeOf(line);
    if (key === undefined) continue;
    if (start === 0) {
      top = key;
      indent = -1;
      keys.add(key);
      const flow = /^\{(.*)\}/.exec(rest)?.[1];
      if (key === 'logsource' && flow !== undefined)
        for (const pair of flow.split(',')) note(logsource, pair.split(':')[0], pair.split(':')[1]);
      continue;
    }
    if (dash >= 0) continue;
    if (indent < 0) indent = start;
    if (start !== indent) continue;
    if (top === 'logsource') note(logsource, key, rest);
    else if ((top === 'detection' || top === 'filter') && !NO_SELECTION.has(key)) selections.push(key);
  }
  return { keys, logsource, selections };
}

const NO_SELECTION = new Set(['condition', 'timeframe', 'rules']);

function note(logsource: Outline['logsource'], key: string | undefined, value: string | undefined): void {
  const name = key?.trim();
  const text = value
    ?.replace(/\s+#.*$/, '')
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
  if ((name === 'product' || name === 'category' || name === 'service') && text) logsource[name] = text;
}
