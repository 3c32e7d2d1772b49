import { entityKey, joiningKeys } from './entities.ts';
import { COHORT, CONTEXT, LIMITS, OPENS_AT, UNUSUAL, WATCH, weigh, weighEcho } from './joining.ts';
import type { Listening } from './listening.ts';
import type { AlertRecord, IncidentRecord, Reason, TriageOptions, TriageTransaction } from './ports.ts';
import { furthest } from './tactics.ts';
import { levelRank } from './title.ts';

/** An incident that an alert may join, and why. */
export interface Found {
  readonly incident: IncidentRecord;
  readonly reason: Reason;
}

const SIGNAL_RULES_KEPT = 40;

/** The open incidents that the alerts of one round may join. */
export class Candidates {
  readonly #options: TriageOptions;
  readonly #tx: TriageTransaction;
  readonly #tenant: string;
  readonly #listening: Listening;
  readonly #incidents = new Map<number, IncidentRecord>();
  /** Entities of each incident as far as this round knows them. */
  readonly #keys = new Map<number, Set<string>>();
  /** Of those, what this round added. */
  readonly #added = new Map<number, Set<string>>();
  /** Incidents that this round gave entities or unusual rules which they did not have. */
  readonly #grown = new Set<number>();
  /** Entities that evidence of this round brought into an incident, and when, milliseconds. */
  readonly #arrived = new Map<number, Map<string, number>>();
  readonly #joined = new Map<number, number>();
  readonly #changed = new Set<IncidentRecord>();
  readonly #gone = new Set<number>();

  constructor(options: TriageOptions, tx: TriageTransaction, tenant: string, listening: Listening) {
    this.#options = options;
    this.#tx = tx;
    this.#tenant = tenant;
    this.#listening = listening;
  }

  /** Reads, in two queries, every open incident that one of the alerts might join. */
  async load(alerts: readonly AlertRecord[]): Promise<void> {
    const keys = [...new Set(alerts.flatMap((alert) => joiningKeys(alert.entities)))];
    const rules = new Set<string>();
    let from = Number.POSITIVE_INFINITY;
    let until = 0;
    for (const alert of alerts) {
      const heard = this.#listening.of(alert);
      from = Math.min(from, heard.from);
      until = Math.max(until, heard.until);
      if (heard.surprise.score >= UNUSUAL)
        for (const { rule } of this.#listening.together(heard.subject, heard.until)) rules.add(rule);
    }
    if (keys.length > 0) {
      const reach = Math.max(WATCH, this.#options.incidentWindow);
      const found = await this.#tx.openIncidents(
        this.#tenant,
        keys,
        from - reach,
        until + this.#options.incidentWindow,
        [...rules],
        from - Math.max(COHORT, CONTEXT),
      );
      for (const { incident, keys: shared } of found) this.#know(incident, shared);
      const alike = found.filter(({ incident }) => incident.signalRules.some((rule) => rules.has(rule)));
      await this.#listening.recall(
        alike.flatMap(({ incident }) => this.entitiesOf(incident)),
        from,
      );
    }
  }

