import type { Event, TimeRange } from '@vigie/contracts';
import { EXCEPTION_PREVIEW_DAYS, type ExceptionImpact } from '@vigie/contracts/api';
import type { SigmaCorrelation, SigmaFilter, SigmaRule, Taxonomy } from '@vigie/sigma';
import { toSql } from '@vigie/sigma/sql/index.ts';
import { type KnownRule, LiveExceptions, type RuleSet, silencedPart } from '../detect/index.ts';
import { Backtest, type RuleQuery, type RuleSearch } from '../hunt/index.ts';
import type { ExceptionEvidence } from '../storage/state/exception-evidence.ts';
import { foldFields } from './backtest.ts';
import { type CheckedDraft, groupOf } from './exception-refusals.ts';

const DAY = 86_400_000;
const TOP = 20;
const SAMPLES = 10;
/** Rules counted for one preview, those with most hits first, and the time they may take. */
const MAX_RULES = 25;
const MAX_TIME = 20_000;
/** Detections of a correlation that are looked at. */
const MAX_DETECTIONS = 20_000;

export interface ImpactOptions {
  readonly taxonomy: Taxonomy;
  readonly rules: () => RuleSet;
  /** Filters of rule files, which belong to the rules themselves. */
  readonly filters: () => readonly SigmaFilter[];
  readonly search: RuleSearch;
  readonly evidence: Pick<ExceptionEvidence, 'detections' | 'ruleHits'>;
  /** The tenants there are. */
  readonly tenants: () => readonly string[];
  readonly now: () => number;
}

/** What a draft would have silenced of one rule. */
interface Part {
  readonly total: number;
  readonly silenced: number;
  readonly alerts: number;
  readonly byDay: readonly { readonly day: string; readonly count: number }[];
  readonly byHost: readonly { readonly tenant: string; readonly value: string; readonly count: number }[];
  readonly byUser: readonly { readonly tenant: string; readonly value: string; readonly count: number }[];
  readonly samples: readonly Event[];
  readonly method: 'sql' | 'scan' | 'detections' | 'none';
  readonly reason: string | null;
  readonly complete: boolean;
}

const NOTHING: Omit<Part, 'method' | 'reason' | 'complete'> = {
  total: 0,
  silenced: 0,
  alerts: 0,
  byDay: [],
  byHost: [],
  byUser: [],
  samples: [],
};

/**
 * What a draft would have silenced in the last days. For detection rules the event store is asked: the rule
 * joined to what the filter silences is a rule of its own, and rules compile to conditions that hold for exactly
 * the events that the engine matches, so that the figures are exact, whatever their size, also for rules that
 * were off or did not exist then. What can't be said as a condition is read and judged by the engine. For
 * correlations the stored detections are taken, which carry the group that the filter looks at.
 */
export class ExceptionImpacts {
  readonly #options: ImpactOptions;

  constructor(options: ImpactOptions) {
    this.#options = options;
  }

