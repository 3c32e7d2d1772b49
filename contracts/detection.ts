/** Sigma levels, lowest first. */
export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** One field of an event that made a rule match, as the analyst should see it highlighted. */
export interface MatchedField {
  /** Field of the event, after mapping (`process.command_line`). */
  readonly field: string;
  /** The event's value. */
  readonly value: string;
  /** What the rule asked for, in Sigma's own terms (`CommandLine|contains: mimikatz`). */
  readonly condition: string;
}

/** The thing an alert is about, used to fold and to join. `value` is lower-cased where the field's meaning ignores case. */
export interface Entity {
  readonly type: 'host' | 'user' | 'ip' | 'domain' | 'process' | 'file' | 'cloud';
  readonly value: string;
}

/** One rule fired on one event or one window of events. */
export interface Detection {
  /** Deterministic: hash of tenant, rule and evidence; detecting the same events again gives the same id. */
  readonly id: string;
  readonly tenant: string;
  readonly ruleId: string;
  readonly level: Level;
  /** Time of the (last) event, epoch milliseconds. */
  readonly time: number;
  readonly detectedAt: number;
  readonly events: readonly { readonly id: string; readonly time: number; readonly source: string }[];
  readonly entities: readonly Entity[];
  readonly matched: readonly MatchedField[];
}
