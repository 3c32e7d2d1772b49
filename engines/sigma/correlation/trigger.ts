import type { SigmaCorrelation, SigmaRule } from '../ast.ts';
import { readNumber } from '../modifiers.ts';
import { type ResolvedField, resolveField, type Taxonomy } from '../taxonomy.ts';
import { textsOf, valuesOf } from '../values.ts';
import type { CompiledCorrelation } from './compile.ts';
import type { CorrelationEvent, CorrelationMatch } from './types.ts';

/** Something a correlation may refer to that has just matched. */
export interface Trigger {
  readonly rule: SigmaRule | SigmaCorrelation;
  readonly event: CorrelationEvent;
  /** Group values of a correlation that matched, by field as written. */
  readonly group: CorrelationMatch['group'] | undefined;
}

/** Reads from what has matched the values that a correlation groups by and aggregates. */
export class TriggerReader {
  readonly #taxonomy: Taxonomy;
  readonly #fields = new Map<SigmaRule, Map<string, ResolvedField>>();

  constructor(taxonomy: Taxonomy) {
    this.#taxonomy = taxonomy;
  }

  /** @param index place of the matched rule in the correlation's list @returns undefined where one is missing */
  groupValues(compiled: CompiledCorrelation, index: number, trigger: Trigger): string[] | undefined {
    const values: string[] = [];
    for (const field of compiled.rule.correlation.groupBy) {
      const value = this.#read(compiled, index, trigger, field);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  }

  /** What is aggregated: 0 where events are counted; undefined where the event does not hold it. */
  entryValue(compiled: CompiledCorrelation, index: number, trigger: Trigger): string | number | undefined {
    const { type, fields } = compiled.rule.correlation;
    if (!type.startsWith('value_')) return 0;
    const values: string[] = [];
    for (const field of fields) {
      const value = this.#read(compiled, index, trigger, field);
      if (value === undefined) return undefined;
      values.push(value.toLowerCase());
    }
    return type === 'value_count' ? values.join('\u0000') : readNumber(values[0]!);
  }

  /** A field of the event that a base rule matched, as one text. */
  #read(compiled: CompiledCorrelation, index: number, trigger: Trigger, name: string): string | undefined {
    const { correlation } = compiled.rule;
    const base = compiled.bases[index]!;
    const alias = correlation.aliases.find((own) => own.name === name);
    const field = alias
      ? alias.fields.find(
          ({ rule }) => rule === correlation.rules[index] || rule === base.id || rule === base.name,
        )?.field
      : name;
    if (field === undefined) return undefined;
    const grouped = trigger.group?.find((own) => own.field === field);
    if (grouped) return grouped.value;
    const texts =
      base.kind === 'rule'
        ? valuesOf(trigger.event.fields, this.#resolved(base, field)).map(({ text }) => text)
        : (textsOf(trigger.event.fields, field) ?? []);
    return texts.length === 0 ? undefined : texts.length === 1 ? texts[0] : [...texts].sort().join(',');
  }

  /** Where a base rule's events hold a field; looked up once, since it is asked for with every event. */
  #resolved(base: SigmaRule, field: string): ResolvedField {
    let fields = this.#fields.get(base);
    if (fields === undefined) {
      fields = new Map();
      this.#fields.set(base, fields);
    }
    let resolved = fields.get(field);
    if (resolved === undefined) {
      resolved = resolveField(this.#taxonomy, base.logsource, field);
      fields.set(field, resolved);
    }
    return resolved;
  }
}
