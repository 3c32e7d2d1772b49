/** Checks of the attributes that all documents share. */
import { LEVELS } from '@vigie/contracts';
import { type Position, STATUSES } from '../ast.ts';
import { child, toJson, type YamlEntry, type YamlMap, type YamlNode } from '../yaml.ts';
import { lintKeys } from './keys.ts';
import { mostSimilar } from './similar.ts';
import type { LintSource } from './source.ts';
import { lintTags } from './tags.ts';
import type { LintOptions } from './types.ts';

const COMMON = [
  'title', 'id', 'name', 'taxonomy', 'status', 'description', 'license', 'author', 'date', 'modified', 'level',
  'references', 'tags', 'fields', 'falsepositives', 'related', 'scope', 'logsource',
] as const; // biome-ignore format: a table
const OWN: Readonly<Record<string, readonly string[]>> = {
  rule: ['detection'],
  correlation: ['correlation', 'generate'],
  filter: ['filter'],
};
const RELATED = ['derived', 'obsolete', 'merged', 'renamed', 'similar'];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Said of a rule that calls for somebody at once, these words contradict its level. */
const OFTEN =
  /^(?:very )?(?:likely|often|common|frequent|high)\b|\b(?:is|are|very|quite|happens?|occurs?) (?:very )?(?:likely|often|common|frequent(?:ly)?)\b/i;

export type DocumentKind = 'rule' | 'correlation' | 'filter';

/** Checks the attributes of a document. */
export function lintAttributes(
  map: YamlMap,
  kind: DocumentKind,
  source: LintSource,
  options: LintOptions,
): void {
  lintNames(map, kind, source, options);
  lintPresence(map, kind, source, options);
  lintId(child(map, 'id'), source);
  lintChoice(child(map, 'status'), STATUSES, source);
  lintChoice(child(map, 'level'), LEVELS, source);
  lintDates(map, source);
  lintRelated(child(map, 'related'), source);
  for (const name of ['references', 'falsepositives', 'fields']) {
    const entry = child(map, name);
    if (entry) lintList(entry, source);
  }
  const tags = child(map, 'tags');
  if (tags) lintTags(lintList(tags, source), source, options.attack);
  lintFalsePositives(map, source);
  lintCustom(map, source, options);
}

function lintNames(map: YamlMap, kind: DocumentKind, source: LintSource, options: LintOptions): void {
  const known = [...COMMON, ...OWN[kind]!];
  const custom = Object.keys(options.custom ?? {});
  const action = child(map, 'action');
  if (action)
    source.report(
      'warning',
      'collection_deprecated',
      'rule collections (action) are no longer part of Sigma: write whole rules, or a correlation',
      action.position,
    );
  lintKeys(
    { ...map, entries: map.entries.filter((entry) => entry !== action) },
    [...known, ...custom],
    (key) => `${key} is no attribute of the specification; tools ignore it`,
    source,
  );
}

function lintPresence(map: YamlMap, kind: DocumentKind, source: LintSource, options: LintOptions): void {
  const missing = (name: string) => {
    const entry = child(map, name);
    return !entry || (entry.value.kind === 'scalar' && entry.value.value === null);
  };
  if (missing('id')) {
    const after = map.entries[map.entries.findIndex(({ key }) => key === 'title') + 1]?.position;
    const edits = after && options.newId ? source.insertBefore(after, `id: ${options.newId()}`) : [];
    source.report('warning', 'id_missing', 'the rule has no id: it can’t be referred to for good', map, {
      title: 'give it a new id',
      safe: child(map, 'id') === undefined,
      edits,
    });
  }
  if (missing('status'))
    source.report('warning', 'status_missing', `the rule has no status (${STATUSES.join(', ')})`, map);
  if (missing('level') && kind !== 'filter')
    source.report('warning', 'level_missing', `the rule has no level (${LEVELS.join(', ')})`, map);
}

function lintId(entry: YamlEntry | undefined, source: LintSource): void {
  if (entry?.value.kind !== 'scalar' || entry.value.value === null) return;
  if (!UUID.test(entry.value.text))
    source.report('error', 'id_invalid', `${JSON.stringify(entry.value.text)} is not a UUID`, entry.value);
}

/** A wrong choice is the parser's to report; here a fix is added where the meant one is plain. */
function lintChoice(entry: YamlEntry | undefined, choices: readonly string[], source: LintSource): void {
  if (entry?.value.kind !== 'scalar' || entry.value.value === null) return;
  const { text } = entry.value;
  if (choices.includes(text)) return;
  const meant = choices.find((choice) => choice === text.toLowerCase()) ?? mostSimilar(text, choices);
  const same = meant === text.toLowerCase();
  source.report(
    same ? 'warning' : 'error',
    `${entry.key}_invalid`,
    `${entry.key} must be one of ${choices.join(', ')}`,
    entry.value,
    meant === undefined
      ? undefined
      : { title: `write ${meant}`, safe: same, edits: source.replace(entry.value, text, meant) },
  );
}

