import type { Level } from '@vigie/contracts';
import { ruleKey } from '@vigie/sigma';
import { correlate, feedingRules } from './correlate.ts';
import { labelOf, type ScanRules } from './rules.ts';
import { DetectionStore, type Kept } from './store.ts';
import type { Threads } from './threads.ts';
import type { Found, Inputs, Problem, RuleLabel, UnitReport } from './types.ts';

/** What to scan, and how. */
export interface ScanOptions {
  readonly inputs: Inputs;
  readonly rules: ScanRules;
  readonly threads: Threads;
  /** Size of the counters: threads. */
  readonly jobs: number;
  readonly from?: number;
  readonly to?: number;
  readonly timeZone: string;
  readonly explain: boolean;
  /** Whether the bodies of the rows will be read. */
  readonly bodies: boolean;
  /** Told of the first detection of each rule, as soon as it is known. */
  readonly onFirst?: (rule: RuleLabel, found: Found, path: string) => void;
  /** Told about four times a second. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How far a scan is. */
export interface Progress {
  readonly events: number;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly detections: number;
  /** Milliseconds since the first event could be read. */
  readonly elapsed: number;
}

/** One detection of the result, in order of time. */
export interface ResultRow {
  /** Index in {@link ScanResult.labels}. */
  readonly label: number;
  readonly time: number;
  readonly path: string;
  readonly record: number;
  readonly host: string | null;
  readonly user: string | null;
  /** JSON of the members from `host` on, without braces. */
  body(): string;
}

/** What a scan has found. */
export interface ScanResult {
  readonly rows: readonly ResultRow[];
  readonly labels: readonly RuleLabel[];
  readonly events: number;
  readonly bytes: number;
  readonly unrecognised: number;
  readonly files: number;
  /** Event times, epoch milliseconds; absent without events. */
  readonly first?: number;
  readonly last?: number;
  readonly problems: readonly Problem[];
  /** Removes what is held on disk; rows can't be read afterwards. */
  close(): void;
}

const PROGRESS_EVERY = 250;

/** Reads all inputs on all threads and holds the rules against every event. */
export async function scan(options: ScanOptions): Promise<ScanResult> {
  const { inputs, rules } = options;
  const store = new DetectionStore();
  const labels = rules.rules.map(labelOf);
  const hidden = rules.rules.map((rule) => !rules.shown.has(ruleKey(rule)));
  const seen = new Set<number>();
  const reports: UnitReport[] = [];
  const counters = new SharedArrayBuffer(16 * options.jobs);
  const totalBytes = inputs.units.reduce((sum, { from, to }) => sum + to - from, 0);
  const started = performance.now();
  const sums = (): Progress => {
    const values = new Float64Array(counters);
    let [events, bytes] = [0, 0];
    for (let i = 0; i < values.length; i += 2) {
      events += values[i]!;
      bytes += values[i + 1]!;
    }
    return { events, bytes, totalBytes, detections: store.kept.length, elapsed: performance.now() - started };
  };
  const timer = setInterval(() => options.onProgress?.(sums()), PROGRESS_EVERY);
  try {
    const failures = await options.threads.run(
      {
        rules: rules.rules,
        filters: rules.filters,
        taxonomy: rules.taxonomy,
        inputs,
        ...(options.from === undefined ? {} : { from: options.from }),
        ...(options.to === undefined ? {} : { to: options.to }),
        timeZone: options.timeZone,
        explain: options.explain,
        bodies: options.bodies ? 'all' : [...feedingRules(rules)],
        taken: new SharedArrayBuffer(4 * inputs.units.length),
      },
      counters,
      {
        found(batch) {
          for (const found of batch) {
            store.add(found);
            if (seen.has(found.rule) || hidden[found.rule]) continue;
            seen.add(found.rule);
            options.onFirst?.(labels[found.rule]!, found, inputs.sources[found.source]!.name);
          }
        },
        unit: (report) => reports.push(report),
      },
    );
    options.onProgress?.(sums());
    return finish(options, store, reports, failures);
  } catch (error) {
    store.close();
    throw error;
  } finally {
    clearInterval(timer);
  }
}

function finish(
  { inputs, rules }: ScanOptions,
  store: DetectionStore,
  reports: readonly UnitReport[],
  failures: ReadonlyMap<number, string>,
): ScanResult {
  const lineBase = lineBases(inputs, reports);
  const place = (kept: Kept): { path: string; record: number } => ({
    path: inputs.sources[kept.source]!.name,
    record: kept.record + lineBase[kept.unit]!,
  });
  const { kept } = store;
  kept.sort(
    (a, b) =>
      a.time - b.time ||
      a.source - b.source ||
      lineBase[a.unit]! + a.record - lineBase[b.unit]! - b.record ||
      a.unit - b.unit ||
      a.rule - b.rule,
  );
  const { joined, silent, problems } = correlate(rules, kept, store);
  const labels = [...rules.rules, ...rules.correlations].map(labelOf);
  const shown = rules.rules.map((rule, i) => rules.shown.has(ruleKey(rule)) && !silent.has(i));
  const rows: ResultRow[] = [];
  for (const own of kept)
    if (shown[own.rule])
      rows.push({
        label: own.rule,
        time: own.time,
        ...place(own),
        host: own.host,
        user: own.user,
        body: () => store.body(own),
      });
  const correlationLabel = new Map(rules.correlations.map((rule, i) => [rule, rules.rules.length + i]));
  for (const { rule, time, group, count, events } of joined) {
    const last = events.at(-1)?.kept;
    if (last === undefined || !rules.shown.has(ruleKey(rule))) continue;
    rows.push({
      label: correlationLabel.get(rule)!,
      time,
      ...place(last),
      host: last.host,
      user: last.user,
      body: () => {
        const lastEvent = (JSON.parse(`{${store.body(last)}}`) as { event: unknown }).event;
        const list = events.map(({ kept: one, rule: by }) => ({
          time: new Date(one.time).toISOString(),
          source: place(one),
          rule: by,
          event: (JSON.parse(`{${store.body(one)}}`) as { event: unknown }).event,
        }));
        const fields = Object.create(null) as Record<string, string>;
        for (const { field, value } of group) fields[field] = value;
        return (
          `"host":${JSON.stringify(last.host)},"user":${JSON.stringify(last.user)},"fields":${JSON.stringify(fields)},` +
          `"event":${JSON.stringify(lastEvent)},"event_count":${count},"events":${JSON.stringify(list)}`
        );
      },
    });
  }
  if (joined.length > 0) rows.sort((a, b) => a.time - b.time);
  let [events, unrecognised] = [0, 0];
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const report of reports) {
    events += report.events;
    unrecognised += report.unrecognised;
    if (report.first !== undefined && report.first < first) first = report.first;
    if (report.last !== undefined && report.last > last) last = report.last;
  }
  return {
    rows,
    labels,
    events,
    bytes: inputs.sources.reduce((sum, { bytes }) => sum + bytes, 0),
    unrecognised,
    files: inputs.sources.length,
    ...(events > 0 ? { first, last } : {}),
    problems: [
      ...rules.problems,
      ...problems.map((message) => ({ path: 'correlations', message })),
      ...[...failures].map(([rule, message]) => ({
        path: rules.rules[rule]!.file ?? rules.rules[rule]!.title,
        message: `failed while matching: ${message}`,
      })),
      ...inputs.problems,
      ...reports.flatMap((report) => report.problems),
    ],
    close: () => store.close(),
  };
}

/** Lines before each unit in its file, so that line numbers count from the file's start. */
function lineBases(inputs: Inputs, reports: readonly UnitReport[]): Float64Array {
  const bases = new Float64Array(inputs.units.length);
  const lines = new Float64Array(inputs.units.length);
  for (const report of reports) lines[report.unit] = report.lines;
  const order = [...inputs.units.keys()].sort(
    (a, b) =>
      inputs.units[a]!.source - inputs.units[b]!.source || inputs.units[a]!.from - inputs.units[b]!.from,
  );
  for (let i = 1; i < order.length; i++) {
    const [unit, before] = [order[i]!, order[i - 1]!];
    if (inputs.units[unit]!.source === inputs.units[before]!.source)
      bases[unit] = bases[before]! + lines[before]!;
  }
  return bases;
}

/** Levels in the order in which people look at them. */
export const BY_SEVERITY: readonly Level[] = ['critical', 'high', 'medium', 'low', 'informational'];
