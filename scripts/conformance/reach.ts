import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EcsFields } from '@vigie/contracts';
import {
  type ResolvedLogsource,
  resolveField,
  resolveLogsource,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import type { ConditionNode, Logsource, SelectionNode, ValueTest } from '@vigie/sigma/ast.ts';
import { belongsTo } from '@vigie/sigma/compile/logsource-tree.ts';
import { loadTaxonomy } from '../../server/app/taxonomy.ts';
import { logsourceText } from '../../server/detect/rule-set.ts';
import { corpusEvents } from './corpus-events.ts';
import { corpusRules } from './corpus-rules.ts';
import { filesBelow } from './files.ts';
import type { Part } from './part.ts';
import { RECEIVED_AT, reader } from './read-event-log.ts';
import { Counts, percent, table } from './table.ts';

/** What can be said of a rule without an event that makes it fire. */
type Verdict = 'reached' | 'no event' | 'field unmapped' | 'field unseen';

/** The logs of one logsource: how many were seen, and every field that any of them has. */
interface Seen {
  readonly logsource: ResolvedLogsource;
  readonly rules: SigmaRule[];
  readonly fields: Set<string>;
  events: number;
}

/**
 * Rules that are live, and still nothing can make them fire: no log of our samples or of the corpus belongs to
 * their logsource, or a field that they cannot do without is one that no mapping leads to, or that none of these
 * logs has. A field under a vendor's own name (`fallback` of the taxonomy) counts as there when the source writes
 * other fields of that name's beginning, because it writes whatever the vendor sends.
 */
export const reach: Part = {
  name: 'reach',
  title: 'Rules that logs can reach',
  needs: 'sigma/rules',
  run(context) {
    const taxonomy = loadTaxonomy(join(context.root, 'detections', 'taxonomy'));
    const { set } = corpusRules(context);
    const groups = groupsOf(set.matcher.rules, taxonomy);
    for (const fields of documents(context.root, context.corpus)) {
      const names = Object.keys(fields);
      for (const group of groups)
        if (belongsTo(group.logsource, fields)) {
          group.events++;
          for (const name of names) group.fields.add(name);
        }
    }
    const verdicts = new Counts();
    const bySource = new Counts();
    const silent: string[] = [];
    for (const group of groups)
      for (const rule of group.rules) {
        const { verdict, fields } = judge(rule, group, taxonomy);
        verdicts.add(verdict);
        if (verdict === 'reached') continue;
        bySource.add(`${logsourceText(rule.logsource)}: ${verdict}`);
        silent.push(
          `  ${logsourceText(rule.logsource)}: ${rule.title}: ${verdict}${fields.length === 0 ? '' : ` (${fields.join(', ')})`}`,
        );
      }
    const live = set.matcher.rules.length;
    const all = set.rules.size;
    return {
      lines: [
        ...table([
          ['rules', 'live', 'reached', 'share of live', 'no event', 'field unmapped', 'field unseen'],
          [
            all,
            live,
            verdicts.of('reached'),
            percent(verdicts.of('reached'), live),
            verdicts.of('no event'),
            verdicts.of('field unmapped'),
            verdicts.of('field unseen'),
          ],
        ]),
        '',
        ...table([['logsource without a source', 'rules'], ...sorted(set.unmappedLogsources)]),
        ...(bySource.total === 0
          ? []
          : ['', ...table([['live, and not reached', 'rules'], ...bySource.top()])]),
        '',
        ...silent.sort(),
      ],
      figures: [{ name: 'reach.live', value: verdicts.of('reached') / Math.max(1, live) }],
      crashes: [],
    };
  },
};

function sorted(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function groupsOf(rules: readonly SigmaRule[], taxonomy: Taxonomy): Seen[] {
  const groups = new Map<string, Seen>();
  for (const rule of rules) {
    const { product, category, service } = rule.logsource;
    const key = JSON.stringify([product, category, service]);
    const known = groups.get(key);
    if (known !== undefined) known.rules.push(rule);
    else {
      const logsource = resolveLogsource(taxonomy, rule.logsource);
      if (logsource !== undefined)
        groups.set(key, { logsource, rules: [rule], fields: new Set(), events: 0 });
    }
  }
  return [...groups.values()];
}

/** Our own samples, and the corpus. */
function* documents(root: string, corpus: string): Generator<EcsFields> {
  const read = (text: string) => reader.read({ text, receivedAt: RECEIVED_AT }).fields;
  for (const suffix of ['.ndjson', '.log'])
    for (const file of filesBelow(join(root, 'sources'), suffix)) {
      if (!file.includes('/samples/')) continue;
      const text = readFileSync(file, 'utf8');
      const isOne = suffix === '.log' && !file.endsWith('.lines.log');
      for (const line of isOne ? [text.trim()] : text.split('\n')) if (line !== '') yield read(line);
    }
  if (existsSync(corpus)) for (const { fields } of corpusEvents(corpus)) yield fields;
}

function judge(rule: SigmaRule, group: Seen, taxonomy: Taxonomy): { verdict: Verdict; fields: string[] } {
  if (group.events === 0) return { verdict: 'no event', fields: [] };
  const missing = new Map<string, boolean>();
  const isThere = (field: string): boolean => {
    const { candidates } = resolveField(taxonomy, rule.logsource, field);
    const found = candidates.some(
      (name) => group.fields.has(name) || isOpen(name, rule.logsource, group, taxonomy),
    );
    if (!found)
      missing.set(
        field,
        candidates.some((name) => name !== field),
      );
    return found;
  };
  const nodes = new Map(rule.detection.selections.map(({ name, node }) => [name, node]));
  const canHold = rule.detection.conditions.some(({ node }) => possible(node, nodes, isThere));
  if (canHold) return { verdict: 'reached', fields: [] };
  const isMapped = [...missing.values()].every((mapped) => mapped);
  return { verdict: isMapped ? 'field unseen' : 'field unmapped', fields: [...missing.keys()] };
}

/** True for a name that the source fills with whatever the vendor sends. */
function isOpen(
  name: string,
  { product, category, service }: Logsource,
  group: Seen,
  taxonomy: Taxonomy,
): boolean {
  const own = { product, category, service };
  return taxonomy.fields.some((scope) => {
    const applies = (['product', 'category', 'service'] as const).every(
      (attribute) => scope[attribute] === undefined || scope[attribute] === own[attribute],
    );
    if (!applies || scope.fallback === undefined) return false;
    return scope.fallback.some((pattern) => {
      const start = pattern.slice(0, pattern.indexOf('{'));
      return (
        start !== '' && name.startsWith(start) && [...group.fields].some((field) => field.startsWith(start))
      );
    });
  });
}

/** Whether a condition can hold at all, when an item can hold only where its field can be there. */
function possible(
  node: ConditionNode,
  nodes: ReadonlyMap<string, SelectionNode>,
  isThere: (field: string) => boolean,
): boolean {
  const selection = (name: string) => selectable(nodes.get(name)!, isThere);
  switch (node.op) {
    case 'and':
      return node.items.every((item) => possible(item, nodes, isThere));
    case 'or':
      return node.items.some((item) => possible(item, nodes, isThere));
    case 'not':
      // What does not hold for lack of a field is what a negation asks for.
      return true;
    case 'ref':
      return selection(node.name);
    case 'of': {
      const count = node.names.filter(selection).length;
      return node.count === 'all' ? count === node.names.length : count >= node.count;
    }
  }
}

function selectable(node: SelectionNode, isThere: (field: string) => boolean): boolean {
  if (node.type !== 'item') {
    const one = (item: SelectionNode) => selectable(item, isThere);
    return node.type === 'and' ? node.items.every(one) : node.items.some(one);
  }
  if (node.field === undefined || node.negated || node.values.some(({ test }) => holdsWithout(test)))
    return true;
  return isThere(node.field);
}

function holdsWithout(test: ValueTest): boolean {
  if (test.kind === 'any') return test.tests.some(holdsWithout);
  return test.kind === 'null' || (test.kind === 'exists' && !test.value);
}
