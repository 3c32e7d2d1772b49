/** Checks rule files against the specification (v2.1) and, if given, a taxonomy; pure, for CLI and editor. */
import type { Logsource } from '../ast.ts';
import { type ParsedRules, parseRules } from '../parse.ts';
import { child, readYaml, type YamlMap, type YamlNode } from '../yaml.ts';
import { type DocumentKind, lintAttributes } from './attributes.ts';
import { lintDetection } from './detection.ts';
import { lintLogsource } from './fields.ts';
import { lintKeys } from './keys.ts';
import { LintSource } from './source.ts';
import type { LintFile, LintIssue, LintOptions } from './types.ts';

export { lintAdapted } from './adapted.ts';
export { type FieldOrigin, locateField } from './fields.ts';
export { applyFixes } from './source.ts';
export * from './types.ts';

const LOGSOURCE = ['product', 'category', 'service', 'definition'];
const CORRELATION = [
  'type', 'rules', 'group-by', 'timespan', 'timeframe', 'condition', 'aliases', 'generate',
]; // biome-ignore format: a table

/** Codes of the parser for which this package has a more telling one at the same place. */
const SAID_BETTER = new Set(['attribute_value', 'condition_deprecated']);

/** Lints one file: issues in the order of their places. */
export function lintFile(file: LintFile, options: LintOptions = {}): LintIssue[] {
  return lintParsed(file, parseRules(file.text, { file: file.path }), options);
}

/**
 * Lints files that belong together: each by itself, then ids and titles given twice and correlations and
 * filters that name a rule which is not there.
 */
export function lintFiles(files: readonly LintFile[], options: LintOptions = {}): LintIssue[] {
  const parsed = files.map((file) => ({ file, rules: parseRules(file.text, { file: file.path }) }));
  const ids = new Map<string, string>();
  const titles = new Map<string, string>();
  const known = new Set<string>();
  const issues: LintIssue[] = [];
  for (const { rules } of parsed)
    for (const rule of [...rules.rules, ...rules.correlations])
      for (const name of [rule.id, rule.name]) if (name !== undefined) known.add(name);
  for (const { file, rules } of parsed) {
    const own = lintParsed(file, rules, options);
    const report = (line: number, severity: 'error' | 'warning', code: string, message: string) =>
      own.push({ file: file.path, line, column: 1, severity, code, message });
    for (const rule of [...rules.rules, ...rules.correlations, ...rules.filters]) {
      const sameId = rule.id === undefined ? undefined : ids.get(rule.id);
      if (sameId !== undefined) report(rule.line, 'error', 'duplicate_id', `${sameId} has the same id`);
      else if (rule.id !== undefined) ids.set(rule.id, `${file.path}:${rule.line}`);
      const sameTitle = titles.get(rule.title);
      if (sameTitle !== undefined)
        report(rule.line, 'warning', 'duplicate_title', `${sameTitle} has the same title`);
      else titles.set(rule.title, `${file.path}:${rule.line}`);
      const names =
        rule.kind === 'correlation'
          ? rule.correlation.rules
          : rule.kind === 'filter' && rule.rules !== 'any'
            ? rule.rules
            : [];
      for (const name of names)
        if (!known.has(name))
          report(
            rule.line,
            'warning',
            'rule_unknown',
            `no rule here has the id or name ${JSON.stringify(name)}`,
          );
    }
    issues.push(...own.sort((a, b) => a.line - b.line || a.column - b.column));
  }
  return issues;
}

function lintParsed(file: LintFile, parsed: ParsedRules, options: LintOptions): LintIssue[] {
  const { documents, issues } = readYaml(file.text);
  // What can't be read safely is not read a second time.
  const source = new LintSource(file.path, issues.length > 0 ? '' : file.text);
  for (const document of documents)
    if (document.kind === 'map' && isSigma(document)) lintDocument(document, source, options);
  lintEncoding(file.text, source);
  const seen = new Set(source.issues.map(({ line, column }) => `${line}:${column}`));
  for (const { line = 1, column = 1, code, message } of parsed.errors) {
    const told = source.issues.some(
      (issue) => issue.line === line && issue.column === column && issue.message === message,
    );
    const better = SAID_BETTER.has(code) && seen.has(`${line}:${column}`);
    const choice = /^(?:status|level) must be one of/.test(message);
    if (!told && !better && !choice) source.report('error', code, message, { line, column });
  }
  return source.issues.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Whether a document is meant as Sigma; of another file, a sentence that it is none says enough. */
function isSigma(map: YamlMap): boolean {
  return ['title', 'logsource', 'detection', 'correlation', 'filter', 'action'].some((key) =>
    child(map, key),
  );
}

/** Characters that were lost when a file in another encoding was read. */
function lintEncoding(text: string, source: LintSource): void {
  const at = text.indexOf('\uFFFD');
  if (at < 0) return;
  const before = text.slice(0, at).split('\n');
  source.report('warning', 'encoding', 'a character is no UTF-8 and lost: save the file as UTF-8', {
    line: before.length,
    column: before.at(-1)!.length + 1,
  });
}

function lintDocument(map: YamlMap, source: LintSource, options: LintOptions): void {
  const kind = kindOf(map);
  lintAttributes(map, kind, source, options);
  const logsource = readLogsource(map, source);
  const entry = child(map, 'logsource');
  if (entry && logsource && options.taxonomy)
    lintLogsource(logsource, entry.position, source, options.taxonomy);
  const correlation = child(map, 'correlation')?.value;
  if (correlation?.kind === 'map')
    lintKeys(correlation, CORRELATION, (key) => `${key} is no attribute of a correlation`, source);
  const section = child(map, kind === 'filter' ? 'filter' : 'detection');
  if (section) lintDetection(section, logsource, source, options);
}

function kindOf(map: YamlMap): DocumentKind {
  if (child(map, 'correlation')) return 'correlation';
  if (child(map, 'filter')) return 'filter';
  return 'rule';
}

function readLogsource(map: YamlMap, source: LintSource): Logsource | undefined {
  const entry = child(map, 'logsource');
  if (entry?.value.kind !== 'map') return undefined;
  const text = (node: YamlNode | undefined) =>
    node?.kind === 'scalar' && node.value !== null && node.text !== '' ? node.text : undefined;
  lintKeys(entry.value, LOGSOURCE, (key) => `${key} is no attribute of a logsource`, source);
  const [product, category, service] = ['product', 'category', 'service'].map((name) =>
    text(child(entry.value, name)?.value),
  );
  if (product === undefined && category === undefined && service === undefined) return undefined;
  return {
    ...(product === undefined ? {} : { product }),
    ...(category === undefined ? {} : { category }),
    ...(service === undefined ? {} : { service }),
  };
}
