import type { Detection, Entity, Level } from '@vigie/contracts';
import type { Rhythm } from './rhythm.ts';

export type { Rhythm } from './rhythm.ts';

/** One weighted term of a {@link Reason}, with a sentence for people. */
export interface ReasonTerm {
  readonly term: string;
  readonly weight: number;
  readonly text: string;
}

/** Why an incident was opened or an alert joined it: the terms add up to the total. */
export interface Reason {
  readonly terms: ReasonTerm[];
  readonly total: number;
  readonly needed: number;
}

/** How near a loose alert is to an incident, for a person who decides where it belongs. */
export interface Nearness {
  /** Keys of the entities that both name. */
  readonly shared: readonly string[];
  /** From the incident's evidence to the alert, milliseconds: 0 within it, negative where the alert came before. */
  readonly apart: number;
  /** The alert's rule is among what was unusual in the incident. */
  readonly sameRule: boolean;
  /** What triage makes of it; null where it is too far apart in time to be weighed. */
  readonly total: number | null;
  readonly needed: number;
}

/** What triage must know of a rule to speak of its detections. */
export interface RuleFacts {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  /** ATT&CK technique ids, upper case (`T1110.001`). */
  readonly techniques: readonly string[];
  /** Title of an alert of this rule, made of the facts of its first evidence; one line. */
  readonly alertTitle: (facts: Readonly<Record<string, string>>) => string;
}

/** A stored alert as triage changes it. */
export interface AlertRecord {
  readonly tenant: string;
  readonly id: string;
  readonly ruleId: string;
  readonly title: string;
  level: Level;
  readonly foldKey: string;
  incidentId: number | null;
  count: number;
  firstAt: number;
  lastAt: number;
  readonly entities: readonly Entity[];
  readonly techniques: readonly string[];
  readonly facts: Readonly<Record<string, string>>;
  readonly createdAt: number;
  /** `context` is shown with the incident without being what it is about: it never extends it. */
  part: 'evidence' | 'context';
  /** Score of its most unusual detection; 0 for what is usual. */
  rarity: number;
  /** It fires here as a matter of course; opens nothing. */
  routine: boolean;
  /** A person put it where it is; triage leaves it there. */
  readonly pinned: boolean;
  reason: Reason | null;
}

/** A stored incident as triage changes it. */
export interface IncidentRecord {
  readonly id: number;
  readonly tenant: string;
  title: string;
  level: Level;
  firstAt: number;
  lastAt: number;
  readonly createdAt: number;
  entities: Entity[];
  techniques: string[];
  alertCount: number;
  detectionCount: number;
  /** Time of the last alert that was no routine; what is near in time may join. */
  activeAt: number;
  /** Rules that were unusual in it, the first ones. */
  signalRules: string[];
  readonly reason: Reason | null;
  /** Somebody works on it or decided about it. */
  readonly touched: boolean;
}

/** Names one {@link Rhythm} of a tenant. */
export interface RhythmKey {
  readonly entity: string;
  readonly rule: string;
}

/** A detection with the facts of its first event that titles and mails use. */
export interface JudgedDetection extends Detection {
  readonly facts: Readonly<Record<string, string>>;
  /** The entities that fold detections of one rule into one alert: fewer than all, where one may vary freely. */
  readonly foldBy: readonly Entity[];
}

/**
 * One transaction on the state: everything triage reads and writes for one tenant happens in it, or not at
 * all. Implemented in `server/storage/state`.
 */
