import type { Position } from '../ast.ts';
import { readDetection } from '../detection.ts';
import { IssueError } from '../issue.ts';
import { readYaml, type YamlMap, type YamlNode } from '../yaml.ts';
import { Attributes } from './attributes.ts';
import {
  readConditions,
  readFieldCondition,
  readItemCondition,
  readRuleCondition,
} from './conditions-read.ts';
import { compileReplacer } from './regex.ts';
import {
  type Pipeline,
  PipelineError,
  type PipelineIssue,
  type PlaceholderChoice,
  type ProcessingItem,
  type Transformation,
} from './types.ts';
import { textTest } from './values.ts';

/** A pipeline as read. One with any error is not applied: half a pipeline would give wrong rules. */
export interface ParsedPipeline {
  readonly pipeline?: Pipeline;
  readonly errors: readonly PipelineIssue[];
}

const MAX_ITEMS = 10_000;
const MAX_NESTING = 8;

/** Types of pySigma that act on something this engine does not have. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  query_expression_placeholders:
    'query_expression_placeholders writes text of a query language, and this engine compiles no query text: give the values with vars and value_placeholders',
  field_name_transform: 'field_name_transform calls a Python function, which a YAML file cannot hold',
  strict_field_mapping_failure:
    'strict_field_mapping_failure needs a table of all fields: vigie rules lint reports the fields a taxonomy does not know',
};

/**
 * Reads a processing pipeline in pySigma's YAML form.
 *
 * Every item is read, so that all errors are reported at once, each with its line. What is unknown or has no
 * meaning here (unknown transformations, conditions and attributes, `postprocessing`, `finalizers`) is an
 * error and never ignored.
 */
export function parsePipeline(text: string, options: { readonly file?: string } = {}): ParsedPipeline {
  const file = options.file === undefined ? {} : { file: options.file };
  const errors: PipelineIssue[] = [];
  const report = (error: unknown) => {
    if (!(error instanceof PipelineError)) throw error;
    const { code, message, position } = error;
    errors.push({
      ...file,
      code,
      message,
      ...(position && { line: position.line, column: position.column }),
    });
  };
  const { documents, issues } = readYaml(text);
  for (const issue of issues) errors.push({ ...file, ...issue, code: 'pipeline_syntax' });
  if (errors.length === 0 && documents.length !== 1)
    errors.push({ ...file, code: 'pipeline_syntax', message: 'a pipeline file holds one document' });
  if (errors.length > 0) return { errors };
  try {
    const root = new Attributes(documents[0]!, 'a pipeline');
    const items = new ItemReader(report).items(root, 'transformations', 0);
    const vars = readVars(root);
    for (const name of ['postprocessing', 'finalizers']) {
      const entry = root.entry(name);
      if (entry && !(entry.value.kind === 'list' && entry.value.items.length === 0))
        report(
          new PipelineError(
            'pipeline_unsupported',
            `${name} works on the text of queries, and this engine compiles rules without any`,
            entry.position,
          ),
        );
    }
    // Names of converters that may use it; a rule compiled here is meant for none of them.
    root.texts('allowed_backends');
    const name = root.text('name') ?? options.file ?? 'pipeline';
    const priority = root.number('priority') ?? 0;
    root.finish();
    if (errors.length === 0) return { pipeline: { name, priority, vars, items, ...file }, errors };
  } catch (error) {
    report(error);
  }
  return { errors };
}

function readVars(root: Attributes): Readonly<Record<string, readonly string[]>> {
  if (root.entry('vars') === undefined) return {};
  return Object.fromEntries(root.needMapping('vars'));
}

class ItemReader {
  private readonly report: (error: unknown) => void;
  private count = 0;

  constructor(report: (error: unknown) => void) {
    this.report = report;
  }

  items(owner: Attributes, name: string, depth: number): ProcessingItem[] {
    const entry = owner.entry(name);
    if (entry === undefined) return [];
    if (entry.value.kind !== 'list')
      throw new PipelineError('pipeline_syntax', `${name} must be a list`, entry.value);
    if (depth > MAX_NESTING)
      throw new PipelineError('pipeline_syntax', 'transformations nested too deeply', entry.position);
    return entry.value.items.flatMap((node) => {
      if (++this.count > MAX_ITEMS)
        throw new PipelineError('pipeline_syntax', `more than ${MAX_ITEMS} transformations`, node);
      try {
        return [this.item(node, depth)];
      } catch (error) {
        this.report(error);
        return [];
      }
    });
  }

  private item(node: YamlNode, depth: number): ProcessingItem {
    const attributes = new Attributes(node, 'a transformation');
    const type = attributes.needText('type');
    const id = attributes.text('id');
    const item: ProcessingItem = {
      ...(id === undefined ? {} : { id }),
      position: { line: node.line, column: node.column },
      transformation: this.transformation(type, attributes, depth),
      ruleConditions: readConditions(attributes, 'rule', readRuleCondition),
      itemConditions: readConditions(attributes, 'detection_item', readItemCondition),
      fieldConditions: readConditions(attributes, 'field_name', readFieldCondition),
    };
    attributes.finish();
    return item;
  }