function lintDates(map: YamlMap, source: LintSource): void {
  const read: Record<string, string> = {};
  for (const name of ['date', 'modified']) {
    const entry = child(map, name);
    if (entry?.value.kind !== 'scalar' || entry.value.value === null) continue;
    const { text } = entry.value;
    const parts = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})$/.exec(text);
    const iso = parts && `${parts[1]}-${parts[3]!.padStart(2, '0')}-${parts[4]!.padStart(2, '0')}`;
    if (!iso || !isDate(iso)) {
      source.report('error', 'date_invalid', `${name} must be a date such as 2026-03-04`, entry.value);
      continue;
    }
    read[name] = iso;
    if (iso !== text)
      source.report('warning', 'date_format', `${name} is written YYYY-MM-DD since Sigma 2.0`, entry.value, {
        title: `write ${iso}`,
        safe: true,
        edits: source.replace(entry.value, text, iso),
      });
  }
  const { date, modified } = read;
  if (date !== undefined && modified !== undefined && modified < date)
    source.report('warning', 'date_order', 'modified lies before date', child(map, 'modified')!.value);
}

function isDate(iso: string): boolean {
  const time = Date.parse(`${iso}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso);
}

function lintRelated(entry: YamlEntry | undefined, source: LintSource): void {
  if (entry?.value.kind !== 'list') return;
  for (const item of entry.value.items) {
    const type = child(item, 'type')?.value;
    lintId(child(item, 'id'), source);
    if (type?.kind !== 'scalar' || RELATED.includes(type.text)) continue;
    const renamed = type.text === 'obsoletes' ? 'obsolete' : mostSimilar(type.text, RELATED);
    source.report(
      'warning',
      'related_type',
      `type must be one of ${RELATED.join(', ')}`,
      type,
      renamed === undefined
        ? undefined
        : {
            title: `write ${renamed}`,
            safe: type.text === 'obsoletes',
            edits: source.replace(type, type.text, renamed),
          },
    );
  }
}

/** Checks a list of texts for repetitions. @returns its texts with their places */
function lintList(entry: YamlEntry, source: LintSource): { text: string; position: Position }[] {
  const nodes: readonly YamlNode[] = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  const texts: { text: string; position: Position }[] = [];
  const seen = new Set<string>();
  for (const node of nodes) {
    if (node.kind !== 'scalar' || node.value === null) continue;
    if (seen.has(node.text))
      source.report('warning', 'value_duplicate', `${node.text} is given twice in ${entry.key}`, node, {
        title: 'remove it',
        safe: true,
        edits: source.removeItem(node),
      });
    seen.add(node.text);
    texts.push({ text: node.text, position: node });
  }
  if (entry.value.kind === 'scalar' && entry.value.value !== null)
    source.report('warning', 'attribute_list', `${entry.key} is a list`, entry.value);
  return texts;
}

function lintFalsePositives(map: YamlMap, source: LintSource): void {
  const level = child(map, 'level')?.value;
  const entry = child(map, 'falsepositives');
  if (level?.kind !== 'scalar' || (level.text !== 'high' && level.text !== 'critical')) return;
  if (!entry) {
    source.report(
      'info',
      'falsepositives_missing',
      `a rule of level ${level.text} should say what else may fire it (falsepositives)`,
      level,
    );
    return;
  }
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  for (const node of nodes)
    if (node.kind === 'scalar' && OFTEN.test(node.text))
      source.report(
        'warning',
        'level_falsepositives',
        `a rule with such false positives can’t be of level ${level.text}`,
        node,
      );
}

function lintCustom(map: YamlMap, source: LintSource, options: LintOptions): void {
  for (const [name, check] of Object.entries(options.custom ?? {})) {
    const entry = child(map, name);
    if (!entry) continue;
    for (const { path, message } of check(toJson(entry.value))) {
      const where = follow(entry, path);
      source.report('error', 'attribute_schema', `${[name, ...path].join('.')}: ${message}`, where);
    }
  }
}

/** The deepest place of a path that is there. */
function follow(entry: YamlEntry, path: readonly (string | number)[]): Position {
  let node = entry.value;
  let at: Position = entry.position;
  for (const step of path) {
    const next =
      node.kind === 'list' && typeof step === 'number' ? node.items[step] : child(node, String(step))?.value;
    if (next === undefined) break;
    at = child(node, String(step))?.position ?? next;
    node = next;
  }
  return at;
}
