import { LEVELS } from '@vigie/contracts';
import type { RuleDetail, RuleView } from '@vigie/contracts/api';
import type { Taxonomy } from '@vigie/sigma';
import type { RuleBook, Scope } from '../api/index.ts';
import {
  findRule,
  type Judge,
  type KnownRule,
  logsourceText,
  type RuleSet,
  type textOf,
  wordsOf,
} from '../detect/index.ts';
import type { RuleHits } from '../storage/state/rule-store.ts';
import type { HistoryHead } from '../storage/state/rule-version-store.ts';
import { changesOf, writtenRule } from './adaptation-views.ts';
import { techniquesOf } from './attack.ts';
import type { ShelfRule } from './rule-shelf.ts';

/** Origin of rules that were written or edited here. */
export const WORKSHOP = 'workshop';

/** The rules as they stand now. */
export interface RuleSource {
  readonly set: RuleSet;
  readonly judge: Pick<Judge, 'isEnabled'>;
  readonly taxonomy: Taxonomy;
  /** Rules that threw, with how often. */
  readonly thrown: ReadonlyMap<string, number>;
  readonly heads: ReadonlyMap<string, HistoryHead>;
  readonly shelf: ReadonlyMap<string, ShelfRule>;
  trialProblem(ruleId: string, number: number): string | null;
  ownText(known: KnownRule): ReturnType<typeof textOf>;
  casesOf(known: KnownRule): Promise<string | null>;
  techniques(ids: readonly string[]): { id: string; name: string; tactic: string }[];
}

/** Views of all rules that fit a filter, one page of them. */
export function listRules(
  source: RuleSource,
  hits: ReadonlyMap<string, RuleHits>,
  filter: Parameters<RuleBook['list']>[0],
): { items: RuleView[]; total: number; next?: string } {
  const q = filter.q?.toLowerCase();
  const views = [
    ...[...source.set.rules.values()].map((known) => viewOf(source, known, hits)),
    ...(filter.scope === 'all'
      ? [...source.shelf.values()].map((rule) => shelfView(source, rule, hits))
      : []),
  ];
  const kept = views.filter(
    (view) =>
      (q === undefined ||
        `${view.title}\n${view.id}\n${view.logsource}\n${view.tags.join(' ')}\n${view.origin}`
          .toLowerCase()
          .includes(q)) &&
      (filter.level === undefined || view.level === filter.level) &&
      isIn(source, view, filter.state),
  );
  const byTitle = (a: RuleView, b: RuleView) => a.title.localeCompare(b.title) || (a.id < b.id ? -1 : 1);
  kept.sort((a, b) => {
    if (filter.sort === 'hits')
      return b.hits24h - a.hits24h || (b.lastHitAt ?? 0) - (a.lastHitAt ?? 0) || byTitle(a, b);
    if (filter.sort === 'level') return LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || byTitle(a, b);
    return byTitle(a, b);
  });
  const from = Math.max(0, Number(filter.cursor ?? 0) || 0);
  const items = kept.slice(from, from + filter.limit);
  const end = from + items.length;
  return { items, total: kept.length, ...(end < kept.length ? { next: String(end) } : {}) };
}

