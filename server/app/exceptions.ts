import { randomUUID } from 'node:crypto';
import {
  EXCEPTION_DAYS,
  type ExceptionDetail,
  type ExceptionDraft,
  type ExceptionPage,
  type ExceptionPreview,
  type ExceptionQuery,
  type ExceptionRefusal,
  type ExceptionSuggestion,
  type ExceptionSuggestRequest,
  type ExceptionView,
  type ExceptionWarning,
  type NewException,
} from '@vigie/contracts/api';
import type { Logsource, SigmaFilter } from '@vigie/sigma';
import type { Account, ExceptionBook, ExceptionProblem, Identity } from '../api/index.ts';
import {
  composeFilter,
  concerns,
  findRule,
  type KnownRule,
  type LiveExceptions,
  misfit,
  nameFor,
  type RuleSet,
  readFilter,
} from '../detect/index.ts';
import type { ExceptionRecord, ExceptionStore } from '../storage/state/exception-store.ts';
import { ExceptionImpacts, type ImpactOptions } from './exception-impact.ts';
import { type CheckedDraft, ExceptionRefusals, type RefusalOptions } from './exception-refusals.ts';
import { ExceptionSuggestions } from './exception-suggest.ts';
import { PreviewTokens } from './exception-token.ts';
import { ExceptionViews } from './exception-views.ts';
import { warningsOf } from './exception-warnings.ts';

const DAY = 86_400_000;
/**
 * Ended exceptions stay with the detector for so long: events received before the end may still wait to be
 * judged, and events judged again after a restart are judged as they were.
 */
const REMEMBERED = 7 * DAY;
/** Active exceptions of one tenant, or of all: more would be a rule set of its own that nobody oversees. */
const MAX_ACTIVE = 2_000;
const MAX_SHOWN_VALUE = 60;

export interface ExceptionsOptions
  extends Omit<ImpactOptions, 'evidence'>,
    Omit<RefusalOptions, 'evidence' | 'search'> {
  readonly store: ExceptionStore;
  readonly evidence: ImpactOptions['evidence'] &
    RefusalOptions['evidence'] &
    ConstructorParameters<typeof ExceptionSuggestions>[0]['evidence'];
  readonly live: LiveExceptions;
  readonly users: () => Promise<readonly Account[]>;
}

/** Exceptions as people make, see and end them; what they do is done by {@link LiveExceptions}. */
export class Exceptions implements ExceptionBook {
  readonly #options: ExceptionsOptions;
  readonly #impacts: ExceptionImpacts;
  readonly #refusals: ExceptionRefusals;
  readonly #suggestions: ExceptionSuggestions;
  readonly #views: ExceptionViews;
  readonly #tokens = new PreviewTokens();

  constructor(options: ExceptionsOptions) {
    this.#options = options;
    this.#impacts = new ExceptionImpacts(options);
    this.#refusals = new ExceptionRefusals(options);
    this.#suggestions = new ExceptionSuggestions(options);
    this.#views = new ExceptionViews(options);
  }

  /** Puts what is stored in force; called at the start and after every change. */
  async refresh(): Promise<void> {
    const { store, live, now, log } = this.#options;
    const rows = await store.inForceSince(now() - REMEMBERED);
    live.replace(
      rows.flatMap(({ filter: text, ...row }) => {
        const read = readFilter(text);
        if ('filter' in read) return [{ ...row, filter: read.filter }];
        log.warn(
          { exception: row.id, problem: read.problem },
          'an exception is not in force: its filter is not read',
        );
        return [];
      }),
    );
  }

  list(identity: Identity, query: ExceptionQuery): Promise<ExceptionPage> {
    return this.#views.list(identity, query);
  }

  get(identity: Identity, id: string): Promise<ExceptionDetail | undefined> {
    return this.#views.get(identity, id);
  }

