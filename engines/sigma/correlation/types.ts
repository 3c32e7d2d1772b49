import type { SigmaCorrelation, SigmaRule } from '../ast.ts';
import type { Taxonomy } from '../taxonomy.ts';
import type { EventFields } from '../values.ts';
import type { GroupState } from './window.ts';

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