export interface TriageTransaction {
  /** Sequence of the last batch whose detections were applied; 0 at first. Locks it until the transaction ends. */
  appliedThrough(tenant: string): Promise<number>;
  setApplied(tenant: string, sequence: number): Promise<void>;
  /** The newest alert of each fold key that is not of a closed incident and was last seen at `since` or later. */
  openAlerts(tenant: string, foldKeys: readonly string[], since: number): Promise<AlertRecord[]>;
  /** Alerts without incident that share one of the entity keys, last seen at `since` or later. */
  looseAlerts(
    tenant: string,
    entityKeys: readonly string[],
    since: number,
    until: number,
  ): Promise<AlertRecord[]>;
  /**
   * Alerts without incident that share one of the entity keys, or are of one of the rules, were last seen from `since`
   * until before `until`, are as rare as `rarity` at least and no routine, and that no person has placed or looked at.
   * The rarest first, a bounded number.
   */
  rareAlerts(
    tenant: string,
    by: { readonly entities: readonly string[] } | { readonly rules: readonly string[] },
    since: number,
    until: number,
    rarity: number,
  ): Promise<AlertRecord[]>;
  /**
   * Open incidents active from `since` to `until` that name one of the entities, and those active since `alikeSince`
   * in which one of the rules was unusual; `keys` are the entities they share.
   */
  openIncidents(
    tenant: string,
    entityKeys: readonly string[],
    since: number,
    until: number,
    rules: readonly string[],
    alikeSince: number,
  ): Promise<readonly { readonly incident: IncidentRecord; readonly keys: readonly string[] }[]>;
  /** Rhythms that exist, of those asked for. */
  rhythms(tenant: string, keys: readonly RhythmKey[]): Promise<Rhythm[]>;
  /** Rhythms of these entities that were unusual at `since` or later. */
  signals(tenant: string, entities: readonly string[], since: number): Promise<Rhythm[]>;
  /** Keeps them, and no more than a bounded number a tenant: those with the shortest history go first. */
  saveRhythms(tenant: string, rhythms: readonly Rhythm[]): Promise<void>;
  /** Those of the fold keys of which a person called an incident true: what they say is never a routine. */
  confirmed(tenant: string, foldKeys: readonly string[]): Promise<readonly string[]>;
  /** Those of the fold keys that a person called routine at `at`: they count as routine whatever their rhythm. */
  declaredRoutine(tenant: string, foldKeys: readonly string[], at: number): Promise<readonly string[]>;
  /** Pairs of incidents that a person took apart, of those named. */
  apart(tenant: string, ids: readonly number[]): Promise<readonly (readonly [number, number])[]>;
  /** Puts all of one incident into another and closes it; remembers what brings it back. */
  merge(tenant: string, kept: number, gone: number, at: number): Promise<void>;
  incidents(tenant: string, ids: readonly number[]): Promise<IncidentRecord[]>;
  alertsOf(tenant: string, incidentId: number): Promise<AlertRecord[]>;
  createIncident(record: Omit<IncidentRecord, 'id'>): Promise<IncidentRecord>;
  saveIncidents(
    records: readonly IncidentRecord[],
    entityKeys: ReadonlyMap<number, readonly string[]>,
  ): Promise<void>;
  saveAlerts(records: readonly AlertRecord[]): Promise<void>;
  saveDetections(detections: readonly (JudgedDetection & { readonly alertId: string })[]): Promise<void>;
  /** Adds to the figures by rule and hour. */
  countHits(detections: readonly JudgedDetection[]): Promise<void>;
  log(
    tenant: string,
    incidentId: number,
    at: number,
    kind: 'incident' | 'alert',
    text: string,
  ): Promise<void>;
}

/** The state as triage sees it. */
export interface TriageStore {
  transaction<T>(tenant: string, work: (tx: TriageTransaction) => Promise<T>): Promise<T>;
}

/** Times are milliseconds. */
export interface TriageOptions {
  readonly store: TriageStore;
  readonly rule: (id: string) => RuleFacts | undefined;
  /** Name of the first tactic of an ATT&CK technique. */
  readonly tactic?: (technique: string) => string | undefined;
  readonly now: () => number;
  /** A detection folds into its alert when it comes within this time of the alert's last one. */
  readonly foldWindow: number;
  /** Alerts that share an entity within this time join one incident. */
  readonly incidentWindow: number;
}

/** What a call of `Triage.apply` changed. */
export interface TriageOutcome {
  /** Detections applied; 0 when the batch had been applied before. */
  readonly fresh: number;
  readonly opened: readonly IncidentRecord[];
  readonly changed: readonly IncidentRecord[];
}