  async preview(
    identity: Identity,
    wanted: ExceptionDraft,
    event?: { readonly id: string; readonly at: number },
  ): Promise<ExceptionPreview | ExceptionProblem> {
    const draft = this.#draft(wanted);
    if ('problem' in draft) return { code: 'invalid', message: draft.problem };
    const impact = await this.#impacts.measure(draft);
    const checked = await this.#refusals.check(draft);
    const warnings: ExceptionWarning[] = [
      ...warningsOf(draft, impact, this.#options.rules()),
      ...checked.warnings,
    ];
    if (event !== undefined && !(await this.#meets(draft, event)))
      warnings.unshift({
        code: 'misses-event',
        message: 'The event that this was made from would not be silenced',
      });
    const { from, to, total, silenced } = impact;
    return {
      tenant: draft.tenant,
      title: draft.filter.title,
      filter: draft.text,
      impact,
      warnings,
      refusals: checked.refusals,
      token:
        checked.refusals.length > 0
          ? null
          : this.#tokens.issue({
              actor: identity.id,
              tenant: draft.tenant,
              filter: draft.text,
              at: this.#options.now(),
              previewed: { from, to, total, silenced },
            }),
    };
  }

  async add(identity: Identity, wanted: NewException): Promise<ExceptionDetail | ExceptionProblem> {
    const { now, store } = this.#options;
    const at = now();
    const previewed = this.#tokens.read(wanted.token, {
      actor: identity.id,
      tenant: wanted.tenant,
      filter: wanted.filter,
      at,
    });
    if (previewed === undefined)
      return {
        code: 'stale',
        message: 'look at the preview of exactly this exception first; a preview holds for an hour',
      };
    const draft = this.#draft(wanted);
    if ('problem' in draft) return { code: 'invalid', message: draft.problem };
    const expiresAt = wanted.expiresAt ?? at + EXCEPTION_DAYS.default * DAY;
    const problem = untimely(expiresAt, at);
    if (problem !== undefined) return { code: 'invalid', message: problem };
    const owner = await this.#owner(identity, wanted.owner, wanted.tenant);
    if ('problem' in owner) return { code: 'invalid', message: owner.problem };
    const active = (await store.list(wanted.tenant === null ? 'all' : [wanted.tenant])).filter(
      (row) => row.tenant === wanted.tenant && row.revokedAt === null && row.expiresAt > at,
    );
    if (active.length >= MAX_ACTIVE)
      return {
        code: 'invalid',
        message: `there are ${active.length} active exceptions here already; end some first`,
      };
    // Somebody may have marked an incident since the preview.
    const { refusals } = await this.#refusals.check(draft);
    if (refusals.length > 0) return silences(refusals);
    const id = randomUUID();
    await store.add(
      identity.scope,
      {
        id,
        tenant: wanted.tenant,
        title: draft.filter.title,
        filter: draft.text,
        reason: wanted.reason,
        owner,
        createdAt: at,
        expiresAt,
        previewed,
      },
      identity.name,
    );
    await this.refresh();
    return (await this.get(identity, id))!;
  }

  async revoke(identity: Identity, id: string, reason: string): Promise<ExceptionDetail | ExceptionProblem> {
    const { store, now } = this.#options;
    if (!(await store.revoke(identity.scope, id, now(), identity.name, reason)))
      return this.#ended(identity, id);
    await this.refresh();
    return (await this.get(identity, id))!;
  }

  async extend(
    identity: Identity,
    id: string,
    expiresAt: number,
    reason: string,
  ): Promise<ExceptionDetail | ExceptionProblem> {
    const { store, now } = this.#options;
    const at = now();
    const row = await this.#views.own(identity, id);
    if (row === undefined || row.revokedAt !== null || row.expiresAt <= at) return this.#ended(identity, id);
    const problem = untimely(expiresAt, at);
    if (problem !== undefined) return { code: 'invalid', message: problem };
    if (expiresAt <= row.expiresAt)
      return { code: 'invalid', message: 'the new end must be after the present one; to end it, revoke it' };
    // What has been marked since it was made counts as well.
    const draft = this.#stored(row);
    if (draft !== undefined) {
      const { refusals } = await this.#refusals.check(draft);
      if (refusals.length > 0) return silences(refusals);
    }
    if (!(await store.extend(identity.scope, id, at, expiresAt, identity.name, reason)))
      return this.#ended(identity, id);
    await this.refresh();
    return (await this.get(identity, id))!;
  }

  async suggest(request: ExceptionSuggestRequest): Promise<ExceptionSuggestion | ExceptionProblem> {
    const known = findRule(this.#options.rules().rules, request.rule);
    if (known === undefined) return { code: 'not_found', message: 'rule not found' };
    return this.#suggestions.suggest(known, request);
  }

  /** The draft's filter, read and held against the rules it names. */
  #draft(
    wanted: Pick<ExceptionDraft, 'tenant' | 'filter' | 'rules' | 'fields' | 'title'>,
  ): (CheckedDraft & { readonly text: string }) | { readonly problem: string } {
    const set = this.#options.rules();
    const text = wanted.filter ?? this.#compose(wanted, set);
    if (typeof text !== 'string') return text;
    const read = readFilter(text);
    if ('problem' in read) return read;
    const { filter } = read;
    const concerned = concernedBy(filter, set);
    if (filter.rules === 'any') {
      if (concerned.length === 0) return { problem: 'no rule has a logsource that this filter covers' };
    } else
      for (const name of filter.rules) {
        const known = findRule(set.rules, name);
        if (known === undefined) return { problem: `there is no rule ${name}` };
        const problem = misfit(filter, known.rule);
        if (problem !== undefined) return { problem };
      }
    return { tenant: wanted.tenant, filter, concerned, text };
  }

  #stored(row: ExceptionRecord): CheckedDraft | undefined {
    const read = readFilter(row.filter);
    if ('problem' in read) return undefined;
    return {
      tenant: row.tenant,
      filter: read.filter,
      concerned: concernedBy(read.filter, this.#options.rules()),
    };
  }

  #compose(
    { rules = [], fields = [], title }: Pick<ExceptionDraft, 'rules' | 'fields' | 'title'>,
    set: RuleSet,
  ): string | { readonly problem: string } {
    const known: KnownRule[] = [];
    for (const name of rules) {
      const one = findRule(set.rules, name);
      if (one === undefined) return { problem: `there is no rule ${name}` };
      known.push(one);
    }
    const names = known.map(({ rule }) => nameFor(rule));
    if (names.includes(undefined))
      return { problem: 'a filter can name only rules that have an id or a name' };
    const [first] = known;
    const logsource = commonLogsource(known, set);
    if (first === undefined || logsource === undefined)
      return { problem: 'these rules have no part of their logsource in common; make an exception for each' };
    const values = fields.map(({ values: [value = ''] }) => shortened(value)).join(', ');
    const made = title ?? `${values}: ${first.rule.title}`;
    return composeFilter({ title: made.slice(0, 200), logsource, rules: names as string[], fields });
  }

  async #meets(draft: CheckedDraft, ref: { readonly id: string; readonly at: number }): Promise<boolean> {
    if (draft.tenant === null || draft.concerned.every(({ rule }) => rule.kind === 'correlation'))
      return true;
    const [event] = await this.#options.search.eventsOf([{ tenant: draft.tenant, id: ref.id, time: ref.at }]);
    return event === undefined || this.#refusals.wouldSilence(draft, event);
  }

  async #owner(
    identity: Identity,
    wanted: string,
    tenant: string | null,
  ): Promise<{ readonly id: string; readonly name: string } | { readonly problem: string }> {
    if (wanted === 'me') {
      if (identity.kind === 'account') return { id: identity.id, name: identity.name };
      return {
        problem: 'an API key can’t answer for an exception; give the id or address of a user as owner',
      };
    }
    const user = (await this.#options.users()).find(
      ({ id, email }) => id === wanted || email === wanted.toLowerCase(),
    );
    const sees = user?.tenants === null || (tenant !== null && user?.tenants?.includes(tenant) === true);
    if (user === undefined || !sees)
      return { problem: `the owner must be a user who may see ${tenant === null ? 'all tenants' : tenant}` };
    return { id: user.id, name: user.name };
  }

  async #ended(identity: Identity, id: string): Promise<ExceptionProblem> {
    const view: ExceptionView | undefined = await this.get(identity, id);
    if (view === undefined) return { code: 'not_found', message: 'exception not found' };
    return view.mayChange
      ? { code: 'ended', message: `it is ${view.state} already; make a new one if it is still needed` }
      : { code: 'forbidden', message: 'an exception for all tenants is the provider’s to change' };
  }
}

