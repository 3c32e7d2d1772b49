import { type EcsFields, flatten } from '@vigie/contracts';
import type { ExplainedLine, RuleExplanation } from '@vigie/contracts/api';
import { type ExplainedNode, explain, resolveField, ruleKey, type Taxonomy, valuesOf } from '@vigie/sigma';
import { createReader, REGISTRY, type Reader } from '@vigie/sources';
import { type RuleUnit, sentenceOf } from '../detect/index.ts';

/** Lines of an explanation; a rule with more is told up to there. */
const MAX_LINES = 2_000;
/** Values of one item that are listed, those that hold first. */
const MAX_VALUES = 50;
const LONGEST = 2_000;

let reader: Reader | undefined;

/** A log that nobody can read as anything. */
export class UnreadableLog extends Error {}

/**
 * Reads what a person pasted: a raw log of any technology, a record as JSON, or one of our own documents.
 *
 * @param type technology to read it as, or `ecs`; undefined: recognised
 * @throws UnreadableLog with a sentence for the person
 */
export function readPasted(text: string, type: string | undefined): { fields: EcsFields; source: string } {
  if (type !== undefined && type !== 'ecs' && !REGISTRY.some(({ definition }) => definition.id === type))
    throw new UnreadableLog(`there is no technology ${type}`);
  try {
    const json = objectOf(text);
    if (type === 'ecs' || (type === undefined && json !== undefined && isDocument(json))) {
      if (json === undefined) throw new UnreadableLog('an ECS document is a JSON object');
      return { fields: flatten(json), source: 'ecs' };
    }
    reader ??= createReader({ registry: REGISTRY });
    const result = reader.read(
      {
        text: json === undefined ? text.replace(/\r?\n$/, '') : JSON.stringify(json),
        receivedAt: Date.now(),
        ...(json ? { json } : {}),
      },
      type === undefined ? {} : { sourceType: type },
    );
    if ((result.outcome === 'unrecognised' || result.outcome === 'general') && json !== undefined)
      return { fields: flatten(json), source: 'ecs' };
    return { fields: result.fields, source: result.sourceType ?? result.outcome };
  } catch (error) {
    // Nested deeper than the stack: no log of this world.
    if (error instanceof RangeError) throw new UnreadableLog('the event is nested too deeply');
    throw error;
  }
}

/** Says why a rule matches an event or not, line by line. */
export function explainUnit(
  { subject, rules }: RuleUnit,
  fields: EcsFields,
  source: string,
  taxonomy: Taxonomy,
): RuleExplanation {
  return {
    source,
    fields,
    rules: rules.map((rule) => {
      const explanation = explain(rule, fields, taxonomy);
      const lines: ExplainedLine[] = [];
      for (const condition of explanation.conditions) write(condition, 0, lines);
      return {
        id: ruleKey(rule),
        title: rule.title,
        matches: explanation.matches,
        logsource: explanation.logsource,
        lines,
      };
    }),
    correlation:
      subject.kind === 'rule'
        ? null
        : {
            sentence: sentenceOf(subject),
            group: subject.correlation.groupBy.map((field) => {
              const values = rules.flatMap((rule) => {
                const alias = subject.correlation.aliases.find(({ name }) => name === field);
                const own = alias?.fields.find(({ rule: name }) => name === rule.id || name === rule.name);
                return valuesOf(fields, resolveField(taxonomy, rule.logsource, own?.field ?? field));
              });
              return { field, value: values[0]?.text.slice(0, LONGEST) ?? null };
            }),
          },
  };
}

function write(node: ExplainedNode, depth: number, lines: ExplainedLine[]): void {
  if (lines.length >= MAX_LINES) return;
  const { kind, holds } = node;
  if (kind !== 'item') {
    const [only] = node.items;
    // A list or map of one thing says no more than the thing.
    if ((kind === 'and' || kind === 'or') && node.items.length === 1 && only !== undefined) {
      write(only, depth, lines);
      return;
    }
    const text = kind === 'of' ? node.text : kind === 'selection' ? node.name : '';
    lines.push({ depth, kind, holds, text, item: null });
    for (const item of node.items) write(item, depth + 1, lines);
    return;
  }
  const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
  const values = [...node.values].sort((a, b) => Number(b.holds) - Number(a.holds));
  lines.push({
    depth,
    kind,
    holds,
    text: node.text,
    item: {
      negated: node.negated,
      fields: [...node.fields],
      present: node.present.slice(0, 20).map(({ name, text }) => ({ field: name, value: cut(text) })),
      values: values.slice(0, MAX_VALUES).map(({ raw, holds: fits, on }) => ({
        raw: cut(raw),
        holds: fits,
        on: on === undefined ? null : { field: on.name, value: cut(on.text) },
      })),
      more: Math.max(0, values.length - MAX_VALUES),
    },
  });
}

function objectOf(text: string): { [key: string]: unknown } | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as { [key: string]: unknown }) : undefined;
  } catch {
    // A log that only begins like JSON: the sources decide what it is.
    return undefined;
  }
}

/** Whether an object is one of our own documents, not what a shipper wrapped a log in. */
function isDocument(json: { [key: string]: unknown }): boolean {
  const fields = flatten(json);
  return (
    fields['ecs.version'] !== undefined &&
    fields['event.dataset'] !== undefined &&
    fields['agent.type'] === undefined
  );
}
