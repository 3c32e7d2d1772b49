import type { Level, MatchedField } from '@vigie/contracts';
import type { Explanation, SigmaFilter, SigmaRule, Taxonomy } from '@vigie/sigma';

/** Part of the input that one thread reads from start to end. */
export interface Unit {
  /** Index of the input in {@link Inputs.sources}. */
  readonly source: number;
  readonly kind: InputKind;
  readonly from: number;
  readonly to: number;
  /** Whether the input is packed (gzip, zstd) and has to be unpacked while reading. */
  readonly packed: boolean;
  /** What kind of events it begins with; units of one kind are best read by one thread, which has their rules. */
  readonly content: string;
}

/** How the content of an input is cut into logs. */
export type InputKind = 'evtx' | 'lines' | 'csv' | 'json' | 'xml';

/** A file, a member of an archive, or standard input (`-`). */
export interface Source {
  /** As shown: the path, with the member of an archive after `!`. */
  readonly name: string;
  readonly path: string;
  readonly member?: string;
  readonly bytes: number;
  /** Epoch milliseconds the file was last changed: completes dates without a year. */
  readonly changed: number;
}

/** What there is to read. */
export interface Inputs {
  readonly sources: readonly Source[];
  /** Large ones first, by size; then the others by what they hold. */
  readonly units: readonly Unit[];
  readonly problems: readonly Problem[];
}

/** Something that could not be read or used, and what was done about it. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** What a thread needs to judge events; plain data, sent to each thread. */
export interface ThreadInput {
  readonly rules: readonly SigmaRule[];
  readonly filters: readonly SigmaFilter[];
  readonly taxonomy: Taxonomy;
  readonly inputs: Inputs;
  /** Epoch milliseconds; absent: open. */
  readonly from?: number;
  readonly to?: number;
  readonly timeZone: string;
  readonly explain: boolean;
  /** Whether bodies are wanted; a table is made without them, and correlations only need those of their rules. */
  readonly bodies: 'all' | readonly number[];
  /** One Int32 a unit, shared by all threads: 1 when a thread has taken it. */
  readonly taken: SharedArrayBuffer;
  /** Events and bytes read so far, two Float64 a thread. */
  readonly counters: SharedArrayBuffer;
  readonly thread: number;
  readonly threads: number;
}

/** One rule that matched one event, on its way from the thread that found it. */
export interface Found {
  /** Index in {@link ThreadInput.rules}. */
  readonly rule: number;
  /** Event time, epoch milliseconds. */
  readonly time: number;
  readonly source: number;
  readonly unit: number;
  /** Record number of an event log, otherwise the number of the log in its unit, from 1. */
  readonly record: number;
  readonly host: string | null;
  readonly user: string | null;
  /** JSON of the detection's members from `host` on, without braces; empty where nobody wants it. */
  readonly body: string;
}

/** What a thread says when it has finished a unit. */
export interface UnitReport {
  readonly unit: number;
  readonly events: number;
  /** Lines the unit holds, for line numbers of the ranges behind it. */
  readonly lines: number;
  readonly unrecognised: number;
  /** Event times, epoch milliseconds; absent without events. */
  readonly first?: number;
  readonly last?: number;
  readonly problems: readonly Problem[];
  /** Milliseconds. */
  readonly took: number;
}

/** The rule as every detection carries it. */
export interface RuleLabel {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly status: string | null;
  readonly tags: readonly string[];
}

/** One event of a detection, as the output lists it. */
export interface DetectedEvent {
  readonly time: string;
  readonly source: { readonly path: string; readonly record: number };
  readonly rule?: string;
  readonly event: Readonly<Record<string, unknown>>;
}

/** A detection; one line of NDJSON. The names are documented in docs/scan.md and stay. */
export interface Detection {
  readonly time: string;
  readonly rule: RuleLabel;
  readonly source: { readonly path: string; readonly record: number };
  readonly host: string | null;
  readonly user: string | null;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly event: Readonly<Record<string, unknown>>;
  /** Of a correlation: the events it joins, oldest first. */
  readonly events?: readonly DetectedEvent[];
  readonly event_count?: number;
  readonly explanation?: Explanation;
}

/** Fields that made a rule match, by name; a name that several conditions used keeps its value once. */
export function fieldsOf(matched: readonly MatchedField[]): Record<string, string> {
  const fields = Object.create(null) as Record<string, string>;
  for (const { field, value } of matched) fields[field] = value;
  return fields;
}

/** Messages to a thread; `rules` is JSON, which is faster to send than objects. */
export type ToThread =
  | { readonly kind: 'start'; readonly input: Omit<ThreadInput, 'rules'>; readonly rules: string }
  | { readonly kind: 'more'; readonly batches: number };

/** Messages of a thread. */
export type FromThread =
  | { readonly kind: 'found'; readonly batch: Found[] }
  | { readonly kind: 'unit'; readonly report: UnitReport }
  | { readonly kind: 'end'; readonly failures: readonly (readonly [number, string])[] };
