/** Checks of detections: selections, their values and the condition. */
import type { ConditionNode, Logsource } from '../ast.ts';
import { parseCondition } from '../condition.ts';
import { readDetection } from '../detection.ts';
import { IssueError } from '../issue.ts';
import { MODIFIERS } from '../modifiers.ts';
import { resolveLogsource } from '../taxonomy.ts';
import { child, type YamlEntry, type YamlNode, type YamlScalar } from '../yaml.ts';
import { FieldCheck } from './fields.ts';
import { mostSimilar } from './similar.ts';
import type { LintSource } from './source.ts';
import type { LintOptions } from './types.ts';

/** Checks the `detection` of a rule or the `filter` of a filter. */
export function lintDetection(
  section: YamlEntry,
  logsource: Logsource | undefined,
  source: LintSource,
  options: LintOptions,
): void {
  if (section.value.kind !== 'map') return;
  const condition = child(section.value, 'condition');
  const reserved = new Set(['condition', 'timeframe', ...(section.key === 'filter' ? ['rules'] : [])]);
  const selections = section.value.entries.filter(({ key }) => !reserved.has(key));
  const timeframe = child(section.value, 'timeframe');
  if (timeframe)
    source.report(
      'warning',
      'timeframe_deprecated',
      'timeframe no longer has a meaning here: write a correlation rule with timespan',
      timeframe.position,
    );
  lintCondition(condition, selections, source);
  const fields =
    options.taxonomy && logsource && resolveLogsource(options.taxonomy, logsource)
      ? new FieldCheck(options.taxonomy, logsource, source)
      : undefined;
  for (const selection of selections) {
    lintSyntax(selection, source);
    visit(selection.value, source, fields);
  }
}

/** Reads each selection by itself, so that one error does not hide the others. */
function lintSyntax(selection: YamlEntry, source: LintSource): void {
  const { position, key } = selection;
  const condition: YamlEntry = {
    key: 'condition',
    position,
    value: { kind: 'scalar', value: 'it', text: 'it', ...position },
  };
  try {
    const entries = [{ ...selection, key: 'it' }, condition];
    readDetection({ key, position, value: { kind: 'map', entries, ...position } }, []);
  } catch (error) {
    if (!(error instanceof IssueError)) throw error;
    const { code, message, line = position.line, column = position.column } = error.issue;
    source.report('error', code, message, { line, column });
  }
}

function lintCondition(
  condition: YamlEntry | undefined,
  selections: readonly YamlEntry[],
  source: LintSource,
): void {
  const nodes = condition?.value.kind === 'list' ? condition.value.items : condition ? [condition.value] : [];
  const names = selections.map(({ key }) => key);
  const used = new Set<string>();
  for (const node of nodes) {
    if (node.kind !== 'scalar' || node.value === null) return;
    try {
      collect(parseCondition(node.text, names, node), used);
    } catch (error) {
      if (!(error instanceof IssueError)) throw error;
      // The parser reports it too; here the name that was probably meant is added.
      const unknown = /^there is no "(.*)"$/.exec(error.message)?.[1];
      const meant = unknown === undefined ? undefined : mostSimilar(unknown, names);
      if (meant !== undefined)
        source.report('warning', 'condition_misspelt', `${unknown} in the condition: ${meant}?`, node, {
          title: `write ${meant}`,
          safe: false,
          edits: source.replace(node, node.text, replaceWord(node.text, unknown!, meant)),
        });
      return;
    }
  }
  if (nodes.length === 0) return;
  for (const { key, position } of selections)
    if (!used.has(key))
      source.report('warning', 'selection_unused', `the condition never refers to ${key}`, position);
}

function replaceWord(text: string, word: string, by: string): string {
  return text
    .split(/([\s()]+)/)
    .map((part) => (part === word ? by : part))
    .join('');
}

function collect(node: ConditionNode, used: Set<string>): void {
  if (node.op === 'ref') used.add(node.name);
  else if (node.op === 'of') for (const name of node.names) used.add(name);
  else if (node.op === 'not') collect(node.item, used);
  else for (const item of node.items) collect(item, used);
}

function visit(node: YamlNode, source: LintSource, fields: FieldCheck | undefined): void {
  if (node.kind === 'list') {
    lintValues(
      [],
      node.items.filter((item) => item.kind === 'scalar'),
      source,
    );
    for (const item of node.items) if (item.kind !== 'scalar') visit(item, source, fields);
    return;
  }
  if (node.kind !== 'map') return;
  const keys = new Map<string, string>();
  for (const { key, position, value } of node.entries) {
    const [field = '', ...modifiers] = key.split('|');
    const values = value.kind === 'list' ? value.items : [value];
    fields?.check(field.trim(), position, key);
    lintModifiers(key, modifiers, position, source);
    lintTimes(
      modifiers,
      values.filter((item) => item.kind === 'scalar'),
      source,
    );
    lintValues(
      modifiers,
      values.filter((item) => item.kind === 'scalar'),
      source,
    );
    const same = keys.get(key.toLowerCase());
    if (same !== undefined)
      source.report('warning', 'field_twice', `${key} and ${same} must both hold`, position);
    keys.set(key.toLowerCase(), key);
  }
}

