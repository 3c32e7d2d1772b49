import type { Logsource, SigmaRule } from '../ast.ts';
import { appliesToRule } from './conditions.ts';
import { type Processed, RunContext } from './context.ts';
import { transformDetection } from './detection.ts';
import { transformFields } from './fields.ts';
import { transformRule } from './rule.ts';
import {
  type Pipeline,
  PipelineError,
  type PipelineIssue,
  type ProcessingItem,
  type Scalar,
} from './types.ts';

/** What pipelines made of rules. */
export interface AppliedPipelines<Document extends Processed> {
  /** The transformed documents, in the order given, without those that failed. */
  readonly rules: readonly Document[];
  /** Why a document was left out; the file and line are the document's. */
  readonly errors: readonly (PipelineIssue & { readonly rule: string; readonly document: Document })[];
  /** What became of each document that did not fail: given → made, the same object where no step changed it. */
  readonly made: ReadonlyMap<Document, Document>;
  /** For each made document that steps changed, those steps in their order. */
  readonly changes: ReadonlyMap<Document, readonly PipelineChange[]>;
  /** What `set_state` left behind, for the documents that have any. */
  readonly states: ReadonlyMap<Document, ReadonlyMap<string, Scalar>>;
}

/** A step that changed a document. */
export interface PipelineChange {
  /** Name of the pipeline. */
  readonly pipeline: string;
  /** Its id, else what it does. */
  readonly step: string;
  /** Of the step in its file, from 1. */
  readonly line: number;
}

/**
 * Applies processing pipelines to rules, correlations and filters: documents in, new documents out. What was
 * given is not changed, and what no step touched is the same object.
 *
 * Pipelines run by rising priority as if they were one: they share variables (the later one wins), state and
 * the ids of steps. For correlations, give them together with the rules they refer to: conditions on the
 * logsource ask those, before and after their own transformation.
 */
export function applyPipelines<Document extends Processed>(
  rules: readonly Document[],
  pipelines: readonly Pipeline[],
): AppliedPipelines<Document> {
  const ordered = [...pipelines].sort((a, b) => a.priority - b.priority);
  const steps = ordered.flatMap(({ items, name }) => items.map((item) => ({ item, pipeline: name })));
  const vars = new Map(ordered.flatMap((pipeline) => Object.entries(pipeline.vars)));
  const logsources = new Logsources();
  const made = new Map<number, Document>();
  const changes = new Map<Document, readonly PipelineChange[]>();
  const errors: (PipelineIssue & { rule: string; document: Document })[] = [];
  const states = new Map<Document, ReadonlyMap<string, Scalar>>();
  for (const rule of rules) if (rule.kind === 'rule') logsources.add(rule);
  // Correlations last: they ask for the logsources of rules that are transformed by then.
  const order = rules.map((_rule, index) => index);
  order.sort((a, b) => Number(rules[a]!.kind === 'correlation') - Number(rules[b]!.kind === 'correlation'));
  for (const index of order) {
    const rule = rules[index]!;
    const referenced =
      rule.kind === 'correlation' ? rule.correlation.rules.flatMap((name) => logsources.of(name)) : [];
    const context = new RunContext(vars, referenced);
    let current: Processed = rule;
    let pipeline = '';
    const changed: PipelineChange[] = [];
    try {
      for (const step of steps) {
        pipeline = step.pipeline;
        const next = applyStep(step.item, current, context);
        if (next !== current) {
          const { id, transformation, position } = step.item;
          changed.push({ pipeline, step: id ?? transformation.type, line: position.line });
        }
        current = next;
      }
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      errors.push({
        ...(rule.file === undefined ? {} : { file: rule.file }),
        line: rule.line,
        code: error.code,
        rule: rule.title,
        document: rule,
        message: `${pipeline}: ${error.message}`,
      });
      continue;
    }
    // No step changes a document's kind.
    made.set(index, current as Document);
    if (changed.length > 0) changes.set(current as Document, changed);
    if (current.kind === 'rule') logsources.add(current);
    if (context.state.size > 0) states.set(current as Document, context.state);
  }
  return {
    rules: [...made].sort(([a], [b]) => a - b).map(([, document]) => document),
    errors,
    made: new Map([...made].map(([index, document]) => [rules[index]!, document])),
    changes,
    states,
  };
}

function applyStep(step: ProcessingItem, document: Processed, context: RunContext): Processed {
  if (!appliesToRule(step, document, context)) return document;
  const { transformation, id } = step;
  let made: Processed;
  switch (transformation.type) {
    case 'nest':
      made = transformation.items.reduce((current, item) => applyStep(item, current, context), document);
      break;
    case 'field_name_mapping':
    case 'field_name_prefix_mapping':
    case 'field_name_prefix':
    case 'field_name_suffix':
      made = transformFields(step, transformation, document, context);
      break;
    case 'drop_detection_item':
    case 'detection_item_failure':
    case 'hashes_fields':
    case 'replace_string':
    case 'map_string':
    case 'set_value':
    case 'convert_type':
    case 'case':
    case 'regex':
    case 'value_placeholders':
    case 'wildcard_placeholders':
      made = transformDetection(step, transformation, document, context);
      break;
    default:
      made = transformRule(step, transformation, document, context);
  }
  if (id !== undefined) context.applied.add(id);
  return made;
}

/** The logsources of rules by what correlations call them. */
class Logsources {
  private readonly byName = new Map<string, Logsource[]>();

  add(rule: SigmaRule): void {
    for (const name of [rule.id, rule.name]) {
      if (name === undefined) continue;
      const known = this.byName.get(name);
      if (known) known.push(rule.logsource);
      else this.byName.set(name, [rule.logsource]);
    }
  }

  of(name: string): readonly Logsource[] {
    return this.byName.get(name) ?? [];
  }
}