  private transformation(type: string, from: Attributes, depth: number): Transformation {
    switch (type) {
      case 'field_name_mapping':
      case 'field_name_prefix_mapping': {
        const mapping = from.needMapping('mapping');
        if (type === 'field_name_prefix_mapping') return { type, mapping };
        const keywords = mapping.get('null') ?? mapping.get('~') ?? mapping.get('');
        for (const name of ['null', '~', '']) mapping.delete(name);
        return { type, mapping, ...(keywords ? { keywords } : {}) };
      }
      case 'field_name_prefix':
        return { type, prefix: from.needText('prefix') };
      case 'field_name_suffix':
        return { type, suffix: from.needText('suffix') };
      case 'drop_detection_item':
        return { type };
      case 'hashes_fields':
        return {
          type,
          algorithms: from.needTexts('valid_hash_algos').map((name) => name.toUpperCase()),
          prefix: from.text('field_prefix') ?? '',
          dropAlgorithm: from.flag('drop_algo_prefix'),
        };
      case 'replace_string':
        return {
          type,
          replacer: compileReplacer(
            from.needText('regex'),
            from.needText('replacement'),
            from.entry('regex')!.value,
          ),
          skipSpecial: from.flag('skip_special'),
          interpretSpecial: from.flag('interpret_special'),
        };
      case 'map_string':
        return { type, mapping: from.needMapping('mapping') };
      case 'set_value':
        return readSetValue(from);
      case 'convert_type':
        return {
          type,
          target: from.choice('target_type', ['str', 'num'] as const) ?? from.missing('target_type'),
        };
      case 'case':
        return { type, method: from.choice('method', ['lower', 'upper', 'snake_case'] as const) ?? 'lower' };
      case 'regex': {
        const method = from.choice('method', ['plain', 'ignore_case_flag', 'ignore_case_brackets'] as const);
        // Brackets around every letter and the flag ask for the same texts.
        return { type, flags: { i: method !== 'plain', m: false, s: false } };
      }
      case 'value_placeholders':
      case 'wildcard_placeholders':
        return { type, ...readChoice(from) };
      case 'add_condition':
        return readAddCondition(from);
      case 'change_logsource': {
        const [category, product, service] = ['category', 'product', 'service'].map((name) =>
          from.text(name),
        );
        if (category === undefined && product === undefined && service === undefined)
          return from.missing('category, product or service');
        return { type, logsource: { category, product, service } };
      }
      case 'set_state':
        return { type, key: from.needText('key'), value: from.needScalar('val').value };
      case 'add_field':
      case 'remove_field':
        return { type, fields: from.needTexts('field') };
      case 'set_field':
        return { type, fields: from.needTexts('fields') };
      case 'set_custom_attribute':
        return {
          type,
          attribute: from.needText('attribute'),
          value: from.needScalar('value').value,
        };
      case 'rule_failure':
      case 'detection_item_failure':
        return { type, message: from.needText('message') };
      case 'nest':
        if (from.entry('items') === undefined) return from.missing('items');
        return { type, items: this.items(from, 'items', depth + 1) };
      default: {
        const reason = Object.hasOwn(UNSUPPORTED, type) ? UNSUPPORTED[type] : undefined;
        throw new PipelineError(
          reason === undefined ? 'pipeline_unknown_type' : 'pipeline_unsupported',
          reason ?? `there is no transformation of type ${JSON.stringify(type)}`,
          from.map,
        );
      }
    }
  }
}

function readChoice(from: Attributes): PlaceholderChoice {
  const include = from.texts('include');
  const exclude = from.texts('exclude');
  if (include && exclude)
    throw new PipelineError('pipeline_attribute', 'include and exclude exclude each other', from.map);
  return { ...(include ? { include } : {}), ...(exclude ? { exclude } : {}) };
}

function readSetValue(from: Attributes): Transformation {
  const { value, text } = from.needScalar('value');
  const forced = from.choice('force_type', ['str', 'num'] as const);
  const raw = value === null ? 'null' : text;
  if (forced === 'num' || (forced === undefined && typeof value === 'number')) {
    const number = typeof value === 'number' ? value : Number(text);
    if (text.trim() === '' || !Number.isFinite(number))
      throw new PipelineError('pipeline_attribute', `${JSON.stringify(text)} is not a number`, from.map);
    return { type: 'set_value', raw, value: { kind: 'number', value: number } };
  }
  if (forced === undefined && value === null) return { type: 'set_value', raw, value: { kind: 'null' } };
  if (forced === undefined && typeof value === 'boolean')
    return { type: 'set_value', raw, value: { kind: 'boolean', value } };
  return { type: 'set_value', raw, value: textTest(text) };
}

function readAddCondition(from: Attributes): Transformation {
  const conditions = from.entry('conditions')?.value ?? from.missing('conditions');
  if (conditions.kind !== 'map')
    throw new PipelineError('pipeline_attribute', 'conditions must be a map', conditions);
  readAdded(conditions, 'added', from.map);
  const name = from.text('name');
  return {
    type: 'add_condition',
    conditions,
    ...(name === undefined ? {} : { name }),
    template: from.flag('template'),
    negated: from.flag('negated'),
  };
}

/** The selection that `add_condition` adds, read like one of a rule. @throws PipelineError */
export function readAdded(conditions: YamlMap, name: string, position: Position) {
  const at = { line: position.line, column: position.column };
  const value: YamlMap = {
    kind: 'map',
    ...at,
    entries: [
      { key: name, position: at, value: conditions },
      { key: 'condition', position: at, value: { kind: 'scalar', value: name, text: name, ...at } },
    ],
  };
  try {
    return readDetection({ key: 'conditions', position: at, value }, []).selections[0]!;
  } catch (error) {
    if (!(error instanceof IssueError)) throw error;
    const { line = at.line, column = at.column, message } = error.issue;
    throw new PipelineError('pipeline_attribute', message, { line, column });
  }
}