  /** Reads the incidents that alerts are in. */
  async read(alerts: readonly AlertRecord[]): Promise<void> {
    const ids = new Set(alerts.map((alert) => alert.incidentId).filter((id) => id !== null));
    if (ids.size === 0) return;
    for (const incident of await this.#tx.incidents(this.#tenant, [...ids])) this.#know(incident, []);
  }

  byId(id: number): IncidentRecord | undefined {
    return this.#incidents.get(id);
  }

  /** Notes that what the incident counts has changed. */
  counts(incident: IncidentRecord): void {
    this.#changed.add(incident);
  }

  /** Incidents that an alert belongs to, the best first. */
  find(alert: AlertRecord): Found[] {
    const found: Found[] = [];
    const severe = levelRank(alert.level) >= levelRank('high');
    for (const incident of this.#incidents.values()) {
      if (this.#gone.has(incident.id)) continue;
      if (severe ? this.#count(incident) >= LIMITS.severe : this.full(incident)) continue;
      const reason = this.weigh(alert, incident);
      if (reason !== undefined && reason.total >= reason.needed) found.push({ incident, reason });
    }
    return found.sort((a, b) => b.reason.total - a.reason.total || b.incident.lastAt - a.incident.lastAt);
  }

  /**
   * The incident with which an alert that belongs to none is shown: it happened on its entities at the time, or is
   * the echo of what happened there.
   */
  contextOf(alert: AlertRecord): Found | undefined {
    const { from, until } = this.#listening.of(alert);
    let best: Found | undefined;
    for (const incident of this.#incidents.values()) {
      if (this.#gone.has(incident.id) || this.full(incident)) continue;
      if (from - incident.activeAt > CONTEXT || incident.firstAt - until > CONTEXT) continue;
      const reason = this.weigh(alert, incident) ?? this.#echo(alert, incident);
      if (reason !== undefined && (best === undefined || reason.total > best.reason.total))
        best = { incident, reason };
    }
    return best;
  }

  /** A full incident that the alert would else have joined. */
  fullFor(alert: AlertRecord): IncidentRecord | undefined {
    for (const incident of this.#incidents.values()) {
      if (this.#gone.has(incident.id) || !this.full(incident)) continue;
      const reason = this.weigh(alert, incident);
      if (reason !== undefined && reason.total >= reason.needed) return incident;
    }
    return undefined;
  }

  weigh(alert: AlertRecord, incident: IncidentRecord): Reason | undefined {
    const heard = this.#listening.of(alert);
    const own = this.#keys.get(incident.id) ?? new Set();
    const shared = joiningKeys(alert.entities).filter((key) => own.has(key));
    const tactic = this.#options.tactic;
    const progress =
      tactic !== undefined &&
      incident.techniques.length > 0 &&
      furthest(alert.techniques, tactic) > furthest(incident.techniques, tactic);
    const cohort =
      heard.surprise.score < UNUSUAL
        ? []
        : this.#listening
            .together(heard.subject, heard.until)
            .filter(({ rule, surprise }) => surprise.score >= UNUSUAL && incident.signalRules.includes(rule))
            .map(({ rule }) => rule);
    const sweep =
      cohort.length === 0
        ? 0
        : this.entitiesOf(incident).filter(
            (entity) =>
              entity !== heard.subject &&
              this.#listening
                .together(entity, heard.until)
                .some(({ rule, surprise }) => rule === alert.ruleId && surprise.score >= UNUSUAL),
          ).length;
    return weigh({
      level: alert.level,
      shared: shared.map((key) => key.slice(key.indexOf(':') + 1)),
      cohort,
      sweep,
      apart: this.#apart(alert, incident),
      window: this.#options.incidentWindow,
      surprise: heard.surprise,
      habit: heard.habit,
      strong: heard.surprise.score >= UNUSUAL && this.#listening.sum(heard.subject, heard.until) >= OPENS_AT,
      progress,
    });
  }

  #echo(alert: AlertRecord, incident: IncidentRecord): Reason | undefined {
    if (!incident.signalRules.includes(alert.ruleId)) return undefined;
    const { surprise, atTenant } = this.#listening.of(alert);
    return weighEcho(surprise, atTenant, this.#apart(alert, incident));
  }

  /** Time between an alert and the incident's evidence, milliseconds; 0 within it. */
  #apart(alert: AlertRecord, incident: IncidentRecord): number {
    const { from, until } = this.#listening.of(alert);
    return Math.max(0, from - incident.activeAt, incident.firstAt - until);
  }

  /** Notes that an alert is in an incident now. */
  joined(alert: AlertRecord, incident: IncidentRecord): void {
    this.#know(incident, []);
    this.#changed.add(incident);
    this.#joined.set(incident.id, (this.#joined.get(incident.id) ?? 0) + 1);
    if (alert.part === 'context') return;
    const heard = this.#listening.of(alert);
    const own = this.#keys.get(incident.id)!;
    const added = this.#added.get(incident.id) ?? new Set();
    const arrived = this.#arrived.get(incident.id) ?? new Map<string, number>();
    for (const key of joiningKeys(alert.entities)) {
      if (!own.has(key)) {
        arrived.set(key, heard.until);
        this.#grown.add(incident.id);
      }
      own.add(key);
      added.add(key);
    }
    this.#arrived.set(incident.id, arrived);
    this.#added.set(incident.id, added);
    this.beginsWith(incident, heard.from);
    incident.lastAt = Math.max(incident.lastAt, alert.lastAt);
    this.keepGoing(alert, incident);
    if (
      heard.surprise.score >= UNUSUAL &&
      incident.signalRules.length < SIGNAL_RULES_KEPT &&
      !incident.signalRules.includes(alert.ruleId)
    ) {
      incident.signalRules.push(alert.ruleId);
      this.#grown.add(incident.id);
    }
  }

  /**
   * Lets an incident begin with evidence that is near it. An alert that has been told of for days, and goes on in the
   * incident, does not make it begin days ago.
   */
  beginsWith(incident: IncidentRecord, at: number): void {
    if (incident.firstAt - at <= this.#options.incidentWindow)
      incident.firstAt = Math.min(incident.firstAt, at);
  }

  /**
   * Lets an alert extend the time in which others may join. Rare alerts come every day: far from the incident they
   * join it without extending it, or it would never end.
   */
  keepGoing(alert: AlertRecord, incident: IncidentRecord): void {
    const { surprise, habit, from, until } = this.#listening.of(alert);
    if (habit === 'routine') return;
    const severe = levelRank(alert.level) >= levelRank('medium');
    if (severe || (surprise.score >= UNUSUAL && from - incident.activeAt <= CONTEXT))
      incident.activeAt = Math.max(incident.activeAt, until);
  }

  /** Whether two incidents stay within what one may hold. */
  fit(a: IncidentRecord, b: IncidentRecord): boolean {
    return (
      this.#count(a) + this.#count(b) <= LIMITS.alerts &&
      new Set(joiningKeys([...a.entities, ...b.entities])).size <= LIMITS.entities
    );
  }

  /** Notes that one incident went into another. */
  merged(kept: IncidentRecord, gone: IncidentRecord): void {
    this.#gone.add(gone.id);
    this.#changed.delete(gone);
    this.#know(kept, this.#keys.get(gone.id) ?? []);
    this.#added.set(
      kept.id,
      new Set([...(this.#added.get(kept.id) ?? []), ...(this.#added.get(gone.id) ?? [])]),
    );
    this.#joined.set(kept.id, (this.#joined.get(kept.id) ?? 0) + this.#count(gone));
    kept.activeAt = Math.max(kept.activeAt, gone.activeAt);
    for (const rule of gone.signalRules)
      if (!kept.signalRules.includes(rule) && kept.signalRules.length < SIGNAL_RULES_KEPT)
        kept.signalRules.push(rule);
    this.#changed.add(kept);
  }

  /** Incidents that this round gave entities or unusual rules which they did not have. */
  grown(): IncidentRecord[] {
    return [...this.#grown].filter((id) => !this.#gone.has(id)).map((id) => this.#incidents.get(id)!);
  }

  /** Keys of all entities of an incident, as far as they are known. */
  entitiesOf(incident: IncidentRecord): string[] {
    return [...new Set([...incident.entities.map(entityKey), ...(this.#keys.get(incident.id) ?? [])])];
  }

  /** Incidents with the entities that this round brought into them. */
  arrivals(): { readonly incident: IncidentRecord; readonly keys: ReadonlyMap<string, number> }[] {
    return [...this.#arrived]
      .filter(([, keys]) => keys.size > 0)
      .map(([id, keys]) => ({ incident: this.#incidents.get(id)!, keys }))
      .filter(({ incident }) => !this.#gone.has(incident.id));
  }

  changed(): IncidentRecord[] {
    return [...this.#changed].filter((incident) => !this.#gone.has(incident.id));
  }

  /** Entities that this round added, by incident. */
  keys(): ReadonlyMap<number, readonly string[]> {
    return new Map([...this.#added].filter(([id]) => !this.#gone.has(id)).map(([id, set]) => [id, [...set]]));
  }

  #know(incident: IncidentRecord, keys: Iterable<string>): void {
    if (!this.#incidents.has(incident.id)) this.#incidents.set(incident.id, incident);
    const own = this.#keys.get(incident.id) ?? new Set();
    for (const key of keys) own.add(key);
    this.#keys.set(incident.id, own);
  }

  #count(incident: IncidentRecord): number {
    return incident.alertCount + (this.#joined.get(incident.id) ?? 0);
  }

  #breadth(incident: IncidentRecord): number {
    return new Set([...joiningKeys(incident.entities), ...(this.#added.get(incident.id) ?? [])]).size;
  }

  /** Whether it holds as much as one incident may. */
  full(incident: IncidentRecord): boolean {
    return this.#count(incident) >= LIMITS.alerts || this.#breadth(incident) >= LIMITS.entities;
  }
}
