import type { SigmaCorrelation, SigmaDocument, SigmaFilter, SigmaRule } from './ast.ts';
import { RuleBudget } from './budget.ts';
import { isTrue, readCorrelation } from './correlation/read.ts';
import { readDetection } from './detection.ts';
import { IssueError, type SigmaIssue } from './issue.ts';
import { readLogsource, readMetadata, readText, readTexts } from './metadata.ts';
import { child, readYaml, type YamlEntry, type YamlLimits, type YamlMap, type YamlNode } from './yaml.ts';

export interface ParseOptions {
  /** Name of the file, for messages. */
  readonly file?: string;
  readonly limits?: YamlLimits;
}

/** What a rule file held. */
export interface ParsedRules {
  readonly rules: SigmaRule[];
  readonly correlations: SigmaCorrelation[];
  readonly filters: SigmaFilter[];
  readonly errors: SigmaIssue[];
}

/**
 * Parses a rule file: one or several YAML documents, each a detection rule, a correlation rule or a filter.
 * A document that is wrong becomes an error and does not stop the others. Rule collections
 * (`action: global`, `reset`, `repeat`) are resolved.
 */
export function parseRules(text: string, options: ParseOptions = {}): ParsedRules {
  const result: ParsedRules = { rules: [], correlations: [], filters: [], errors: [] };
  const { documents, issues } = readYaml(text, options.limits);
  const file = options.file === undefined ? {} : { file: options.file };
  for (const issue of issues) result.errors.push({ ...file, ...issue });
  const collection = new Collection();
  const budget = new RuleBudget();
  for (const document of documents) {
    try {
      const node = collection.resolve(document);
      if (node === undefined) continue;
      const parsed = readDocument(node, options.file, budget);
      if (parsed.kind === 'rule') result.rules.push(parsed);
      else if (parsed.kind === 'correlation') result.correlations.push(parsed);
      else result.filters.push(parsed);
    } catch (error) {
      if (!(error instanceof IssueError)) throw error;
      result.errors.push({ ...file, ...error.issue });
    }
  }
  return result;
}

function readDocument(node: YamlNode, file: string | undefined, budget: RuleBudget): SigmaDocument {
  if (node.kind !== 'map') throw new IssueError('document_kind', 'a Sigma document is a map', node);
  const correlation = child(node, 'correlation');
  if (correlation) {
    const metadata = readMetadata(node, ['correlation', 'generate'], file);
    return readCorrelation(metadata, correlation, isTrue(child(node, 'generate')), budget);
  }
  const filter = child(node, 'filter');
  if (filter) return readFilter(node, filter, file, budget);
  const detection = child(node, 'detection');
  if (!detection)
    throw new IssueError(
      'document_kind',
      'neither detection, correlation nor filter: not a Sigma document',
      node,
    );
  const metadata = readMetadata(node, ['logsource', 'detection'], file);
  return {
    ...metadata,
    kind: 'rule',
    logsource: readLogsource(node),
    detection: readDetection(detection, ['timeframe'], budget),
  };
}

function readFilter(
  node: YamlMap,
  entry: YamlEntry,
  file: string | undefined,
  budget: RuleBudget,
): SigmaFilter {
  const metadata = readMetadata(node, ['logsource', 'filter'], file);
  const rules = child(entry.value, 'rules');
  const any =
    rules !== undefined && rules.value.kind === 'scalar' && readText(rules, 256)?.toLowerCase() === 'any';
  const names = readTexts(rules);
  if (names.length === 0)
    throw new IssueError('attribute_missing', 'filter.rules is missing', entry.position);
  const detection = readDetection(entry, ['rules'], budget);
  return {
    ...metadata,
    kind: 'filter',
    logsource: readLogsource(node),
    rules: any ? 'any' : names,
    detection,
  };
}

/** The state of a rule collection: what `action: global` said, and the last document for `repeat`. */
class Collection {
  private global: YamlMap | undefined;
  private previous: YamlMap | undefined;

  /** @returns the complete document, `undefined` for one that is no rule itself */
  resolve(node: YamlNode): YamlNode | undefined {
    if (node.kind !== 'map') return node;
    const action = readText(child(node, 'action'), 64);
    const own: YamlMap = { ...node, entries: node.entries.filter(({ key }) => key !== 'action') };
    if (action === 'global') {
      this.global = this.global ? merge(this.global, own) : own;
      return undefined;
    }
    if (action === 'reset') {
      this.global = undefined;
      return undefined;
    }
    if (action !== undefined && action !== 'repeat')
      throw new IssueError('attribute_value', `unknown action ${JSON.stringify(action)}`, node);
    const base = action === 'repeat' ? this.previous : this.global;
    const whole = base ? merge(base, own) : own;
    this.previous = whole;
    return whole;
  }
}

/** Deep merge of maps; what the second says wins. */
function merge(first: YamlMap, second: YamlMap): YamlMap {
  const entries = new Map(first.entries.map((entry) => [entry.key, entry]));
  for (const entry of second.entries) {
    const known = entries.get(entry.key);
    const both = known?.value.kind === 'map' && entry.value.kind === 'map';
    entries.set(
      entry.key,
      both ? { ...entry, value: merge(known.value as YamlMap, entry.value as YamlMap) } : entry,
    );
  }
  return { ...second, entries: [...entries.values()] };
}
