import type { SigmaCorrelation, SigmaRule } from '../ast.ts';
import type { SigmaIssue } from '../issue.ts';
import { ruleKey } from '../matcher.ts';
import { IDENTITY_TAXONOMY } from '../taxonomy.ts';
import type { EventFields } from '../values.ts';
import type { Entry } from './aggregate.ts';
import { type CompiledCorrelation, compileCorrelations } from './compile.ts';
import { type Group, Groups } from './groups.ts';
import { type Trigger, TriggerReader } from './trigger.ts';
import type {
  CorrelationEvent,
  CorrelationMatch,
  CorrelationOptions,
  CorrelationSnapshot,
  CorrelationStats,
} from './types.ts';
import type { Hit } from './window.ts';

/**
 * Evaluates correlation rules over a stream of matches.
 *
 * Event time decides, not arrival. Conditions that more events can only fulfil are decided at once; those
 * that the next event might undo (upper bounds, averages, percentiles, `not`) when their window is over,
 * that is when the watermark — the newest event time of the scope, or what {@link advance} is told — has
 * passed its end by more than the allowed lateness. A group reports once per window.
 */
export class CorrelationEngine {
  readonly rejected: readonly { readonly rule: SigmaCorrelation; readonly issue: SigmaIssue }[];
  readonly stats: CorrelationStats = {
    groups: 0,
    updates: 0,
    evictedGroups: 0,
    evictedEvents: 0,
    late: 0,
    incomplete: 0,
  };
  private readonly compiled: readonly CompiledCorrelation[];
  /** Rule key → correlations that refer to it, with the rule's places in their lists. */
  private readonly consumers = new Map<string, { compiled: CompiledCorrelation; index: number }[]>();
  private readonly silent = new Set<string>();
  private readonly groups: Groups;
  private readonly reader: TriggerReader;
  private readonly watermarks = new Map<string, number>();
  private readonly evidence: number;
  private readonly suppress: CorrelationOptions['suppress'];
  private seq = 0;

  constructor(correlations: readonly SigmaCorrelation[], options: CorrelationOptions) {
    this.reader = new TriggerReader(options.taxonomy ?? IDENTITY_TAXONOMY);
    this.suppress = options.suppress;
    this.evidence = options.evidence ?? 100;
    this.groups = new Groups({
      lateness: options.lateness ?? 300_000,
      maxGroups: options.maxGroups ?? 100_000,
      maxEntries: options.maxEntries ?? 10_000,
    });
    const { compiled, rejected } = compileCorrelations(correlations, options.rules);
    this.compiled = compiled;
    this.rejected = rejected;
    const alerting = new Set<string>();
    for (const own of compiled) {
      own.bases.forEach((base, index) => {
        const key = ruleKey(base);
        const list = this.consumers.get(key) ?? [];
        // A rule that stands several times in the list is offered once, under its first place.
        if (!list.some((consumer) => consumer.compiled === own)) list.push({ compiled: own, index });
        this.consumers.set(key, list);
        (own.rule.correlation.generate ? alerting : this.silent).add(key);
      });
    }
    for (const key of alerting) this.silent.delete(key);
  }

  /** The correlations that are evaluated. */
  get rules(): readonly SigmaCorrelation[] {
    return this.compiled.map(({ rule }) => rule);
  }

  /** Whether a match of this rule is a detection of its own, or only serves correlations (`generate: false`). */
  alertsAlone(rule: SigmaRule | SigmaCorrelation): boolean {
    return !this.silent.has(ruleKey(rule));
  }

  /**
   * Takes the rules that matched one event.
   *
   * @returns correlations this completes, inner ones of a chain before outer ones; those that only serve
   * others ({@link alertsAlone}) included
   */
  observe(matches: readonly { readonly rule: SigmaRule }[], event: CorrelationEvent): CorrelationMatch[] {
    const found: CorrelationMatch[] = [];
    const scope = event.scope ?? '';
    const known = this.watermarks.get(scope);
    if (known === undefined || event.time > known) {
      this.watermarks.set(scope, event.time);
      this.closeWindows(scope, event.time, found);
      this.forget(scope, event.time);
    }
    for (const { rule } of matches) this.trigger({ rule, event, group: undefined }, found);
    return found;
  }

  /** Tells that event time has reached a point although no event says so; closes windows that are over. */
  advance(time: number, scope = ''): CorrelationMatch[] {
    const found: CorrelationMatch[] = [];
    if (time > (this.watermarks.get(scope) ?? Number.NEGATIVE_INFINITY)) this.watermarks.set(scope, time);
    this.closeWindows(scope, time, found);
    this.forget(scope, time);
    return found;
  }

  /**
   * For each scope that has windows waiting for their end, the event time after which {@link advance} decides
   * the first of them. Never later than it is.
   */
  dues(): Generator<readonly [scope: string, due: number]> {
    return this.groups.dues();
  }

