import type { SigmaCorrelation, SigmaRule } from '../ast.ts';
import type { SigmaIssue } from '../issue.ts';
import { ruleKey } from '../matcher.ts';
import { readNumber } from '../modifiers.ts';
import { IDENTITY_TAXONOMY, type ResolvedField, resolveField, type Taxonomy } from '../taxonomy.ts';
import { type EventFields, textsOf, valuesOf } from '../values.ts';
import type { Entry } from './aggregate.ts';
import { type CompiledCorrelation, compileCorrelations } from './compile.ts';
import { Deadlines } from './deadlines.ts';
import {
  ClosedWindow,
  type GroupState,
  type GroupWindow,
  type Hit,
  OrderedWindow,
  SlidingWindow,
} from './window.ts';

/** An event, as far as correlations need it. */
export interface CorrelationEvent {
  readonly id: string;
  /** Event time, epoch milliseconds; the fraction counts. */
  readonly time: number;
  readonly fields: EventFields;
  /** Keeps groups apart, for example by tenant. */
  readonly scope?: string;
  /** Where the event came from; told with the evidence. */
  readonly origin?: string;
}

/** A group of events that fulfils a correlation rule. */
export interface CorrelationMatch {
  /** The same for the same rule, scope, group and window: a replay does not give a second one. */
  readonly key: string;
  readonly rule: SigmaCorrelation;
  readonly scope: string;
  /** First and last event of the window, epoch milliseconds. */
  readonly from: number;
  readonly time: number;
  readonly group: readonly { readonly field: string; readonly value: string }[];
  /** The aggregate that met the condition. */
  readonly value: number;
  /** Events of the window, in order of time; at most {@link CorrelationOptions.evidence}, the last ones kept. */
  readonly events: readonly {
    readonly id: string;
    readonly time: number;
    readonly rule: string;
    readonly origin?: string;
  }[];
  /** Of the event that completed it; none where a window was decided because it was over. */
  readonly fields: EventFields;
  readonly eventCount: number;
  /** True where a group held too many events to keep, so that `value` is computed on those kept. */
  readonly approximate?: boolean;
}

export interface CorrelationOptions {
  /** The rules that correlations refer to. */
  readonly rules: readonly SigmaRule[];
  readonly taxonomy?: Taxonomy;
  /** Milliseconds an event may come after later ones; default five minutes. */
  readonly lateness?: number;
  /** Groups held over all correlations; the least recently used go first. Default 100,000. */
  readonly maxGroups?: number;
  /** Events held in a group. Default 10,000. */
  readonly maxEntries?: number;
  /** Events listed in a match. Default 100. */
  readonly evidence?: number;
  /**
   * Asked of every match before anything comes of it: true, and nobody is told of it and no other correlation
   * counts it. Its window counts as reported all the same.
   */
  readonly suppress?: (match: CorrelationMatch) => boolean;
}

/** What happened that an operator should know; counted since the start. */
export interface CorrelationStats {
  groups: number;
  updates: number;
  /** Groups given up because there were too many. */
  evictedGroups: number;
  /** Events given up because a group held too many. */
  evictedEvents: number;
  /** Events that came after their window had to be decided. */
  late: number;
  /** Events without one of the group-by fields, or without the value to aggregate. */
  incomplete: number;
}

/** All state, as plain JSON. */
export interface CorrelationSnapshot {
  readonly version: 2;
  readonly seq: number;
  readonly watermarks: readonly (readonly [string, number])[];
  readonly groups: readonly {
    readonly correlation: string;
    /** Fingerprint of the rule; state of a rule that has changed is dropped. */
    readonly definition: string;
    readonly scope: string;
    readonly values: readonly string[];
    readonly state: GroupState;
  }[];
}

interface Group {
  readonly key: string;
  readonly compiled: CompiledCorrelation;
  readonly scope: string;
  readonly values: readonly string[];
  readonly window: GroupWindow;
  /** How far the scope's event time had come when the group last took an event. */
  touched: number;
}

