import type { Level } from '@vigie/contracts';
import type { AttackNames } from './rules.ts';
import { BY_SEVERITY, type ScanResult } from './scan.ts';
import type { Problem } from './types.ts';

/** A thing and how often it occurred. */
export interface Count {
  readonly name: string;
  readonly count: number;
}

/** One rule's part of the result. */
export interface RuleSummary {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly techniques: readonly string[];
  readonly count: number;
  /** ISO 8601. */
  readonly first: string;
  readonly last: string;
  readonly hosts: number;
}

/** A span of time with its detections; spans are of equal length and follow each other. */
export interface Timeline {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Milliseconds of one span. */
  readonly step: number;
  readonly levels: Readonly<Record<Level, readonly number[]>>;
  /** The spans with by far the most detections, most first. */
  readonly bursts: readonly { readonly from: string; readonly to: string; readonly count: number }[];
}

/** A technique of ATT&CK that was seen. */
export interface TechniqueSummary {
  readonly id: string;
  readonly name: string;
  /** Keys of its tactics. */
  readonly tactics: readonly string[];
  readonly count: number;
  /** Highest level of the rules that found it. */
  readonly level: Level;
}

/** Everything the end of a scan says; `--json` prints it as it is. */
export interface Summary {
  readonly files: number;
  readonly events: number;
  readonly bytes: number;
  /** Logs of no known technology; rules for any event were held against them all the same. */
  readonly unrecognised: number;
  readonly detections: number;
  readonly rules_loaded: number;
  /** Seconds from start to end. */
  readonly seconds: number;
  /** Time of the first and last event, ISO 8601. */
  readonly first: string | null;
  readonly last: string | null;
  readonly levels: Readonly<Record<Level, number>>;
  readonly rules: readonly RuleSummary[];
  readonly techniques: readonly TechniqueSummary[];
  readonly timeline: Timeline | null;
  readonly hosts: readonly Count[];
  readonly users: readonly Count[];
  readonly problems: readonly Problem[];
}

/** Names listed as most frequent. */
const TOP = 10;
/** Spans of a timeline. */
const SPANS = 60;

const TECHNIQUE = /^attack\.(t\d{4}(?:\.\d{3})?)$/i;

/** Technique ids among a rule's tags, as `T1059.001`. */
export function techniquesOf(tags: readonly string[]): string[] {
  return tags.flatMap((tag) => TECHNIQUE.exec(tag)?.[1]?.toUpperCase() ?? []);
}

/** Counts what was found. */
export function summarise(
  result: ScanResult,
  attack: AttackNames,
  about: { readonly rules: number; readonly seconds: number },
): Summary {
  const levels = emptyLevels(() => 0);
  const rules = new Map<number, { count: number; first: number; last: number; hosts: Set<string> }>();
  const hosts = new Map<string, number>();
  const users = new Map<string, number>();
  for (const { label, time, host, user } of result.rows) {
    levels[result.labels[label]!.level]++;
    let rule = rules.get(label);
    if (rule === undefined) {
      rule = { count: 0, first: time, last: time, hosts: new Set() };
      rules.set(label, rule);
    }
    rule.count++;
    if (time < rule.first) rule.first = time;
    if (time > rule.last) rule.last = time;
    if (host !== null) {
      rule.hosts.add(host);
      hosts.set(host, (hosts.get(host) ?? 0) + 1);
    }
    if (user !== null) users.set(user, (users.get(user) ?? 0) + 1);
  }
  const ruleSummaries = [...rules].map(([label, own]): RuleSummary => {
    const { id, title, level, tags } = result.labels[label]!;
    return {
      id,
      title,
      level,
      techniques: techniquesOf(tags),
      count: own.count,
      first: iso(own.first),
      last: iso(own.last),
      hosts: own.hosts.size,
    };
  });
  ruleSummaries.sort(
    (a, b) =>
      BY_SEVERITY.indexOf(a.level) - BY_SEVERITY.indexOf(b.level) ||
      b.count - a.count ||
      (a.title < b.title ? -1 : 1),
  );
  return {
    files: result.files,
    events: result.events,
    bytes: result.bytes,
    unrecognised: result.unrecognised,
    detections: result.rows.length,
    rules_loaded: about.rules,
    seconds: about.seconds,
    first: result.first === undefined ? null : iso(result.first),
    last: result.last === undefined ? null : iso(result.last),
    levels,
    rules: ruleSummaries,
    techniques: techniquesFound(ruleSummaries, attack),
    timeline: timelineOf(result),
    hosts: top(hosts),
    users: top(users),
    problems: result.problems,
  };
}

function techniquesFound(rules: readonly RuleSummary[], attack: AttackNames): TechniqueSummary[] {
  const found = new Map<string, { count: number; level: Level }>();
  for (const { techniques, count, level } of rules)
    for (const id of techniques) {
      const known = found.get(id);
      if (known === undefined) found.set(id, { count, level });
      else known.count += count;
    }
  return [...found]
    .map(([id, { count, level }]) => {
      const known = Object.hasOwn(attack.techniques, id) ? attack.techniques[id] : undefined;
      return { id, name: known?.name ?? id, tactics: known?.tactics ?? [], count, level };
    })
    .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));
}

function timelineOf({ rows, labels }: ScanResult): Timeline | null {
  const from = rows[0]?.time;
  const to = rows.at(-1)?.time;
  if (from === undefined || to === undefined) return null;
  const step = Math.max(1000, Math.ceil((to - from + 1) / SPANS));
  const spans = Math.floor((to - from) / step) + 1;
  const levels = emptyLevels(() => new Array<number>(spans).fill(0));
  const totals = new Array<number>(spans).fill(0);
  for (const { label, time } of rows) {
    const span = Math.floor((time - from) / step);
    levels[labels[label]!.level][span]!++;
    totals[span]!++;
  }
  const busy = totals.filter((count) => count > 0).sort((a, b) => a - b);
  const usual = busy[busy.length >> 1] ?? 0;
  const bursts = totals
    .map((count, span) => ({ count, from: iso(from + span * step), to: iso(from + (span + 1) * step) }))
    .filter(({ count }) => count > Math.max(3, 3 * usual))
    .sort((a, b) => b.count - a.count)
    .slice(0, 5);
  return { from: iso(from), to: iso(to), step, levels, bursts };
}

function emptyLevels<T>(make: () => T): Record<Level, T> {
  return { critical: make(), high: make(), medium: make(), low: make(), informational: make() };
}

function top(counts: ReadonlyMap<string, number>): Count[] {
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, TOP);
}

/** Epoch milliseconds as ISO 8601 in UTC. */
export function iso(time: number): string {
  return new Date(time).toISOString();
}
