/** Checks against the taxonomy: whether our events have what a rule names. */
import type { Logsource, Position } from '../ast.ts';
import {
  mayBeEventField,
  type ResolvedField,
  resolveField,
  resolveLogsource,
  type Taxonomy,
} from '../taxonomy.ts';
import { mostSimilar } from './similar.ts';
import type { LintSource } from './source.ts';

/**
 * How a taxonomy finds a field: `mapped` by an entry; by a `fallback` pattern for fields it does not know; or
 * under the field's `own` name only.
 */
export type FieldOrigin = 'mapped' | 'fallback' | 'own';

/** Where a field is found, and how it was found there. */
export function locateField(
  taxonomy: Taxonomy,
  logsource: Logsource,
  field: string,
): ResolvedField & { readonly origin: FieldOrigin } {
  const resolved = resolveField(taxonomy, logsource, field);
  const bare = resolveField(withoutMaps(taxonomy), logsource, field);
  const unmapped =
    !resolved.any &&
    resolved.values === undefined &&
    resolved.candidates.join('\n') === bare.candidates.join('\n');
  // Such a name is tried as an event field's own after the patterns.
  const own = resolved.candidates.every((name) => name === field || name === field.replaceAll(' ', ''));
  const event = mayBeEventField(field) && resolved.candidates.includes(field);
  return { ...resolved, origin: !unmapped ? 'mapped' : own || event ? 'own' : 'fallback' };
}

const bareTaxonomies = new WeakMap<Taxonomy, Taxonomy>();

function withoutMaps(taxonomy: Taxonomy): Taxonomy {
  let bare = bareTaxonomies.get(taxonomy);
  if (!bare) {
    bare = { ...taxonomy, fields: taxonomy.fields.map(({ map: _map, ...scope }) => scope) };
    bareTaxonomies.set(taxonomy, bare);
  }
  return bare;
}

/** Checks the fields of one rule, each once. */
export class FieldCheck {
  private readonly taxonomy: Taxonomy;
  private readonly logsource: Logsource;
  private readonly source: LintSource;
  private readonly known: readonly string[];
  private readonly reported = new Set<string>();

  constructor(taxonomy: Taxonomy, logsource: Logsource, source: LintSource) {
    this.taxonomy = taxonomy;
    this.logsource = logsource;
    this.source = source;
    this.known = taxonomy.fields
      .filter((scope) =>
        (['product', 'category', 'service'] as const).every(
          (name) => scope[name] === undefined || scope[name].toLowerCase() === logsource[name]?.toLowerCase(),
        ),
      )
      .flatMap(({ map }) => Object.keys(map ?? {}))
      .filter((name) => !name.endsWith('*'));
  }

  /** @param key the field with its modifiers, as written */
  check(field: string, position: Position, key: string): void {
    if (field === '' || this.reported.has(field)) return;
    this.reported.add(field);
    const { origin, candidates } = locateField(this.taxonomy, this.logsource, field);
    if (origin === 'mapped' || (origin === 'own' && mayBeEventField(field))) return;
    const meant = mostSimilar(field, this.known);
    const caseOnly = meant?.toLowerCase() === field.toLowerCase();
    const near = meant?.[0]?.toLowerCase() === field[0]!.toLowerCase() && field.length > 5;
    if (meant !== undefined && (caseOnly || near)) {
      this.source.report(
        caseOnly ? 'warning' : 'info',
        'field_misspelt',
        `the taxonomy does not know ${field}; ${meant}?`,
        position,
        {
          title: `write ${meant}`,
          safe: caseOnly,
          edits: this.source.replace(position, key, meant + key.slice(field.length)),
        },
      );
    } else if (origin === 'fallback')
      this.source.report(
        'info',
        'field_unmapped',
        `the taxonomy does not know ${field}; it is looked for as ${candidates.join(', ')}`,
        position,
      );
    else
      this.source.report(
        'warning',
        'field_unknown',
        `the taxonomy does not know ${field}: no event has a field of that name`,
        position,
      );
  }
}

/** Checks whether any event can reach a rule of a logsource. */
export function lintLogsource(
  logsource: Logsource,
  position: Position,
  source: LintSource,
  taxonomy: Taxonomy,
): void {
  if (resolveLogsource(taxonomy, logsource) !== undefined) return;
  const names = (['product', 'category', 'service'] as const).filter((name) => logsource[name] !== undefined);
  const hints = names.flatMap((name) => {
    const known = new Set(taxonomy.logsources.flatMap((entry) => entry[name] ?? []));
    const meant = known.has(logsource[name]!) ? undefined : mostSimilar(logsource[name]!, known);
    return meant === undefined ? [] : [`${name}: ${meant}?`];
  });
  source.report(
    'info',
    'logsource_unknown',
    `no source writes ${names.map((name) => `${name}: ${logsource[name]}`).join(', ')}${hints.length > 0 ? ` (${hints.join(', ')})` : ''}`,
    position,
  );
}
