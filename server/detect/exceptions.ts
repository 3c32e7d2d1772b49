import type { Event } from '@vigie/contracts';
import {
  type CorrelationMatch,
  compile,
  IDENTITY_TAXONOMY,
  type Matcher,
  ruleKey,
  type SigmaCorrelation,
  type SigmaFilter,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import { concerns, silencingRule } from './exception-filter.ts';

/** An exception as detection needs it. Times are epoch milliseconds. */
export interface ActiveException {
  readonly id: string;
  /** Null: all tenants. */
  readonly tenant: string | null;
  readonly filter: SigmaFilter;
  /** It holds for events received at `from` or later, and before `until`. */
  readonly from: number;
  readonly until: number;
}

/** How often an exception silenced a rule at a tenant on one day. */
export interface SilencedCount {
  readonly exception: string;
  readonly rule: string;
  readonly tenant: string;
  /** Start of the UTC day of receipt, epoch milliseconds. */
  readonly day: number;
  hits: number;
  /** Receipt of the last one, epoch milliseconds. */
  lastAt: number;
}

export interface LiveExceptionsOptions {
  readonly taxonomy: Taxonomy;
  /** Told when an exception throws on an event. The rule is not silenced then. */
  readonly onError: (exception: string, error: unknown) => void;
}

/** The exceptions that may silence one rule at one tenant, as one matcher whose rules are the exceptions. */
interface Silencer {
  readonly matcher: Matcher;
  readonly byId: ReadonlyMap<string, ActiveException>;
}

/** Rule → tenant (or {@link SHARED}) → what may silence it there. */
type Silencers<Rule extends object> = WeakMap<Rule, Map<string, Silencer | null>>;

/** Tenants without exceptions of their own share what is compiled for all tenants. */
const SHARED = '';
const DAY = 86_400_000;

/**
 * The exceptions in force. A filter is looked at only when a rule has matched, so events that no rule matches,
 * nearly all of them, cost nothing, however many exceptions there are. What concerns a rule at a tenant is
 * compiled when the rule first matches there, with the engine's index over the values, so that many exceptions
 * for one rule cost about as much as one.
 *
 * Whether an exception holds is decided by when the event was received: judging the same events again after a
 * restart gives the same.
 */
export class LiveExceptions {
  readonly #options: LiveExceptionsOptions;
  #all: readonly ActiveException[] = [];
  #shared: readonly ActiveException[] = [];
  #own = new Map<string, ActiveException[]>();
  #rules: Silencers<SigmaRule> = new WeakMap();
  #correlations: Silencers<SigmaCorrelation> = new WeakMap();
  /** Counts of the batch that is being judged. */
  readonly #batch = new Map<string, SilencedCount>();
  /** Counts of whole batches, not handed over yet. */
  readonly #counts = new Map<string, SilencedCount>();
  #countedThrough = 0;

  constructor(options: LiveExceptionsOptions) {
    this.#options = options;
  }

  /** Puts others in force from the next event on. Ended ones count too, for events received before their end. */
  replace(exceptions: readonly ActiveException[]): void {
    this.#all = exceptions;
    this.#shared = exceptions.filter(({ tenant }) => tenant === null);
    this.#own = new Map();
    for (const exception of exceptions) {
      if (exception.tenant === null) continue;
      const list = this.#own.get(exception.tenant);
      if (list === undefined) this.#own.set(exception.tenant, [...this.#shared, exception]);
      else list.push(exception);
    }
    this.#rules = new WeakMap();
    this.#correlations = new WeakMap();
  }

  /** Those in force, and ended ones that events still waiting may have been received under. */
  get all(): readonly ActiveException[] {
    return this.#all;
  }

  /**
   * Whether an exception keeps a rule, which has matched an event, silent. Counts it if so.
   *
   * @param counted false for a version of a rule that is only in test
   */
  silences(rule: SigmaRule, event: Event, counted = true): boolean {
    if (this.#all.length === 0) return false;
    const scope = this.#own.has(event.tenant) ? event.tenant : SHARED;
    const silencer = known(this.#rules, rule, scope, () =>
      this.#compile(rule, scope, (exception) =>
        silencingRule(exception.filter, exception.id, rule.logsource),
      ),
    );
    return (
      silencer !== null && this.#apply(silencer, event.fields, rule, event.tenant, event.receivedAt, counted)
    );
  }

  /**
   * Whether an exception keeps a correlation silent. It can look at the values of the group only: of what else
   * the counted events hold, the match carries nothing that is true of all of them.
   *
   * @param receivedAt receipt of the event that completed it, epoch milliseconds
   */
  silencesCorrelation(
    match: Pick<CorrelationMatch, 'rule' | 'scope' | 'group'>,
    receivedAt: number,
    counted = true,
  ): boolean {
    if (this.#all.length === 0) return false;
    const { rule, scope: tenant } = match;
    const scope = this.#own.has(tenant) ? tenant : SHARED;
    const silencer = known(this.#correlations, rule, scope, () =>
      this.#compile(
        rule,
        scope,
        // Every logsource of the identity taxonomy holds for every event.
        (exception) => silencingRule(exception.filter, exception.id, { product: 'correlation' }),
      ),
    );
    if (silencer === null) return false;
    const group = Object.fromEntries(match.group.map(({ field, value }) => [field, value]));
    return this.#apply(silencer, group, rule, tenant, receivedAt, counted);
  }

  #compile(
    rule: SigmaRule | SigmaCorrelation,
    scope: string,
    made: (exception: ActiveException) => SigmaRule,
  ): Silencer | null {
    const wanted = (this.#own.get(scope) ?? this.#shared).filter(({ filter }) => concerns(filter, rule));
    if (wanted.length === 0) return null;
    const matcher = compile(wanted.map(made), {
      taxonomy: rule.kind === 'rule' ? this.#options.taxonomy : IDENTITY_TAXONOMY,
      onError: (failed, error) => this.#options.onError(ruleKey(failed), error),
    });
    const { rejected, unmapped } = matcher.report;
    for (const { rule: own, issue } of rejected)
      this.#options.onError(ruleKey(own), new Error(`the filter does not compile: ${issue.message}`));
    for (const { rule: own } of unmapped)
      this.#options.onError(ruleKey(own), new Error(`no source writes the logsource of "${rule.title}"`));
    return { matcher, byId: new Map(wanted.map((exception) => [exception.id, exception])) };
  }

  #apply(
    { matcher, byId }: Silencer,
    fields: Event['fields'],
    rule: SigmaRule | SigmaCorrelation,
    tenant: string,
    receivedAt: number,
    counted: boolean,
  ): boolean {
    let silenced = false;
    for (const match of matcher.match(fields)) {
      const exception = byId.get(ruleKey(match.rule))!;
      if (receivedAt < exception.from || receivedAt >= exception.until) continue;
      silenced = true;
      // What two exceptions silence counts for both: neither of them is without use.
      if (counted) this.#count(exception.id, ruleKey(rule), tenant, receivedAt);
    }
    return silenced;
  }

  #count(exception: string, rule: string, tenant: string, receivedAt: number): void {
    const day = Math.floor(receivedAt / DAY) * DAY;
    const key = keyOf({ exception, rule, tenant, day });
    const count = this.#batch.get(key);
    if (count === undefined)
      this.#batch.set(key, { exception, rule, tenant, day, hits: 1, lastAt: receivedAt });
    else {
      count.hits++;
      if (receivedAt > count.lastAt) count.lastAt = receivedAt;
    }
  }

  /** Says through which batch the stored counts go: what is judged again after a restart is not counted again. */
  resumeAfter(sequence: number): void {
    this.#countedThrough = sequence;
  }

  /** Takes the counts of a batch that was judged to its end; telling it twice changes nothing. */
  endBatch(sequence: number): void {
    if (this.#batch.size === 0) return;
    if (sequence > this.#countedThrough) for (const count of this.#batch.values()) this.#add(count);
    this.#batch.clear();
  }

  /** Hands over what was silenced in whole batches since the last call. */
  takeCounts(): SilencedCount[] {
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    return counts;
  }

  /** Takes counts back that could not be stored. */
  returnCounts(counts: readonly SilencedCount[]): void {
    for (const count of counts) this.#add(count);
  }

  get hasCounts(): boolean {
    return this.#counts.size > 0;
  }

  #add(count: SilencedCount): void {
    const key = keyOf(count);
    const sum = this.#counts.get(key);
    if (sum === undefined) this.#counts.set(key, count);
    else {
      sum.hits += count.hits;
      sum.lastAt = Math.max(sum.lastAt, count.lastAt);
    }
  }
}

function keyOf({ exception, rule, tenant, day }: Omit<SilencedCount, 'hits' | 'lastAt'>): string {
  return `${exception}\u0000${rule}\u0000${tenant}\u0000${day}`;
}

function known<Rule extends object>(
  silencers: Silencers<Rule>,
  rule: Rule,
  scope: string,
  make: () => Silencer | null,
): Silencer | null {
  let byTenant = silencers.get(rule);
  if (byTenant === undefined) {
    byTenant = new Map();
    silencers.set(rule, byTenant);
  }
  let silencer = byTenant.get(scope);
  if (silencer === undefined) {
    silencer = make();
    byTenant.set(scope, silencer);
  }
  return silencer;
}