/** Something a correlation may refer to that has just matched. */
interface Trigger {
  readonly rule: SigmaRule | SigmaCorrelation;
  readonly event: CorrelationEvent;
  /** Group values of a correlation that matched, by field as written. */
  readonly group?: CorrelationMatch['group'];
}

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
  private readonly groups = new Map<string, Group>();
  /** By scope: groups whose windows are decided when they are over. */
  private readonly deadlines = new Map<string, Deadlines>();
  /** By scope: groups by the time after which they may be forgotten; a group that lives on is put back. */
  private readonly expiries = new Map<string, Deadlines>();
  private readonly watermarks = new Map<string, number>();
  private readonly taxonomy: Taxonomy;
  private readonly options: Required<Omit<CorrelationOptions, 'rules' | 'taxonomy' | 'suppress'>>;
  private readonly suppress: CorrelationOptions['suppress'];
  private readonly fields = new Map<SigmaRule, Map<string, ResolvedField>>();
  private seq = 0;

  constructor(correlations: readonly SigmaCorrelation[], options: CorrelationOptions) {
    this.taxonomy = options.taxonomy ?? IDENTITY_TAXONOMY;
    this.suppress = options.suppress;
    this.options = {
      lateness: options.lateness ?? 300_000,
      maxGroups: options.maxGroups ?? 100_000,
      maxEntries: options.maxEntries ?? 10_000,
      evidence: options.evidence ?? 100,
    };
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
    for (const { rule } of matches) this.trigger({ rule, event }, found);
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
  *dues(): Generator<readonly [scope: string, due: number]> {
    for (const [scope, deadlines] of this.deadlines) {
      for (let first = deadlines.first; first !== undefined; first = deadlines.first) {
        // A group may be gone, or its first window decided and the next one noted further back.
        const due = this.groups.get(first.key)?.window.due;
        if (due !== undefined && due <= first.due) {
          yield [scope, first.due];
          break;
        }
        deadlines.take(Number.POSITIVE_INFINITY);
      }
    }
  }

  /** Closes all windows, as at the end of a file. */
  flush(): CorrelationMatch[] {
    const found: CorrelationMatch[] = [];
    for (const scope of this.deadlines.keys()) this.closeWindows(scope, Number.POSITIVE_INFINITY, found);
    return found;
  }

  snapshot(): CorrelationSnapshot {
    return {
      version: 2,
      seq: this.seq,
      watermarks: [...this.watermarks],
      groups: [...this.groups.values()].map(({ compiled, scope, values, window }) => ({
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
    this.deadlines.clear();
    this.expiries.clear();
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
      const group = this.group(compiled, saved.scope, saved.values);
      group.window.restore(saved.state);
      this.remind(group);
      this.expire(group);
    }
    this.stats.groups = this.groups.size;
    return dropped;
  }

  private trigger(trigger: Trigger, found: CorrelationMatch[]): void {
    const consumers = this.consumers.get(ruleKey(trigger.rule));
    if (!consumers) return;
    for (const { compiled, index } of consumers) {
      const values = this.groupValues(compiled, index, trigger);
      const value = values && this.entryValue(compiled, index, trigger);
      if (values === undefined || value === undefined) {
        this.stats.incomplete++;
        continue;
      }
      const { event } = trigger;
      const group = this.group(compiled, event.scope ?? '', values);
      this.stats.updates++;
      const before = group.window.dropped;
      const { due } = group.window;
      const fresh = group.window.newest === Number.NEGATIVE_INFINITY;
      group.touched = this.watermark(group.scope);
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
      if (group.window.due !== due) this.remind(group);
      if (fresh) this.expire(group);
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
        .slice(-this.options.evidence)
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
    const deadlines = this.deadlines.get(scope);
    for (let key = deadlines?.take(watermark); key !== undefined; key = deadlines?.take(watermark)) {
      const group = this.groups.get(key);
      if (!group) continue;
      for (let hit = group.window.close(watermark); hit; hit = group.window.close(watermark))
        this.report(group, hit, {}, found);
      this.remind(group);
    }
  }

  /** Notes when a group's next window is over. */
  private remind(group: Group): void {
    const { due } = group.window;
    if (due === undefined) return;
    let deadlines = this.deadlines.get(group.scope);
    if (!deadlines) {
      deadlines = new Deadlines();
      this.deadlines.set(group.scope, deadlines);
    }
    deadlines.add(due, group.key);
  }

  private watermark(scope: string): number {
    return this.watermarks.get(scope) ?? Number.NEGATIVE_INFINITY;
  }

  /** Notes when a group may be forgotten. */
  private expire(group: Group): void {
    let expiries = this.expiries.get(group.scope);
    if (!expiries) {
      expiries = new Deadlines();
      this.expiries.set(group.scope, expiries);
    }
    expiries.add(expiryOf(group), group.key);
  }

  /** Drops the groups of a scope that nothing can complete any more. */
  private forget(scope: string, watermark: number): void {
    const expiries = this.expiries.get(scope);
    for (let key = expiries?.take(watermark); key !== undefined; key = expiries?.take(watermark)) {
      const group = this.groups.get(key);
      if (!group) continue;
      if (expiryOf(group) < watermark) this.groups.delete(key);
      else this.expire(group);
    }
    this.stats.groups = this.groups.size;
  }

  private group(compiled: CompiledCorrelation, scope: string, values: readonly string[]): Group {
    const key = `${compiled.key}\u0000${scope}\u0000${values.join('\u0000').toLowerCase()}`;
    let group = this.groups.get(key);
    if (group) {
      // A map keeps the order of insertion: what was used last stands last.
      this.groups.delete(key);
    } else {
      const { lateness, maxEntries } = this.options;
      const { range } = compiled.rule.correlation;
      // A threshold above the limit could never be reached.
      const entries = Math.max(maxEntries, 2 * Math.max(range.gt ?? 0, range.gte ?? 0, range.eq ?? 0));
      const limits = {
        entries: compiled.rule.correlation.type.startsWith('value_') ? maxEntries : entries,
        lateness,
      };
      const window = !compiled.atOnce
        ? new ClosedWindow(compiled.rule, limits)
        : compiled.rule.correlation.type === 'temporal_ordered'
          ? new OrderedWindow(compiled.rule, limits)
          : new SlidingWindow(compiled.rule, limits);
      group = { key, compiled, scope, values, window, touched: this.watermark(scope) };
      this.evict();
    }
    this.groups.set(key, group);
    this.stats.groups = this.groups.size;
    return group;
  }

  /** Gives up the least recently used group where there are too many. */
  private evict(): void {
    if (this.groups.size < this.options.maxGroups) return;
    this.stats.evictedGroups++;
    this.groups.delete(this.groups.keys().next().value!);
  }

  private groupValues(compiled: CompiledCorrelation, index: number, trigger: Trigger): string[] | undefined {
    const values: string[] = [];
    for (const field of compiled.rule.correlation.groupBy) {
      const value = this.read(compiled, index, trigger, field);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  }

  private entryValue(
    compiled: CompiledCorrelation,
    index: number,
    trigger: Trigger,
  ): string | number | undefined {
    const { type, fields } = compiled.rule.correlation;
    if (!type.startsWith('value_')) return 0;
    const values: string[] = [];
    for (const field of fields) {
      const value = this.read(compiled, index, trigger, field);
      if (value === undefined) return undefined;
      values.push(value.toLowerCase());
    }
    return type === 'value_count' ? values.join('\u0000') : readNumber(values[0]!);
  }

  /** Where a base rule's events hold a field; looked up once, since it is asked for with every event. */
  private resolved(base: SigmaRule, field: string): ResolvedField {
    let fields = this.fields.get(base);
    if (fields === undefined) {
      fields = new Map();
      this.fields.set(base, fields);
    }
    let resolved = fields.get(field);
    if (resolved === undefined) {
      resolved = resolveField(this.taxonomy, base.logsource, field);
      fields.set(field, resolved);
    }
    return resolved;
  }

  /** A field of the event that a base rule matched, as one text. */
  private read(
    compiled: CompiledCorrelation,
    index: number,
    trigger: Trigger,
    name: string,
  ): string | undefined {
    const { correlation } = compiled.rule;
    const base = compiled.bases[index]!;
    const alias = correlation.aliases.find((own) => own.name === name);
    const field = alias
      ? alias.fields.find(
          ({ rule }) => rule === correlation.rules[index] || rule === base.id || rule === base.name,
        )?.field
      : name;
    if (field === undefined) return undefined;
    const grouped = trigger.group?.find((own) => own.field === field);
    if (grouped) return grouped.value;
    const texts =
      base.kind === 'rule'
        ? valuesOf(trigger.event.fields, this.resolved(base, field)).map(({ text }) => text)
        : (textsOf(trigger.event.fields, field) ?? []);
    return texts.length === 0 ? undefined : texts.length === 1 ? texts[0] : [...texts].sort().join(',');
  }
}

/**
 * Event time after which a group may be forgotten. A source that delivers late, hours perhaps, still has its
 * events correlated with each other: counted from where event time stood when they came.
 */
function expiryOf({ window, touched }: Group): number {
  return Math.max(window.newest, touched) + window.life;
}