function lintModifiers(
  key: string,
  modifiers: readonly string[],
  position: { line: number; column: number },
  source: LintSource,
): void {
  for (const name of modifiers) {
    if ((MODIFIERS as readonly string[]).includes(name)) continue;
    const meant = mostSimilar(name, MODIFIERS);
    if (meant !== undefined)
      source.report('warning', 'modifier_misspelt', `|${name}: |${meant}?`, position, {
        title: `write |${meant}`,
        safe: false,
        edits: source.replace(position, key, key.replace(`|${name}`, `|${meant}`)),
      });
  }
}

/** What a part of a date can be. */
const TIME_RANGES: Readonly<Record<string, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
};

/** Numbers that no date has. */
function lintTimes(modifiers: readonly string[], values: readonly YamlScalar[], source: LintSource): void {
  const part = modifiers.find((name) => Object.hasOwn(TIME_RANGES, name));
  if (part === undefined) return;
  const [low, high] = TIME_RANGES[part]!;
  const equal = !modifiers.some((name) => ['lt', 'lte', 'gt', 'gte'].includes(name));
  for (const node of values) {
    const number = Number(node.text);
    if (Number.isNaN(number) || (number >= low && number <= high && (!equal || Number.isInteger(number))))
      continue;
    source.report('warning', 'value_range', `no date has the ${part} ${node.text}: ${low} to ${high}`, node);
  }
}

/** Modifiers under which values that differ in case only are different. */
const CASE_MATTERS = ['cased', 're', 'base64', 'base64offset', 'wide', 'utf16', 'utf16le', 'utf16be'];

function lintValues(modifiers: readonly string[], values: readonly YamlScalar[], source: LintSource): void {
  const has = (name: string) => modifiers.includes(name);
  // Encoded, a letter's case becomes another text.
  const cased = CASE_MATTERS.some(has);
  const seen = new Set<string>();
  for (const node of values) {
    const key = node.value === null ? 'null' : `=${cased ? node.text : node.text.toLowerCase()}`;
    if (seen.has(key))
      source.report('warning', 'value_duplicate', `${node.text} is given twice`, node, {
        title: 'remove it',
        safe: true,
        edits: source.removeItem(node),
      });
    seen.add(key);
    if (typeof node.value !== 'string' || ['re', 'cidr', 'fieldref', 'exists'].some(has)) continue;
    if (['base64', 'base64offset'].some(has)) continue;
    lintWildcards(modifiers, node, source);
    lintEscapes(modifiers, node, source);
  }
}

/** Wildcards that a modifier already adds. */
function lintWildcards(modifiers: readonly string[], node: YamlScalar, source: LintSource): void {
  const { text } = node;
  const start = modifiers.includes('contains') || modifiers.includes('endswith');
  const end = modifiers.includes('contains') || modifiers.includes('startswith');
  let from = 0;
  while (start && text[from] === '*') from++;
  let to = text.length;
  while (end && to > from && text[to - 1] === '*') to--;
  // After an odd number of backslashes the first of these stars is a plain one.
  if (to < text.length && oddBackslashes(text, to)) to = text.length;
  const plain = text.slice(from, to);
  if (plain !== text && plain !== '') {
    const name = modifiers.find((modifier) => ['contains', 'startswith', 'endswith'].includes(modifier))!;
    source.report('warning', 'wildcard_redundant', `|${name} already stands for the wildcard`, node, {
      title: 'remove the wildcard',
      safe: true,
      edits: source.replace(node, text, plain),
    });
  } else if (text === '*' && modifiers.length === 0)
    source.report('info', 'wildcard_only', '* asks whether the field is there: |exists: true says so', node);
}

/** Whether an odd number of backslashes stands before a place: then what follows is escaped. */
function oddBackslashes(text: string, at: number): boolean {
  let count = 0;
  while (text[at - 1 - count] === '\\') count++;
  return count % 2 === 1;
}

/** Backslashes that do not mean what they look like. */
function lintEscapes(modifiers: readonly string[], node: YamlScalar, source: LintSource): void {
  const { text } = node;
  // In a Windows path: elsewhere an escaped wildcard is meant, as the ? of an address is.
  if (/[A-Za-z0-9)%]\\\*/.test(text) && /\\(?![*?\\])/.test(text))
    source.report(
      'warning',
      'escape_wildcard',
      '\\* is a plain *; a backslash and a wildcard are \\\\*',
      node,
      {
        title: 'write \\\\*',
        safe: false,
        edits: source.replace(node, text, text.replace(/(?<=[A-Za-z0-9)%])\\(?=\*)/g, '\\\\')),
      },
    );
  const anchored = modifiers.every((name) => !['contains', 'endswith'].includes(name));
  if (anchored && /^\\\\[A-Za-z0-9]/.test(text))
    source.report(
      'warning',
      'escape_unc',
      'the value begins with one backslash, since \\\\ stands for one; the two of a UNC path are \\\\\\\\',
      node,
      { title: 'write \\\\\\\\', safe: false, edits: source.replace(node, text, `\\\\${text}`) },
    );
  else {
    const plain = text.replace(/(?<!\\)\\\\(?![\\*?])/g, '\\');
    if (plain !== text)
      source.report('info', 'escape_double', '\\\\ stands for one backslash, and one is enough here', node, {
        title: 'write one backslash',
        safe: true,
        edits: source.replace(node, text, plain),
      });
  }
}
