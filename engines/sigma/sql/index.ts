/**
 * Rules as conditions of ClickHouse SQL, for holding them against stored events. The condition holds for
 * exactly the events that the matcher matches; where no condition can promise that, the rule is unsupported and
 * the reason is given:
 *
 * - regular expressions with look-around or back-references, which RE2 has not, or with halves of characters
 *   beyond U+FFFF;
 * - values with half of a surrogate pair or with U+10FFFF next to a `?`, which no stored text distinguishes;
 * - logsources that the taxonomy does not know, placeholders without values;
 * - conditions too long for the database's parser.
 *
 * Case is folded by `lowerUTF8`, which is JavaScript's `toLowerCase` where the database is built with ICU (all
 * official builds since 24.9), and numbers are read exactly where `precise_float_parsing` is on (the default
 * since 26.1).
 */
import {
  ANY_RUN,
  type ConditionNode,
  type Detection,
  type Logsource,
  type PatternPart,
  type SelectionNode,
  type SigmaFilter,
  type SigmaRule,
  type ValueTest,
} from '../ast.ts';
import { PlaceholderError, type Placeholders, resolvePlaceholders } from '../compile/placeholders.ts';
import { filtersFor } from '../filters.ts';
import { resolveField, resolveLogsource, type Taxonomy, type TestValue } from '../taxonomy.ts';
import type { EventColumns } from './columns.ts';
import { itemSql, type TextsResolver, textTests } from './item.ts';
import { allOf, anyOf, UnsupportedError } from './literal.ts';
import { textsOf, textsOfField } from './texts.ts';

export type { DirectColumn, EventColumns, EverythingSql, FieldSql } from './columns.ts';

export interface SqlOptions {
  readonly taxonomy: Taxonomy;
  readonly columns: EventColumns;
  readonly placeholders?: Placeholders;
  /** Filters are applied to the rules they name. */
  readonly filters?: readonly SigmaFilter[];
}

/** A condition, or why there is none. */
export type SqlCondition = { readonly where: string } | { readonly unsupported: string };

/** Longest condition, bytes; ClickHouse parses 262,144 bytes of a statement by default. */
const MAX_LENGTH = 200_000;

/** A rule, its logsource and filters included, as a condition on a row of the event table. */
export function toSql(rule: SigmaRule, options: SqlOptions): SqlCondition {
  return attempt(() => {
    const { taxonomy, columns, placeholders = {} } = options;
    const compiler = new Compiler(rule.logsource, taxonomy, columns);
    const detection = (own: Detection) => compiler.detection(resolvePlaceholders(own, placeholders));
    return [
      ...logsourceParts(rule.logsource, taxonomy, columns),
      detection(rule.detection),
      ...filtersFor(rule, options.filters ?? []).map((filter) => `(${detection(filter.detection)})`),
    ].join(' AND ');
  });
}

/** The events of a logsource, for reading those that only the matcher can judge. */
export function logsourceSql(
  logsource: Logsource,
  { taxonomy, columns }: Pick<SqlOptions, 'taxonomy' | 'columns'>,
): SqlCondition {
  return attempt(() => logsourceParts(logsource, taxonomy, columns).join(' AND ') || 'true');
}

function attempt(build: () => string): SqlCondition {
  try {
    const where = build();
    if (new TextEncoder().encode(where).length > MAX_LENGTH)
      throw new UnsupportedError(`the condition is longer than ${MAX_LENGTH} bytes`);
    return { where };
  } catch (error) {
    if (error instanceof UnsupportedError || error instanceof PlaceholderError)
      return { unsupported: error.message };
    throw error;
  }
}

function logsourceParts(logsource: Logsource, taxonomy: Taxonomy, columns: EventColumns): string[] {
  const groups = resolveLogsource(taxonomy, logsource);
  if (groups === undefined) throw new UnsupportedError('the taxonomy does not know the logsource');
  const test = (name: string, values: readonly TestValue[]) =>
    textTests(values.map(logsourceTest), textsOfField(columns.field(name)), noFields);
  return groups.map((group) =>
    anyOf(
      group.map((alternative) =>
        allOf(Object.entries(alternative).map(([name, wanted]) => test(name, valuesOf(wanted)))),
      ),
    ),
  );
}

function valuesOf(wanted: TestValue | readonly TestValue[]): readonly TestValue[] {
  return (Array.isArray(wanted) ? wanted : [wanted]) as readonly TestValue[];
}

/** In a taxonomy only `*` is a wildcard. */
function logsourceTest(value: TestValue): ValueTest {
  const pattern: PatternPart[] = [];
  for (const [index, literal] of String(value).split('*').entries()) {
    if (index > 0 && pattern.at(-1) !== ANY_RUN) pattern.push(ANY_RUN);
    if (literal !== '') pattern.push(literal);
  }
  return { kind: 'pattern', pattern, cased: false };
}

const noFields: TextsResolver = () => ({ resolved: undefined, texts: [] });

class Compiler {
  readonly #resolve: TextsResolver;

  constructor(logsource: Logsource, taxonomy: Taxonomy, columns: EventColumns) {
    const known = new Map<string | undefined, ReturnType<TextsResolver>>();
    this.#resolve = (field) => {
      let found = known.get(field);
      if (found === undefined) {
        const keywords = taxonomy.keywords && { candidates: taxonomy.keywords, any: true };
        const resolved = field === undefined ? keywords : resolveField(taxonomy, logsource, field);
        found = { resolved, texts: textsOf(columns, resolved) };
        known.set(field, found);
      }
      return found;
    };
  }

  /** @throws UnsupportedError */
  detection({ selections, conditions }: Detection): string {
    const nodes = new Map(selections.map(({ name, node }) => [name, node]));
    const made = new Map<string, string>();
    const selection = (name: string): string => {
      let sql = made.get(name);
      if (sql === undefined) {
        sql = this.#selection(nodes.get(name)!);
        made.set(name, sql);
      }
      return sql;
    };
    const condition = (node: ConditionNode): string => {
      switch (node.op) {
        case 'and':
          return allOf(node.items.map(condition));
        case 'or':
          return anyOf(node.items.map(condition));
        case 'not':
          return `NOT ${condition(node.item)}`;
        case 'ref':
          return selection(node.name);
        case 'of': {
          const items = node.names.map(selection);
          if (node.count === 'all') return allOf(items);
          if (node.count === 1) return anyOf(items);
          return `(${items.map((item) => `toUInt8(${item})`).join(' + ') || '0'}) >= ${node.count}`;
        }
      }
    };
    return anyOf(conditions.map(({ node }) => condition(node)));
  }

  #selection(node: SelectionNode): string {
    if (node.type === 'item') return itemSql(node, this.#resolve);
    const items = node.items.map((item) => this.#selection(item));
    return node.type === 'and' ? allOf(items) : anyOf(items);
  }
}
