import type { TimeRange } from '@vigie/contracts';
import type { BacktestRequest, BacktestResult } from '@vigie/contracts/api';
import {
  CorrelationEngine,
  compile,
  type ParsedRules,
  parseRules,
  ruleKey,
  type SigmaCorrelation,
  type SigmaFilter,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import { logsourceSql, toSql } from '@vigie/sigma/sql/index.ts';
import type { RuleHits, RuleSearch } from './ports.ts';
import { Tally } from './tally.ts';

/** Fields that fold the detections of an imported rule into alerts: the host, the user and the source. */
export const DEFAULT_FOLD_FIELDS = ['host.name', 'observer.name', 'user.name', 'user.email', 'source.ip'];

const DAY = 86_400_000;
const PAGE = 2_000;
/** A scan ends after so many events or milliseconds, and says so. */
const MAX_SCANNED = 1_000_000;
const MAX_SCAN_TIME = 60_000;

type AnyRule = SigmaRule | SigmaCorrelation;

export interface BacktestOptions {
  readonly search: RuleSearch;
  readonly taxonomy: Taxonomy;
  /** A rule that is known, by id or name. */
  readonly find: (name: string) => { readonly rule: AnyRule; readonly foldBy: readonly string[] } | undefined;
  /** Filters in force. */
  readonly filters: () => readonly SigmaFilter[];
  /** Adapts a text as the rules in force are; `id` is the rule that it is a version of. */
  readonly adapt?: (parsed: ParsedRules, id: string | undefined) => ParsedRules;
  readonly now: () => number;
}

/** A backtest that can't be made, for the person who asked. */
export interface BacktestRefusal {
  readonly code: 'not_found' | 'invalid';
  readonly message: string;
}

/** What was asked for, read and put together. */
interface Subject {
  readonly rule: AnyRule;
  readonly foldBy: readonly string[];
  /** Rules that a correlation is built on, and correlations between. */
  readonly base: readonly SigmaRule[];
  readonly inner: readonly SigmaCorrelation[];
}

class Refused extends Error {
  readonly refusal: BacktestRefusal;
  constructor(code: BacktestRefusal['code'], message: string) {
    super(message);
    this.refusal = { code, message };
  }
}

/** Holds rules against stored events. */
export class Backtest {
  readonly #options: BacktestOptions;

  constructor(options: BacktestOptions) {
    this.#options = options;
  }

  /**
   * @param tenants those that the caller may see, and asked for
   * @throws what the store throws: `VIGIE_EVENTS_QUERY_LIMIT`, `VIGIE_EVENTS_UNAVAILABLE`
   */
  async run(
    { id, text, from, to }: Pick<BacktestRequest, 'id' | 'text' | 'from' | 'to'>,
    tenants: readonly string[],
  ): Promise<BacktestResult | BacktestRefusal> {
    const started = performance.now();
    try {
      const subject = this.#subject(id, text);
      const range = { from, to };
      const { rule } = subject;
      const outcome =
        rule.kind === 'rule'
          ? await this.#rule(rule, subject, range, tenants)
          : await this.#scan(subject, range, tenants, 'a correlation looks at events one after the other');
      const first = await this.#options.search.firstTime(tenants, range);
      const days = Math.max(1, (Math.min(outcome.reached, this.#options.now()) - (first ?? from)) / DAY);
      return {
        rule: { id: ruleKey(rule), title: rule.title, kind: rule.kind },
        from,
        to,
        method: outcome.method,
        reason: outcome.reason,
        complete: outcome.reached >= to,
        reached: outcome.reached,
        scanned: outcome.scanned,
        hits: outcome.count,
        alerts: outcome.alerts,
        alertsPerDay: Math.round((outcome.alerts / days) * 100) / 100,
        byDay: [...outcome.byDay],
        byHost: [...outcome.byHost],
        samples: outcome.samples.map((event) => ({
          id: event.id,
          tenant: event.tenant,
          source: event.source,
          at: event.time,
          receivedAt: event.receivedAt,
          fields: event.fields,
        })),
        tookMs: Math.round(performance.now() - started),
      };
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      throw error;
    }
  }

  #subject(id: string | undefined, text: string | undefined): Subject {
    const { find } = this.#options;
    const { adapt } = this.#options;
    const written =
      text === undefined ? undefined : readText(text, (parsed) => adapt?.(parsed, id) ?? parsed);
    const known = id === undefined ? undefined : find(id);
    const rule = written?.subject ?? known?.rule;
    if (rule === undefined) throw new Refused('not_found', `there is no rule ${id}`);
    const base = new Map<string, SigmaRule>();
    const inner = new Map<string, SigmaCorrelation>();
    const collect = (correlation: SigmaCorrelation) => {
      for (const name of correlation.correlation.rules) {
        const own =
          written?.rules.find((other) => other.id === name || other.name === name) ?? find(name)?.rule;
        if (own === undefined)
          throw new Refused('invalid', `the correlation names the rule "${name}", which is not known`);
        const key = ruleKey(own);
        if (own.kind === 'rule') base.set(key, own);
        else if (!inner.has(key) && own !== rule) {
          inner.set(key, own);
          collect(own);
        }
      }
    };
    if (rule.kind === 'correlation') collect(rule);
    return {
      rule,
      foldBy: known?.foldBy ?? DEFAULT_FOLD_FIELDS,
      base: [...base.values()],
      inner: [...inner.values()],
    };
  }

  async #rule(rule: SigmaRule, subject: Subject, range: TimeRange, tenants: readonly string[]) {
    const { search, taxonomy, filters } = this.#options;
    const made = toSql(rule, { taxonomy, columns: search.columns, filters: filters() });
    if ('unsupported' in made) return this.#scan(subject, range, tenants, made.unsupported);
    try {
      const hits = await search.searchRule({ tenants, range, where: made.where }, subject.foldBy);
      return { ...hits, method: 'sql' as const, reason: null, scanned: 0, reached: range.to };
    } catch (error) {
      // The database may refuse an expression that the generator could not know to be too large.
      if (!tooLarge(error)) throw error;
      return this.#scan(subject, range, tenants, 'the database refused the condition');
    }
  }

  /** Reads the events that may matter and judges them one by one. */
  async #scan(
    { rule, base, inner, foldBy }: Subject,
    range: TimeRange,
    tenants: readonly string[],
    reason: string,
  ): Promise<RuleHits & { method: 'scan'; reason: string; scanned: number; reached: number }> {
    const { search, taxonomy, filters } = this.#options;
    const rules = rule.kind === 'rule' ? [rule] : [...base];
    const matcher = compile(rules, { taxonomy, filters: filters() });
    const rejected = matcher.report.rejected[0];
    if (rejected) throw new Refused('invalid', rejected.issue.message);
    if (matcher.report.unmapped.length > 0)
      throw new Refused(
        'invalid',
        `no source writes the logsource of "${matcher.report.unmapped[0]!.rule.title}"`,
      );
    const engine =
      rule.kind === 'rule'
        ? undefined
        : new CorrelationEngine([...inner, rule], { rules, taxonomy, evidence: 1 });
    if (engine?.rejected[0]) throw new Refused('invalid', engine.rejected[0].issue.message);
    const wanted = ruleKey(rule);
    const where = `(${rules.map((own) => this.#narrowed(own, rule.kind === 'correlation')).join(' OR ')})`;
    const started = performance.now();
    const tally = new Tally(foldBy);
    let scanned = 0;
    // One tenant after the other: what was reached holds for all of them only at the end.
    let reached = range.to;
    for await (const page of search.pages({ tenants, range, where }, PAGE)) {
      for (const event of page) {
        const matches = matcher.match(event.fields);
        if (engine === undefined) {
          if (matches.length > 0) tally.add(event);
          continue;
        }
        const fired = engine.observe(matches, {
          id: event.id,
          time: event.time,
          fields: event.fields,
          scope: event.tenant,
        });
        for (const match of fired) if (ruleKey(match.rule) === wanted) tally.add(event);
      }
      scanned += page.length;
      if (scanned >= MAX_SCANNED || performance.now() - started > MAX_SCAN_TIME) {
        reached = Math.min(range.to - 1, page.at(-1)!.time);
        break;
      }
    }
    return { ...tally.hits(), method: 'scan', reason, scanned, reached };
  }

  /** Condition for the events that may match: the rule itself where it can be said, else its logsource. */
  #narrowed(rule: SigmaRule, exact: boolean): string {
    const { search, taxonomy, filters } = this.#options;
    const options = { taxonomy, columns: search.columns, filters: filters() };
    const own = exact ? toSql(rule, options) : undefined;
    const made = own && 'where' in own ? own : logsourceSql(rule.logsource, options);
    if ('unsupported' in made) throw new Refused('invalid', made.unsupported);
    return `(${made.where})`;
  }
}

/** The rule of a file, and the others in it: the last correlation, or the first rule. */
function readText(
  text: string,
  adapt: (parsed: ParsedRules) => ParsedRules,
): { subject: AnyRule; rules: readonly AnyRule[] } {
  const { rules, correlations, errors } = adapt(parseRules(text));
  const error = errors[0];
  if (error)
    throw new Refused('invalid', `${error.line === undefined ? '' : `line ${error.line}: `}${error.message}`);
  const subject = correlations.at(-1) ?? rules[0];
  if (subject === undefined) throw new Refused('invalid', 'the text holds no rule');
  return { subject, rules: [...rules, ...correlations] };
}

/** Errors 427 (CANNOT_COMPILE_REGEXP), 167 and 168 (TOO_DEEP_AST, TOO_BIG_AST) and the parser's limits: the condition, not the store. */
function tooLarge(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error as { code?: unknown }).code === 'VIGIE_EVENTS_QUERY_FAILED' &&
    /Code: (?:427|167|168)\.|max_query_size|max_parser_depth/i.test(error.message)
  );
}
