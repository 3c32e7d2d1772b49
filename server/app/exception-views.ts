import {
  EXCEPTION_ENDS_SOON_DAYS,
  type ExceptionDetail,
  type ExceptionPage,
  type ExceptionQuery,
  type ExceptionState,
  type ExceptionView,
} from '@vigie/contracts/api';
import type { Identity } from '../api/index.ts';
import {
  concerns,
  findRule,
  type KnownRule,
  logsourceText,
  type ReadFilter,
  type RuleSet,
  readFilter,
} from '../detect/index.ts';
import type { ExceptionRecord, ExceptionStore } from '../storage/state/exception-store.ts';

const DAY = 86_400_000;
const SHOWN_DAYS = 90;
const REMEMBERED_FILTERS = 5_000;

export interface ExceptionViewOptions {
  readonly store: ExceptionStore;
  readonly rules: () => RuleSet;
  readonly now: () => number;
}

/**
 * Exceptions as people see them. One of all tenants is shown to somebody confined to some with what it keeps
 * silent and until when, and what it silenced at those tenants; its filter, reason and owner may name other
 * clients and are the provider's.
 */
export class ExceptionViews {
  readonly #options: ExceptionViewOptions;
  /** Filters never change, so each text is read once. */
  readonly #read = new Map<string, ReadFilter>();

  constructor(options: ExceptionViewOptions) {
    this.#options = options;
  }