  /** @throws what the stores throw */
  async measure(draft: CheckedDraft): Promise<ExceptionImpact> {
    const { now } = this.#options;
    const started = performance.now();
    const to = now();
    const range = { from: to - EXCEPTION_PREVIEW_DAYS * DAY, to };
    const chosen = await this.#choose(draft, range.from);
    const tenants = draft.tenant === null ? this.#options.tenants() : [draft.tenant];
    const parts: { readonly known: KnownRule; readonly part: Part }[] = [];
    for (const known of chosen.counted) {
      const late = performance.now() - started > MAX_TIME;
      const part = late
        ? { ...NOTHING, method: 'none' as const, reason: 'the figures took too long', complete: false }
        : await this.#part(known, draft, range, tenants);
      parts.push({ known, part });
    }
    const sum = (of: (part: Part) => number) => parts.reduce((total, { part }) => total + of(part), 0);
    return {
      ...range,
      total: sum((part) => part.total),
      silenced: sum((part) => part.silenced),
      alerts: sum((part) => part.alerts),
      byDay: merge(
        parts.flatMap(({ part }) => part.byDay),
        ({ day }) => day,
      ).sort((a, b) => (a.day < b.day ? -1 : 1)),
      byRule: parts
        .map(({ known, part }) => ({
          id: known.key,
          title: known.rule.title,
          kind: known.rule.kind,
          level: known.level,
          total: part.total,
          silenced: part.silenced,
          method: part.method,
          reason: part.reason,
        }))
        .sort((a, b) => b.silenced - a.silenced || b.total - a.total),
      byHost: top(parts.flatMap(({ part }) => part.byHost)),
      byUser: top(parts.flatMap(({ part }) => part.byUser)),
      samples: [
        ...new Map(parts.flatMap(({ part }) => part.samples).map((e) => [`${e.tenant}/${e.id}`, e])).values(),
      ]
        .sort((a, b) => b.time - a.time)
        .slice(0, SAMPLES)
        .map((event) => ({
          id: event.id,
          tenant: event.tenant,
          source: event.source,
          at: event.time,
          receivedAt: event.receivedAt,
          fields: event.fields,
        })),
      complete: chosen.all && parts.every(({ part }) => part.complete),
      tookMs: Math.round(performance.now() - started),
    };
  }