  /** Closes all windows, as at the end of a file. */
  flush(): CorrelationMatch[] {
    const found: CorrelationMatch[] = [];
    for (const scope of this.groups.scopes()) this.closeWindows(scope, Number.POSITIVE_INFINITY, found);
    return found;
  }

  snapshot(): CorrelationSnapshot {
    return {
      version: 2,
      seq: this.seq,
      watermarks: [...this.watermarks],
      groups: [...this.groups.all()].map(({ compiled, scope, values, window }) => ({
        correlation: compiled.key,
        definition: compiled.definition,
        scope,
        values,
        state: window.state(),
      })),
    };
  }

  /**
   * Takes over state saved by {@link snapshot}, replacing what there is.
   *
   * @returns how many groups were dropped because their rule has changed or is gone
   */
  restore(snapshot: CorrelationSnapshot): number {
    this.groups.clear();
    this.watermarks.clear();
    for (const [scope, time] of snapshot.watermarks) this.watermarks.set(scope, time);
    this.seq = snapshot.seq;
    let dropped = 0;
    for (const saved of snapshot.groups) {
      const compiled = this.compiled.find(
        (own) => own.key === saved.correlation && own.definition === saved.definition,
      );
      if (!compiled) {
        dropped++;
        continue;
      }
      const group = this.groups.use(compiled, saved.scope, saved.values, this.watermark(saved.scope));
      group.window.restore(saved.state);
      this.groups.remind(group);
      this.groups.expire(group);
    }
    this.countGroups();
    return dropped;
  }

  private trigger(trigger: Trigger, found: CorrelationMatch[]): void {
    const consumers = this.consumers.get(ruleKey(trigger.rule));
    if (!consumers) return;
    for (const { compiled, index } of consumers) {
      const values = this.reader.groupValues(compiled, index, trigger);
      const value = values && this.reader.entryValue(compiled, index, trigger);
      if (values === undefined || value === undefined) {
        this.stats.incomplete++;
        continue;
      }
      const { event } = trigger;
      const scope = event.scope ?? '';
      const watermark = this.watermark(scope);
      const group = this.groups.use(compiled, scope, values, watermark);
      this.countGroups();
      this.stats.updates++;
      const before = group.window.dropped;
      const { due } = group.window;
      const fresh = group.window.newest === Number.NEGATIVE_INFINITY;
      group.touched = watermark;
      const entry: Entry = {
        time: event.time,
        seq: ++this.seq,
        id: event.id,
        rule: index,
        value,
        origin: event.origin,
      };
      const outcome = group.window.offer(entry);
      this.stats.evictedEvents += group.window.dropped - before;
      if (outcome === 'late') this.stats.late++;
      if (outcome !== 'kept') continue;
      if (group.window.due !== due) this.groups.remind(group);
      if (fresh) this.groups.expire(group);
      const hit = group.window.find();
      if (hit) this.report(group, hit, event.fields, found);
    }
  }

  private report(group: Group, hit: Hit, fields: EventFields, found: CorrelationMatch[]): void {
    const { compiled, scope, values } = group;
    const { groupBy, rules } = compiled.rule.correlation;
    const last = hit.entries.at(-1)!;
    const match: CorrelationMatch = {
      key: JSON.stringify([compiled.key, scope, values.map((value) => value.toLowerCase()), hit.from]),
      rule: compiled.rule,
      scope,
      from: hit.from,
      time: last.time,
      group: groupBy.map((field, index) => ({ field, value: values[index]! })),
      value: hit.value,
      events: hit.entries
        .slice(-this.evidence)
        .map(({ id, time, rule, origin }) => ({ id, time, rule: rules[rule]!, origin })),
      fields,
      eventCount: hit.entries.length,
      ...(hit.approximate ? { approximate: true } : {}),
    };
    if (this.suppress?.(match) === true) return;
    found.push(match);
    const event: CorrelationEvent = { id: match.key, time: last.time, fields, scope };
    this.trigger({ rule: compiled.rule, event, group: match.group }, found);
  }

  private closeWindows(scope: string, watermark: number, found: CorrelationMatch[]): void {
    for (
      let group = this.groups.takeDue(scope, watermark);
      group !== undefined;
      group = this.groups.takeDue(scope, watermark)
    ) {
      for (let hit = group.window.close(watermark); hit; hit = group.window.close(watermark))
        this.report(group, hit, {}, found);
      this.groups.remind(group);
    }
  }

  private watermark(scope: string): number {
    return this.watermarks.get(scope) ?? Number.NEGATIVE_INFINITY;
  }

  private forget(scope: string, watermark: number): void {
    this.groups.forget(scope, watermark);
    this.countGroups();
  }

  private countGroups(): void {
    this.stats.groups = this.groups.size;
    this.stats.evictedGroups = this.groups.evicted;
  }
}