  async list(identity: Identity, query: ExceptionQuery): Promise<ExceptionPage> {
    const { rules } = this.#options;
    const known = query.rule === undefined ? undefined : findRule(rules().rules, query.rule);
    const q = query.q?.trim().toLowerCase() ?? '';
    const fitting = (await this.#records(identity))
      // What holds for all tenants holds for the one asked for too.
      .filter(({ tenant }) => query.tenant === undefined || tenant === null || tenant === query.tenant)
      .filter((record) => query.rule === undefined || this.#names(record, query.rule, known))
      .map((record) => this.#view(identity, record))
      .filter((view) => q === '' || textOf(view).includes(q));
    const states: Record<ExceptionState, number> = { active: 0, expired: 0, revoked: 0 };
    for (const { state } of fitting) states[state]++;
    const kept = fitting.filter(({ state }) => query.state === 'all' || state === query.state);
    kept.sort(ORDERS[query.sort]);
    const from = Math.max(0, Math.trunc(Number(query.cursor ?? 0)) || 0);
    const items = kept.slice(from, from + query.limit);
    const end = from + items.length;
    return { items, total: kept.length, states, ...(end < kept.length ? { next: String(end) } : {}) };
  }

  async get(identity: Identity, id: string): Promise<ExceptionDetail | undefined> {
    const { store, rules, now } = this.#options;
    const record = (await this.#records(identity)).find((one) => one.id === id);
    if (record === undefined) return undefined;
    const view = this.#view(identity, record);
    const since = (Math.floor(now() / DAY) - SHOWN_DAYS) * DAY;
    const { changes, hits } = await store.history(identity.scope, id, since);
    const sum = (of: (hit: (typeof hits)[number]) => string) => {
      const sums = new Map<string, number>();
      for (const hit of hits) sums.set(of(hit), (sums.get(of(hit)) ?? 0) + hit.hits);
      return [...sums];
    };
    const most = (a: [string, number], b: [string, number]) => b[1] - a[1];
    return {
      ...view,
      byDay: sum(({ day }) => new Date(day).toISOString().slice(0, 10)).map(([day, count]) => ({
        day,
        count,
      })),
      byRule: sum(({ rule }) => rule)
        .sort(most)
        .map(([ruleId, count]) => ({
          ruleId,
          ruleTitle: rules().rules.get(ruleId)?.rule.title ?? ruleId,
          count,
        })),
      byTenant: sum(({ tenant }) => tenant)
        .sort(most)
        .map(([tenant, count]) => ({ tenant, count })),
      previewed: view.reason === null ? null : record.previewed,
      changes: [...changes],
    };
  }

  /** The record of one that is the identity's to change. */
  async own(identity: Identity, id: string): Promise<ExceptionRecord | undefined> {
    return (await this.#options.store.list(identity.scope)).find((record) => record.id === id);
  }

  async #records(identity: Identity): Promise<ExceptionRecord[]> {
    const { store } = this.#options;
    const own = await store.list(identity.scope);
    return identity.scope === 'all' ? own : [...own, ...(await store.shared(identity.scope))];
  }

  #filterOf({ filter }: ExceptionRecord): ReadFilter {
    let read = this.#read.get(filter);
    if (read === undefined) {
      read = readFilter(filter);
      if (this.#read.size >= REMEMBERED_FILTERS) this.#read.delete(this.#read.keys().next().value!);
      this.#read.set(filter, read);
    }
    return read;
  }

  #names(record: ExceptionRecord, asked: string, known: KnownRule | undefined): boolean {
    const read = this.#filterOf(record);
    if ('problem' in read) return false;
    if (known !== undefined) return concerns(read.filter, known.rule);
    return read.filter.rules !== 'any' && read.filter.rules.includes(asked);
  }

  #view(identity: Identity, record: ExceptionRecord): ExceptionView {
    const now = this.#options.now();
    const set = this.#options.rules();
    const read = this.#filterOf(record);
    const filter = 'filter' in read ? read.filter : undefined;
    const names = filter === undefined || filter.rules === 'any' ? [] : filter.rules;
    const rules = names.flatMap((name) => findRule(set.rules, name) ?? []);
    const inScope = record.tenant === null ? identity.scope === 'all' : true;
    const state: ExceptionState =
      record.revokedAt !== null ? 'revoked' : record.expiresAt <= now ? 'expired' : 'active';
    return {
      id: record.id,
      tenant: record.tenant,
      title: inScope ? record.title : 'An exception for all clients',
      state,
      rules:
        filter?.rules === 'any'
          ? 'any'
          : rules.map(({ key, rule, level }) => ({ id: key, title: rule.title, kind: rule.kind, level })),
      unknownRules: inScope ? names.filter((name) => findRule(set.rules, name) === undefined) : [],
      logsource: filter === undefined ? '' : logsourceText(filter.logsource),
      reason: inScope ? record.reason : null,
      owner: inScope ? record.owner : null,
      filter: inScope ? record.filter : null,
      createdAt: record.createdAt,
      changedAt: record.changedAt,
      expiresAt: record.expiresAt,
      revokedAt: record.revokedAt,
      endsSoon: state === 'active' && record.expiresAt - now < EXCEPTION_ENDS_SOON_DAYS * DAY,
      silenced: { hits: record.hits, lastAt: record.lastHitAt },
      mayChange: inScope && identity.permissions.has('exceptions.write'),
    };
  }
}

const ended = (view: ExceptionView) => view.revokedAt ?? view.expiresAt;
const byId = (a: ExceptionView, b: ExceptionView) => (a.id < b.id ? -1 : 1);

const ORDERS: Record<ExceptionQuery['sort'], (a: ExceptionView, b: ExceptionView) => number> = {
  // What ends next first; then what has ended, the latest first.
  ends: (a, b) =>
    Number(b.state === 'active') - Number(a.state === 'active') ||
    (a.state === 'active' ? ended(a) - ended(b) : ended(b) - ended(a)) ||
    byId(a, b),
  newest: (a, b) => b.createdAt - a.createdAt || byId(a, b),
  silenced: (a, b) => b.silenced.hits - a.silenced.hits || b.createdAt - a.createdAt || byId(a, b),
};

/** Everything of an exception that a search looks at, in lower case. */
function textOf(view: ExceptionView): string {
  const rules = view.rules === 'any' ? [] : view.rules.map(({ title, id }) => `${title}\n${id}`);
  return [view.title, view.reason, view.owner?.name, view.filter, view.tenant, view.logsource, ...rules]
    .join('\n')
    .toLowerCase();
}