/** Everything about one rule; undefined when neither the rules in force nor the versions have it. */
export async function describeRule(
  source: RuleSource,
  hits: ReadonlyMap<string, RuleHits>,
  id: string,
  scope: Scope,
): Promise<RuleDetail | undefined> {
  const { set, taxonomy } = source;
  const known = set.rules.get(id);
  const kept = known === undefined ? source.shelf.get(id) : undefined;
  const view =
    known !== undefined
      ? viewOf(source, known, hits)
      : kept !== undefined
        ? shelfView(source, kept, hits)
        : undefined;
  if (view === undefined) return undefined;
  const rule = known?.rule ?? kept?.rule;
  const own = known === undefined ? undefined : source.ownText(known);
  // Values of placeholders are of the provider's clients: who is confined to some reads the rule as it was written.
  const told =
    scope === 'all' || known === undefined || known.changes.length === 0
      ? rule
      : writtenRule(
          known,
          own !== undefined && 'text' in own ? own.text : (set.files[known.file]?.text ?? ''),
        );
  return {
    ...view,
    description: rule?.description ?? '',
    falsePositives: [...(rule?.falsepositives ?? [])],
    author: rule?.author ?? null,
    references: [...(rule?.references ?? [])],
    techniques: source.techniques(rule === undefined ? [] : techniquesOf(rule.tags)),
    words: told === undefined ? null : wordsOf(told, taxonomy, (name) => findRule(set.rules, name)?.rule),
    source:
      kept !== undefined
        ? kept.head.last.text
        : own !== undefined && 'text' in own
          ? own.text
          : (set.files[known!.file]?.text ?? ''),
    adapted:
      known === undefined || own === undefined
        ? null
        : changesOf(known, 'text' in own ? own.text : (set.files[known.file]?.text ?? '')),
    cases: kept !== undefined ? kept.head.last.cases || null : await source.casesOf(known!),
  };
}

function isIn(source: RuleSource, view: RuleView, state: string): boolean {
  switch (state) {
    case 'all':
      return true;
    case 'disabled':
      return !view.enabled;
    case 'test':
      return view.versions !== null && view.versions.test !== null;
    case 'draft':
      return source.heads.get(view.id)?.last.state === 'draft';
    case 'edited':
      return view.versions !== null;
    default:
      return view.state === state && view.enabled;
  }
}

function viewOf(source: RuleSource, known: KnownRule, hits: ReadonlyMap<string, RuleHits>): RuleView {
  const hit = hits.get(known.key);
  const { rule } = known;
  const thrown = source.thrown.get(known.key);
  return {
    id: known.key,
    title: rule.title,
    kind: rule.kind === 'rule' ? 'rule' : 'correlation',
    level: known.level,
    status: rule.status ?? 'experimental',
    enabled: source.judge.isEnabled(known.key),
    state: known.state,
    problem: known.problem ?? (thrown === undefined ? null : `failed on ${thrown} events; see the log`),
    logsource:
      rule.kind === 'rule'
        ? logsourceText(rule.logsource)
        : rule.correlation.rules
            .map((name) => findRule(source.set.rules, name)?.rule.title ?? name)
            .join(' + '),
    tags: [...rule.tags],
    origin: known.origin,
    path: known.path,
    versions: versionsOf(source, known.key),
    hits24h: hit?.hits ?? 0,
    lastHitAt: hit?.lastAt ?? null,
  };
}

/** A rule that has versions, none of them in force. */
function shelfView(
  source: RuleSource,
  { head, rule }: ShelfRule,
  hits: ReadonlyMap<string, RuleHits>,
): RuleView {
  const hit = hits.get(head.ruleId);
  return {
    id: head.ruleId,
    title: rule?.title ?? head.ruleId,
    kind: rule?.kind === 'correlation' ? 'correlation' : 'rule',
    level: rule?.level ?? 'medium',
    status: rule?.status ?? 'experimental',
    enabled: true,
    state: head.test !== null ? 'test' : head.last.state === 'draft' ? 'draft' : 'retired',
    problem: head.test === null ? null : source.trialProblem(head.ruleId, head.test),
    logsource: rule?.kind === 'rule' ? logsourceText(rule.logsource) : '',
    tags: [...(rule?.tags ?? [])],
    origin: WORKSHOP,
    path: `${head.ruleId}@${head.newest}`,
    versions: versionsOf(source, head.ruleId),
    hits24h: hit?.hits ?? 0,
    lastHitAt: hit?.lastAt ?? null,
  };
}

function versionsOf({ heads, set }: RuleSource, id: string): RuleView['versions'] {
  const head = heads.get(id);
  if (head === undefined) return null;
  const { newest, live, test } = head;
  return { newest, live, test, override: live !== null && set.overridden.has(id) };
}