  /**
   * The rules to count: all that are named; of an exception for any rule those that found something lately, or
   * that correlations count, which leaves no trace of its own.
   */
  async #choose(
    { filter, concerned, tenant }: CheckedDraft,
    since: number,
  ): Promise<{ readonly counted: readonly KnownRule[]; readonly all: boolean }> {
    const able = concerned.filter(({ state }) => state === 'live');
    if (filter.rules !== 'any') return { counted: able.slice(0, MAX_RULES), all: able.length <= MAX_RULES };
    const hits = await this.#options.evidence.ruleHits(tenant === null ? 'all' : [tenant], since);
    const counted = new Set(this.#options.rules().correlations.flatMap((c) => c.correlation.rules));
    const isCounted = ({ key, rule }: KnownRule) =>
      counted.has(key) || (rule.name !== undefined && counted.has(rule.name));
    const active = able
      .filter((known) => hits.has(known.key) || isCounted(known))
      .sort((a, b) => (hits.get(b.key) ?? 0) - (hits.get(a.key) ?? 0));
    return { counted: active.slice(0, MAX_RULES), all: active.length <= MAX_RULES };
  }

  #part(known: KnownRule, draft: CheckedDraft, range: TimeRange, tenants: readonly string[]): Promise<Part> {
    const { rule } = known;
    return rule.kind === 'correlation'
      ? this.#ofCorrelation(rule, known, draft, range)
      : this.#ofRule(rule, known, draft, range, tenants);
  }

  async #ofRule(
    rule: SigmaRule,
    known: KnownRule,
    { filter }: CheckedDraft,
    range: TimeRange,
    tenants: readonly string[],
  ): Promise<Part> {
    const { search, taxonomy } = this.#options;
    const part = silencedPart(rule, filter);
    const options = { taxonomy, columns: search.columns, filters: this.#options.filters() };
    const own = toSql(rule, options);
    const silenced = toSql(part, options);
    const scan = () => this.#scan(rule, part, known, range, tenants);
    if ('unsupported' in own || 'unsupported' in silenced) return scan();
    try {
      return await this.#ask(known, { tenants, range, where: own.where }, silenced.where);
    } catch (error) {
      const { code } = error as { code?: unknown };
      // The database may refuse an expression that the generator could not know to be too large.
      if (code === 'VIGIE_EVENTS_QUERY_FAILED') return scan();
      if (code !== 'VIGIE_EVENTS_QUERY_LIMIT') throw error;
      return { ...NOTHING, method: 'none', reason: 'the search took too long', complete: false };
    }
  }

  async #ask(known: KnownRule, own: RuleQuery, where: string): Promise<Part> {
    const { search } = this.#options;
    const { total, each } = await search.countEach(own, [where]);
    if (each[0] === 0) return { ...NOTHING, total, method: 'sql', reason: null, complete: true };
    const query = { ...own, where };
    const hits = await search.searchRule(query, foldFields(known));
    const byUser = await search.topValues(query, 'user.name', TOP);
    return {
      total,
      silenced: hits.count,
      alerts: hits.alerts,
      byDay: hits.byDay,
      byHost: hits.byHost.map(({ tenant, host, count }) => ({ tenant, value: host, count })),
      byUser,
      samples: hits.samples,
      method: 'sql',
      reason: null,
      complete: true,
    };
  }

  /** Both judged by the engine, event by event. */
  async #scan(
    rule: SigmaRule,
    part: SigmaRule,
    known: KnownRule,
    range: TimeRange,
    tenants: readonly string[],
  ): Promise<Part> {
    const { search, taxonomy, now } = this.#options;
    const backtest = new Backtest({
      search,
      taxonomy,
      now,
      find: (name) => ({ rule: name === 'silenced' ? part : rule, foldBy: foldFields(known) }),
      filters: this.#options.filters,
    });
    const own = await backtest.run({ id: 'own', ...range }, tenants);
    const silenced = await backtest.run({ id: 'silenced', ...range }, tenants);
    if ('message' in own || 'message' in silenced) {
      const reason = 'message' in own ? own.message : 'message' in silenced ? silenced.message : '';
      return { ...NOTHING, method: 'none', reason, complete: false };
    }
    return {
      total: own.hits,
      silenced: silenced.hits,
      alerts: silenced.alerts,
      byDay: silenced.byDay,
      byHost: silenced.byHost.map(({ tenant, host, count }) => ({ tenant, value: host, count })),
      byUser: [],
      samples: silenced.samples.map(({ at, ...event }) => ({ ...event, time: at })),
      method: 'scan',
      reason: silenced.reason,
      complete: own.complete && silenced.complete,
    };
  }

  async #ofCorrelation(
    rule: SigmaCorrelation,
    known: KnownRule,
    { filter, tenant }: CheckedDraft,
    range: TimeRange,
  ): Promise<Part> {
    const { evidence, search, taxonomy } = this.#options;
    const live = new LiveExceptions({
      taxonomy,
      onError: (_id, error) => {
        throw error;
      },
    });
    live.replace([{ id: 'draft', tenant: null, filter, from: 0, until: Number.POSITIVE_INFINITY }]);
    const all = await evidence.detections(
      tenant === null ? 'all' : [tenant],
      known.key,
      range.from,
      MAX_DETECTIONS,
    );
    const silenced = all.filter((one) =>
      live.silencesCorrelation({ rule, scope: one.tenant, group: groupOf(one) }, one.time),
    );
    const last = silenced.slice(0, SAMPLES).flatMap(({ tenant: of, events }) => {
      const event = events.at(-1);
      return event === undefined ? [] : [{ tenant: of, id: event.id, time: event.time }];
    });
    return {
      ...NOTHING,
      total: all.length,
      silenced: silenced.length,
      alerts: new Set(silenced.map((one) => `${one.tenant}/${one.alert}`)).size,
      byDay: merge(
        silenced.map(({ time }) => ({ day: new Date(time).toISOString().slice(0, 10), count: 1 })),
        ({ day }) => day,
      ).sort((a, b) => (a.day < b.day ? -1 : 1)),
      samples: last.length === 0 ? [] : await search.eventsOf(last),
      method: 'detections',
      reason: null,
      complete: all.length < MAX_DETECTIONS,
    };
  }
}

/** Adds up counts of the same name. */
function merge<T extends { readonly count: number }>(items: readonly T[], nameOf: (item: T) => string): T[] {
  const merged = new Map<string, T>();
  for (const item of items) {
    const name = nameOf(item);
    const known = merged.get(name);
    merged.set(name, known === undefined ? item : { ...known, count: known.count + item.count });
  }
  return [...merged.values()];
}

function top(items: readonly { readonly tenant: string; readonly value: string; readonly count: number }[]) {
  return merge(items, ({ tenant, value }) => JSON.stringify([tenant, value]))
    .sort((a, b) => b.count - a.count)
    .slice(0, TOP);
}