function concernedBy(filter: SigmaFilter, set: RuleSet): KnownRule[] {
  return [...set.rules.values()].filter(({ rule }) => concerns(filter, rule));
}

function untimely(expiresAt: number, now: number): string | undefined {
  if (expiresAt <= now) return 'the end must be in the future';
  if (expiresAt > now + EXCEPTION_DAYS.most * DAY)
    return `an exception may hold for at most ${EXCEPTION_DAYS.most} days; it can be extended later`;
  return undefined;
}

function silences(refusals: readonly ExceptionRefusal[]): ExceptionProblem {
  return {
    code: 'silences',
    message: `it would silence ${refusals.length === 1 ? 'a case' : `${refusals.length} cases`} known to be true`,
    refusals,
  };
}

function shortened(value: string): string {
  const line = value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return line.length > MAX_SHOWN_VALUE ? `${line.slice(0, MAX_SHOWN_VALUE - 1)}…` : line;
}

/** What the logsources of the rules share; of a correlation, which has none, those of the rules it counts. */
function commonLogsource(known: readonly KnownRule[], set: RuleSet) {
  const all = known.flatMap(({ rule }) => logsourcesOf(rule, set));
  const [first] = all;
  if (first === undefined) return undefined;
  const shared = (['product', 'category', 'service'] as const).filter((name) =>
    all.every((own) => own[name] !== undefined && own[name].toLowerCase() === first[name]?.toLowerCase()),
  );
  return shared.length === 0 ? undefined : Object.fromEntries(shared.map((name) => [name, first[name]]));
}

function logsourcesOf(rule: KnownRule['rule'], set: RuleSet, depth = 0): Logsource[] {
  if (rule.kind === 'rule') return [rule.logsource];
  if (depth > 8) return [];
  return rule.correlation.rules.flatMap((name) => {
    const named = findRule(set.rules, name);
    return named === undefined ? [] : logsourcesOf(named.rule, set, depth + 1);
  });
}
